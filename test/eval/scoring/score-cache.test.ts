import {execFileSync} from 'node:child_process';
import {appendFileSync, copyFileSync, readFileSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {CachedScorer} from '../../../lib/eval/scoring/cached-scorer.js';
import {pairFingerprint} from '../../../lib/eval/scoring/pair-fingerprint.js';
import {ScoreCache} from '../../../lib/eval/scoring/score-cache.js';
import type {Pair} from '../../../lib/index.js';
import {arithmeticPair, exact, withPair} from '../../helpers/pairs.js';
import {withSmallDisk} from '../../helpers/small-disk.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

const directory = temporaryDirectory();
const scores = (...values: number[]) => ({
  starts: Uint32Array.from(values.keys()),
  policyLogprobs: Float32Array.from(values),
  referenceLogprobs: Float32Array.from(values, value => value / 3),
});
const fileOf = (name: string) => path.join(directory, `${name}.jsonl`);
const fails = async (): Promise<Pair> => {
  throw new Error('The models are opened');
};

async function withCache<T>(name: string, use: (cache: ScoreCache) => Promise<T>): Promise<T> {
  const cache = await ScoreCache.open(directory, name);
  try {
    return await use(cache);
  } finally {
    await cache.close();
  }
}

test('what is kept is found again, bit by bit, at once and after opening anew', async t => {
  let run = 0;
  const values = fc.array(fc.float({noDefaultInfinity: true, noNaN: true}), {minLength: 1, maxLength: 20});
  await fc.assert(
    fc.asyncProperty(fc.array(values, {maxLength: 5}), async lists => {
      const name = `round-trip-${run++}`;
      const check = async (cache: ScoreCache) => {
        for (const [index, list] of lists.entries()) {
          t.deepEqual(await cache.get(`key-${index}`), scores(...list));
        }
      };
      await withCache(name, async cache => {
        await Promise.all(lists.map(async (list, index) => cache.set(`key-${index}`, scores(...list))));
        await check(cache);
      });
      await withCache(name, check);
    }),
    {numRuns: 20},
  );
});

test('a pair without a reference, β, and what is not there', async t => {
  await withCache('kinds', async cache => {
    await cache.set('alone', {...scores(1, 2), referenceLogprobs: null});
    t.is((await cache.get('alone'))!.referenceLogprobs, null);
    t.is(await cache.beta(), undefined);
    await cache.setBeta(0.05);
    t.is(await cache.get('other'), undefined);
    t.is(cache.size, 2);
  });
  t.is(await withCache('kinds', async cache => cache.beta()), 0.05);
});

test('cut anywhere, as a kill -9 may leave it, the file keeps all whole lines', async t => {
  await withCache('cut', async cache => {
    for (let index = 0; index < 5; index++) {
      await cache.set(`key-${index}`, scores(index, 0.5));
    }
  });
  const whole = readFileSync(fileOf('cut'));
  const lineEnds = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index);
  for (let length = 0; length <= whole.length; length += 7) {
    writeFileSync(fileOf('again'), whole.subarray(0, length));
    const kept = lineEnds.filter(end => end < length).length;
    await withCache('again', async cache => {
      t.is(cache.size, kept);
      await cache.set('new', scores(9));
      t.deepEqual(await cache.get('new'), scores(9));
    });
    await withCache('again', async cache => {
      t.is(cache.size, kept + 1);
      t.deepEqual(await cache.get('new'), scores(9));
      t.deepEqual(await cache.get('key-0'), kept > 0 ? scores(0, 0.5) : undefined);
    });
  }
});

test('processes that use a cache at a time write files of their own, and nothing is lost', async t => {
  await withCache('shared', async first => {
    t.false(first.isShared);
    await first.set('before', scores(1));
    await withCache('shared', async second => {
      t.true(second.isShared);
      t.deepEqual(await second.get('before'), scores(1));
      await withCache('shared', async third => third.set('third', scores(3)));
      await second.set('second', scores(2));
      await first.set('first', scores(4));
      t.deepEqual(await second.get('second'), scores(2));
      t.is(await second.get('first'), undefined);
    });
  });
  await withCache('shared', async cache => {
    t.is(cache.size, 4);
    for (const [key, value] of Object.entries({before: 1, second: 2, third: 3, first: 4})) {
      t.deepEqual(await cache.get(key), scores(value));
    }
  });
});

