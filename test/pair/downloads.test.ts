import {mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {ModelError, type OpenProgress, scoreSteps} from '../../lib/index.js';
import {locateModel} from '../../lib/pair/locate-model.js';
import {freePort} from '../helpers/free-port.js';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {runScript} from '../helpers/run-script.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {splitModel} from '../helpers/tiny-models.js';
import {hangingUp, type ModelServer, serveModels, slowly} from './model-server.js';

const {policy, reference} = arithmeticPair();
const [policyBytes, referenceBytes] = [readFileSync(policy), readFileSync(reference)];
const question = {prompt: 'Compute 2 + 3 * 4', response: 'Answer: 14'};

const root = temporaryDirectory();
let server: ModelServer;
test.before(async () => {
  server = await serveModels({
    '/policy.gguf': policyBytes,
    '/reference.gguf': referenceBytes,
    '/policy/model.gguf': policyBytes,
    '/reference/model.gguf': referenceBytes,
    '/slow.gguf': slowly(policy),
    '/hangs-up.gguf': hangingUp(policy),
    '/silent.gguf': () => {},
    '/text.gguf': Buffer.from('This is not the model that you are looking for'),
    '/moved.gguf': response => void response.writeHead(302, {location: '/policy.gguf'}).end(),
  });
});
test.after.always(async () => server.close());

/** A folder of its own for the models of a test. */
function newDirectory(): string {
  return mkdtempSync(path.join(root, 'models-'));
}

function requestsFor(name: string): string[] {
  return server.requests.filter(url => url.includes(name));
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('The model was found');
    },
    error => error,
  );
}

test('a pair is downloaded once, with progress, and scores as the files do', async t => {
  const calls: OpenProgress[] = [];
  const options = {
    policy: `${server.url}/policy.gguf`,
    reference: `${server.url}/reference.gguf`,
    modelsDirectory: newDirectory(),
  };
  const onProgress = (progress: OpenProgress) => calls.push(progress);
  const score = async () => withPair({...options, onProgress}, async pair => scoreSteps(pair, question));
  const downloaded = await score();
  t.deepEqual(downloaded, await withPair({}, async pair => scoreSteps(pair, question)));
  for (const [model, {length}] of [
    [options.policy, policyBytes],
    [options.reference, referenceBytes],
  ] as const) {
    const own = calls.filter(call => call.phase === 'download' && call.model === model);
    t.true(own.length > 0);
    t.true(own.every(({loaded, total}) => loaded <= total && total === length));
    t.is(own.at(-1)?.loaded, length);
  }

  t.is(calls.at(-1)?.phase, 'load');
  const before = server.requests.length;
  calls.length = 0;
  t.deepEqual(await score(), downloaded);
  t.is(server.requests.length, before);
  t.true(calls.every(({phase}) => phase === 'load'));
});

test('URLs that end alike are different models', async t => {
  const directory = newDirectory();
  const [first, second] = [
    await locateModel(`${server.url}/policy/model.gguf`, {directory}),
    await locateModel(`${server.url}/reference/model.gguf`, {directory}),
  ];
  t.true(readFileSync(first).equals(policyBytes));
  t.true(readFileSync(second).equals(referenceBytes));
});

test('what a URL asks for behind the file does not make it another model', async t => {
  const directory = newDirectory();
  const file = await locateModel(`${server.url}/policy.gguf?download=true`, {directory});
  t.is(await locateModel(`${server.url}/policy.gguf?signature=1234#part`, {directory}), file);
  t.is(readdirSync(directory).length, 1);
});

test('one URL asked for twice at a time is downloaded to one file', async t => {
  const directory = newDirectory();
  const url = `${server.url}/policy.gguf`;
  const [first, second] = await Promise.all([locateModel(url, {directory}), locateModel(url, {directory})]);
  t.is(first, second);
  t.true(readFileSync(first).equals(policyBytes));
});

test('all files of a split model are downloaded', async t => {
  const directory = newDirectory();
  for (const file of splitModel(newDirectory(), {count: 3})) {
    server.answers.set(`/split/${path.basename(file)}`, readFileSync(file));
  }

  const url = `${server.url}/split/policy-00001-of-00003.gguf`;
  const options = {policy: url, modelsDirectory: directory};
  const score = async () => withPair(options, async pair => (await scoreSteps(pair, question)).reward);
  t.is(await score(), await withPair({}, async pair => (await scoreSteps(pair, question)).reward));
  t.is(readdirSync(directory).length, 3);
  const before = server.requests.length;
  await score();
  t.is(server.requests.length, before);
});

