import test from 'ava';
import {
  openGenerator,
  openPair,
  type SearchEvent,
  type SearchOptions,
  type SearchTree,
  scoreSteps,
  search,
  searchEvents,
} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';
import {FakeGenerator, FakeSession, type Grammar} from './fakes.js';

/** Two steps and an answer; each of the steps may be good, bad or so-so. */
const threeSteps: Grammar = steps =>
  steps.length < 2
    ? {choices: ['good +1', 'bad -3', 'so-so -1'], ends: false}
    : {choices: [steps.some(step => step.startsWith('bad')) ? 'Answer: 0' : 'Answer: 7'], ends: true};

function fakes(grammar: Grammar = threeSteps) {
  const appended: string[] = [];
  return {pair: {session: () => new FakeSession(appended)}, generator: new FakeGenerator(grammar), appended};
}

function nodesOf(tree: SearchTree): SearchTree[] {
  return [tree, ...tree.children.flatMap(nodesOf)];
}

const methods: SearchOptions[] = [
  {method: 'bestOfN'},
  {method: 'bestOfN', dropBelow: 0.2},
  {method: 'beam'},
  {method: 'beam', lookahead: 1},
  {method: 'dvts'},
  // In so many ways that no step is missed.
  {method: 'mcts', beamWidth: 12},
];

for (const method of methods) {
  const name = JSON.stringify(method);
  const options: SearchOptions = {...method, seed: 1};

  test(`${name} finds the best response`, async t => {
    const {pair, generator} = fakes();
    const {best, candidates, answers, ended} = await search(pair, generator, 'x', options);
    t.is(best!.response, 'good +1\n\ngood +1\n\nAnswer: 7');
    t.like(best, {answer: '7', complete: true, score: 0});
    t.is(best, candidates[0]!);
    t.deepEqual(
      candidates.map(({score}) => score),
      candidates.map(({score}) => score).toSorted((a, b) => b - a),
    );
    t.is(answers.weighted, '7');
    t.is(ended, 'done');
  });

  test(`${name} does the same for the same seed`, async t => {
    const run = async (seed: number) => {
      const {pair, generator} = fakes();
      return (await search(pair, generator, 'x', {...options, seed})).tree;
    };
    t.deepEqual(await run(5), await run(5));
    t.notDeepEqual(await run(5), await run(6));
  });

  test(`${name} makes equal steps one node, and scores each once`, async t => {
    const {pair, generator, appended} = fakes();
    const {tree, usage} = await search(pair, generator, 'x', options);
    const nodes = nodesOf(tree);
    for (const {children} of nodes) {
      t.is(new Set(children.map(({text}) => text)).size, children.length);
    }

    t.is(appended.length, nodes.length - 1);
    t.true(nodes.some(({count}) => count > 1));
    t.is(usage.scored, appended.join('').length);
  });

  test(`${name} tells all that happens`, async t => {
    const {pair, generator} = fakes();
    const events: SearchEvent[] = [];
    const iterator = searchEvents(pair, generator, 'x', options);
    let next = await iterator.next();
    for (; !next.done; next = await iterator.next()) {
      events.push(next.value);
    }

    const told = new Set(
      events.flatMap(event => (event.type === 'expanded' ? event.nodes.map(({id}) => id) : [])),
    );
    const finished = events.filter(({type}) => type === 'finished');
    const pruned = events.flatMap(event => (event.type === 'pruned' ? event.nodes : []));
    const nodes = nodesOf(next.value.tree);
    t.is(told.size, nodes.length - 1);
    t.is(finished.length, next.value.candidates.length);
    t.deepEqual(
      pruned.toSorted((a, b) => a - b),
      nodes
        .filter(({state}) => state === 'pruned')
        .map(({id}) => id)
        .toSorted((a, b) => a - b),
    );
  });

  test(`${name} ends with what it has when its tokens are used up`, async t => {
    const {pair, generator} = fakes();
    const result = await search(pair, generator, 'x', {...options, budget: {tokens: 1}});
    t.is(result.ended, 'tokens');
    t.is(generator.asked.length, 1);
    t.not(result.best, null);
  });

  test(`${name} is stopped by a signal`, async t => {
    const {pair, generator} = fakes();
    const control = new AbortController();
    const events = searchEvents(pair, generator, 'x', {...options, signal: control.signal});
    await events.next();
    control.abort(new Error('enough'));
    const rest = async () => {
      while (!(await events.next()).done);
    };
    await t.throwsAsync(rest, {message: 'enough'});
  });
}

