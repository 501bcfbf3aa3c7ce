import test from 'ava';
import {Rounds} from '../../lib/serve/rounds.js';

/** Tasks that end when the test says so, and the order that they began in. */
function tasks(rounds: Rounds) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    end: (name: string) => ends.get(name)!(),
    /** The letters of its name are its tokens. */
    run: async (name: string, signal?: AbortSignal) =>
      rounds.run(
        Int32Array.from(name, letter => letter.charCodeAt(0)),
        signal,
        async () => {
          begun.push(name);
          await new Promise<void>(resolve => ends.set(name, resolve));
          return name;
        },
      ),
  };
}

const settled = async () => new Promise(resolve => setImmediate(resolve));

test('so many run at a time, and what waits has its turn in the order of its tokens', async t => {
  const {run, begun, end} = tasks(new Rounds(2));
  const all = ['x', 'w', 'ca', 'a', 'cb', 'b', 'c'].map(async name => run(name));
  await settled();
  t.deepEqual(begun, ['x', 'w']);
  for (const name of ['x', 'w', 'a', 'b', 'c', 'ca']) {
    end(name);
    await settled();
  }

  end('cb');
  t.deepEqual(begun, ['x', 'w', 'a', 'b', 'c', 'ca', 'cb']);
  t.deepEqual(await Promise.all(all), ['x', 'w', 'ca', 'a', 'cb', 'b', 'c']);
});

test('what comes later waits for the next round, so that nobody is passed over for ever', async t => {
  const {run, begun, end} = tasks(new Rounds(1));
  void run('x');
  void run('m');
  void run('n');
  await settled();
  end('x');
  await settled();
  void run('a');
  await settled();
  end('m');
  await settled();
  end('n');
  await settled();
  t.deepEqual(begun, ['x', 'm', 'n', 'a']);
});

test('who gives up has no turn, and takes none from others', async t => {
  const {run, begun, end} = tasks(new Rounds(1));
  void run('x');
  const controller = new AbortController();
  const gone = run('a', controller.signal);
  void run('b');
  controller.abort(new Error('gone'));
  await t.throwsAsync(gone, {message: 'gone'});
  await t.throwsAsync(run('c', controller.signal), {message: 'gone'});
  await settled();
  end('x');
  await settled();
  t.deepEqual(begun, ['x', 'b']);
});

test('a task that fails makes room', async t => {
  const rounds = new Rounds(1);
  const failure = rounds.run(Int32Array.of(1), undefined, async () => {
    throw new Error('failed');
  });
  const next = rounds.run(Int32Array.of(2), undefined, async () => 'done');
  await t.throwsAsync(failure, {message: 'failed'});
  t.is(await next, 'done');
});