test('a URL that leads to another is followed', async t => {
  const file = await locateModel(`${server.url}/moved.gguf`, {directory: newDirectory()});
  t.true(readFileSync(file).equals(policyBytes));
});

test('a model that the server does not have is an error with the URL and the status', async t => {
  const url = `${server.url}/nowhere.gguf`;
  const error = await failureOf(withPair({policy: url, modelsDirectory: newDirectory()}, async () => {}));
  t.true(error instanceof ModelError);
  t.like(error as ModelError, {code: 'DOWNLOAD_FAILED'});
  t.regex((error as ModelError).message, /nowhere\.gguf.*404/);
});

test('a text in place of a model is an error', async t => {
  const error = await failureOf(locateModel(`${server.url}/text.gguf`, {directory: newDirectory()}));
  t.like(error as ModelError, {code: 'MODEL_INVALID'});
});

test('a server that is not there is an error at once', async t => {
  // If it were not, it would be tried again for a quarter of an hour, longer than a test may take.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/policy.gguf`;
  const error = await failureOf(locateModel(url, {directory: newDirectory()}));
  t.like(error as ModelError, {code: 'DOWNLOAD_FAILED'});
  t.regex((error as ModelError).message, /ECONNREFUSED/);
});

test('what is no URL or URI after all is an error', async t => {
  for (const model of ['http://', 'hf:nobody']) {
    const error = await failureOf(locateModel(model, {directory: newDirectory()}));
    t.like(error as ModelError, {code: 'DOWNLOAD_FAILED'}, model);
  }
});

test('what can be no model on Hugging Face is refused without asking for it', async t => {
  for (const model of [
    'hf:../../../etc/passwd',
    'hf:user/../model:Q8_0',
    'hf://user//model.gguf',
    'huggingface:./model',
    'hf.co/user',
    'hf:user/model/../../x.gguf#main',
    'HF:',
  ]) {
    const error = await failureOf(locateModel(model, {directory: newDirectory(), patience: 2 ** 30}));
    t.like(error as ModelError, {code: 'DOWNLOAD_FAILED'}, model);
    t.regex((error as ModelError).message, /given as hf:user\/model:Q8_0 or hf:user\/model\/file\.gguf$/u);
  }
});

test('a connection that breaks is taken up again', async t => {
  const hangUp = hangingUp(policy);
  let broken = 0;
  server.answers.set('/shaky.gguf', async response => {
    // The first request only asks how large the file is.
    if (requestsFor('/shaky.gguf').length <= 3 && typeof hangUp === 'function') {
      broken++;
      await hangUp(response);
    } else {
      response.writeHead(200, {'content-length': policyBytes.length}).end(policyBytes);
    }
  });
  const file = await locateModel(`${server.url}/shaky.gguf`, {directory: newDirectory()});
  t.true(broken >= 3);
  t.true(readFileSync(file).equals(policyBytes));
});

/** Looks for a model in a process of its own, since node-llama-cpp goes on trying after it was told to stop. */
async function locateElsewhere(name: string, options: string): Promise<string> {
  const {stdout, stderr} = await runScript(`
    import {locateModel} from './lib/pair/locate-model.js';
    import process from 'node:process';
    const directory = ${JSON.stringify(newDirectory())};
    const url = '${server.url}/${name}';
    await locateModel(url, {directory, ${options}}).catch(error => console.log(error.code, error.message ?? error));
    process.exit();
  `);
  return stdout + stderr;
}

for (const [what, name] of [
  ['hangs up again and again', 'hangs-up.gguf'],
  ['never answers', 'silent.gguf'],
] as const) {
  test(`a server that ${what} is given up`, async t => {
    const printed = await locateElsewhere(name, 'patience: 1500');
    t.regex(printed, /^DOWNLOAD_FAILED .*: no progress for 1\.5 seconds\n$/);
  });

  test(`a signal stops the waiting for a server that ${what}`, async t => {
    const printed = await locateElsewhere(name, 'signal: AbortSignal.timeout(1000)');
    t.regex(printed, /^23 The operation was aborted due to timeout\n$/);
  });
}