test('seconds end a search that would go on for ever', async t => {
  const {pair, generator} = fakes(steps => ({choices: [`step ${steps.length} +1`], ends: false}));
  const options = {method: 'beam', maxSteps: 1_000_000, budget: {seconds: 0.2}} as const;
  const {ended, best} = await search(pair, generator, 'x', options);
  t.is(ended, 'seconds');
  t.is(best!.complete, false);
});

test('a response has no more than maxSteps steps', async t => {
  const {pair, generator} = fakes(steps => ({choices: [`step ${steps.length} +1`], ends: false}));
  const {best, ended} = await search(pair, generator, 'x', {method: 'dvts', maxSteps: 3});
  t.is(best!.steps.length, 3);
  t.is(ended, 'done');
});

test('beam search keeps n / beamWidth responses, each of which goes on in beamWidth ways', async t => {
  const {pair, generator} = fakes();
  await search(pair, generator, 'x', {method: 'beam', n: 6, beamWidth: 3, seed: 2});
  t.is(generator.asked[0]!.n, 6);
  t.true(generator.asked.slice(1).every(({n}) => n === 3));
  // Of three different steps two are kept.
  t.deepEqual(
    generator.asked.slice(1, 3).map(({prefix}) => prefix),
    ['good +1\n\n', 'so-so -1\n\n'],
  );
});

test('looking ahead sees what a step leads to', async t => {
  // What looks better at first leads to nothing good.
  const grammar: Grammar = steps => {
    switch (steps.at(-1)) {
      case undefined:
        return {choices: ['trap +2', 'way +1'], ends: false};
      case 'trap +2':
        return {choices: ['abyss -9'], ends: false};
      case 'way +1':
        return {choices: ['goal +3'], ends: false};
      default:
        return {choices: ['Answer: 1'], ends: true};
    }
  };
  const first = async (lookahead: number) => {
    const {pair, generator} = fakes(grammar);
    const options = {method: 'beam', n: 8, beamWidth: 8, lookahead, seed: 3} as const;
    return (await search(pair, generator, 'x', options)).best!.steps[0]!.text;
  };
  t.is(await first(0), 'trap +2');
  t.is(await first(1), 'way +1');
});

test('hopeless candidates are dropped, and cost nothing more', async t => {
  const {pair, generator} = fakes();
  const {tree} = await search(pair, generator, 'x', {method: 'bestOfN', dropBelow: 0.2, n: 16, seed: 1});
  const bad = nodesOf(tree).filter(({text}) => text.startsWith('bad'));
  t.true(bad.length > 0);
  t.true(bad.every(({state, children}) => state === 'pruned' && children.length === 0));
});

for (const [options, message] of [
  [{method: 'depth-first'}, /method in search's options/u],
  [{method: 'beam', n: 6}, /n in search's options: has to be a multiple of beamWidth/u],
  [{method: 'mcts', lookahead: 1}, /search's options/u],
] as [SearchOptions, RegExp][]) {
  test(`wrong options are refused: ${JSON.stringify(options)}`, async t => {
    const {pair, generator} = fakes();
    await t.throwsAsync(search(pair, generator, 'x', options), {code: 'INVALID_INPUT', message});
  });
}

test('with a real pair and generator each method comes to an answer', async t => {
  const small = {gpu: false, threads: 1} as const;
  await using pair = await openPair({...arithmeticPair(), ...small});
  await using generator = await openGenerator({model: arithmeticPair().reference, ...small});
  for (const method of ['bestOfN', 'beam', 'dvts', 'mcts'] as const) {
    const prompt = 'Compute 9 + 3 + 10';
    const {best, usage} = await search(pair, generator, prompt, {method, n: 8, seed: 1});
    t.is(best!.answer, '22', method);
    // As if it had been scored at once.
    const {score} = await scoreSteps(pair, {prompt, response: best!.response});
    t.true(Math.abs(score - best!.score) < 2e-3, `${method}: ${score}, ${best!.score}`);
    t.true(usage.generated > 0 && usage.scored > 0);
  }
});