test('damaged lines are as if they were not there', async t => {
  await withCache('damaged', async cache => {
    await cache.set('first', scores(1));
    await cache.set('second', scores(2));
  });
  const [first, second] = readFileSync(fileOf('damaged'), 'utf8').split('\n') as [string, string];
  const broken = [first.replace(/"policy":"[^"]*"/u, '"policy":"AAAA"'), 'no JSON', '{"key":"third"}', '[]'];
  writeFileSync(fileOf('damaged'), [...broken, second, ''].join('\n'));
  await withCache('damaged', async cache => {
    t.is(await cache.get('first'), undefined);
    t.is(await cache.get('third'), undefined);
    t.deepEqual(await cache.get('second'), scores(2));
  });
});

test('a line that another process changed under our feet is a miss, not a wrong number', async t => {
  await withCache('moved', async cache => {
    await cache.set('first', scores(1));
    appendFileSync(fileOf('moved'), '{"key":"foreign"}\n');
    truncateSync(fileOf('moved'), 10);
    t.is(await cache.get('first'), undefined);
  });
});

test('a fingerprint tells contents apart, not places', async t => {
  const {policy, reference} = arithmeticPair();
  const copy = path.join(directory, 'copy.gguf');
  copyFileSync(policy, copy);
  const original = await pairFingerprint({policy, reference});
  t.is(await pairFingerprint({policy: copy, reference}), original);
  const others = [
    await pairFingerprint({policy: reference, reference: policy}),
    await pairFingerprint({policy}),
    await pairFingerprint({policy, reference, lora: reference}),
    await pairFingerprint({policy, reference, kvCacheType: 'f32'}),
    await pairFingerprint({policy, reference, flashAttention: false}),
  ];
  const bytes = readFileSync(policy);
  bytes[bytes.length - 100]! ^= 1;
  writeFileSync(copy, bytes);
  others.push(await pairFingerprint({policy: copy, reference}));
  t.is(new Set([original, ...others]).size, 7);
  t.is(statSync(copy).size, statSync(policy).size);
});

test('only what is not known is scored, each text once', async t => {
  const prompt = 'Compute 1 + 2';
  const texts = ['Answer: 3', 'Answer: 4'];
  await withPair(exact, async pair => {
    const cache = await ScoreCache.open(directory, 'scorer');
    const scorer = new CachedScorer(cache, async () => pair);
    const [first] = await scorer.score({prompt, responses: [texts[0]!, texts[0]!]});
    t.is(scorer.scored, 1);
    const both = await scorer.score({prompt, responses: texts});
    t.is(scorer.scored, 2);
    t.deepEqual(both[0], first);
    t.is(await scorer.beta(), 1);
    // Other prompts are other keys, and one of messages is not one of text.
    await scorer.score({prompt: [{role: 'user', content: prompt}], responses: texts});
    t.is(scorer.scored, 4);
    // Nor is a response that goes on one that has ended.
    const [open] = await scorer.score({prompt, responses: [texts[0]!], complete: false});
    t.is(scorer.scored, 5);
    t.is(open!.policyLogprobs.length, first!.policyLogprobs.length - 1);
    await scorer.close();
  });
  const scorer = new CachedScorer(await ScoreCache.open(directory, 'scorer'), fails);
  t.is(await scorer.beta(), 1);
  t.is((await scorer.score({prompt, responses: texts})).length, 2);
  await t.throwsAsync(scorer.score({prompt, responses: ['Answer: 5']}), {message: 'The models are opened'});
  await scorer.close();
});

test('a folder that cannot be made is told with the true reason', async t => {
  await withSmallDisk(t, 'read-only', 16, async disk => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await t.throwsAsync(ScoreCache.open(path.join(disk, 'a', 'b'), 'pair'), {code: 'EROFS'});
    await t.throwsAsync(ScoreCache.open(disk, 'pair'), {message: /cannot write .*: read-only file system/u});
  });
  writeFileSync(fileOf('in-the-way'), '');
  await t.throwsAsync(ScoreCache.open(path.join(fileOf('in-the-way'), 'x'), 'pair'), {code: 'ENOTDIR'});
});

test('a folder is made with the folders that it lies in', async t => {
  const folder = path.join(directory, 'deep', 'deeper', 'deepest');
  for (const size of [0, 1]) {
    const cache = await ScoreCache.open(folder, 'pair');
    t.is(cache.size, size);
    await cache.set('key', scores(1));
    await cache.close();
  }
});