test('a download that goes on is not given up', async t => {
  const patience = 123_456;
  const {setTimeout} = globalThis;
  const begun: number[] = [];
  let loaded = 0;
  globalThis.setTimeout = Object.assign((callback: () => void, delay?: number) => {
    const timer = setTimeout(callback, delay);
    const refresh = timer.refresh.bind(timer);
    timer.refresh = () => {
      if (delay === patience) {
        begun.push(loaded);
      }

      return refresh();
    };
    return timer;
  }, setTimeout);
  const onProgress = (progress: {loaded: number}) => {
    loaded = progress.loaded;
  };
  try {
    const file = await locateModel(`${server.url}/slow.gguf`, {
      directory: newDirectory(),
      patience,
      onProgress,
    });
    t.true(readFileSync(file).equals(policyBytes));
  } finally {
    globalThis.setTimeout = setTimeout;
  }

  // The wait for progress begins anew with each.
  t.true(begun.length > 3 && new Set(begun).size === begun.length, begun.join());
});

test('a signal stops a download with its reason, and leaves no model behind', async t => {
  const modelsDirectory = newDirectory();
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const onProgress = ({loaded, total}: OpenProgress) => {
    if (loaded > total / 4) {
      controller.abort(reason);
    }
  };
  const options = {policy: `${server.url}/slow.gguf`, modelsDirectory, onProgress, signal: controller.signal};
  t.is(await failureOf(withPair(options, async () => {})), reason);
  await setTimeout(300);
  t.false(readdirSync(modelsDirectory).some(name => name.endsWith('.gguf')));
});

test('a signal that fires right away stops a download before anything is asked for', async t => {
  const controller = new AbortController();
  const options = {directory: newDirectory(), signal: controller.signal};
  const search = failureOf(locateModel(`${server.url}/never-asked-for.gguf`, options));
  controller.abort('enough');
  t.is(await search, 'enough');
  t.deepEqual(requestsFor('never-asked-for'), []);
});

test('what a progress listener throws stops a download and is printed nowhere', async t => {
  const {code, stdout, stderr} = await runScript(`
    import {openPair} from './lib/index.js';
    const onProgress = () => { throw new Error('a bug of the caller'); };
    const options = {policy: '${server.url}/slow.gguf', modelsDirectory: ${JSON.stringify(newDirectory())}};
    await openPair({...options, gpu: false, onProgress}).catch(error => console.log(error.message));
  `);
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: 'a bug of the caller\n', stderr: ''});
});

test('models are found on Hugging Face by user, model and file or quantisation, and kept', async t => {
  const directory = newDirectory();
  server.answers.set('/someone/model/resolve/main/files/model.gguf', policyBytes);
  server.answers.set('/someone/model-GGUF/resolve/main/model.Q8_0.gguf', referenceBytes);
  server.answers.set('/v2/someone/model-GGUF/manifests/Q8_0', response => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ggufFile: {rfilename: 'model.Q8_0.gguf'}}));
  });
  const script = (endpoint: string) => `
    import {openPair} from './lib/index.js';
    import process from 'node:process';
    process.env.HF_ENDPOINT = '${endpoint}';
    delete process.env.MODEL_ENDPOINT;
    process.env.HF_HOME = ${JSON.stringify(root)};
    delete process.env.HF_TOKEN;
    const pair = await openPair({
      policy: 'hf:someone/model/files/model.gguf',
      reference: 'hf:someone/model-GGUF:Q8_0',
      modelsDirectory: ${JSON.stringify(directory)},
      gpu: false,
    });
    console.log(pair.info.policy.name + ', ' + pair.info.reference.name);
    await pair.close();
  `;
  const {info} = await withPair({}, async pair => pair);
  const expected = {code: 0, stdout: `${info.policy.name}, ${info.reference?.name}\n`, stderr: ''};
  t.like(await runScript(script(server.url)), expected);
  t.true(requestsFor('/someone/').length > 0);
  const before = server.requests.length;
  // Found in the folder: the second time nothing is asked for.
  t.like(await runScript(script(server.url)), expected);
  t.is(server.requests.length, before);
});
