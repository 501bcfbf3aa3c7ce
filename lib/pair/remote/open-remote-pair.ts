import type {ModelEngine} from '../../engine/engine.js';
import {openVocabulary} from '../../engine/native/open-vocabulary.js';
import {LocalMember} from '../../engine/remote/local-member.js';
import type {Member} from '../../engine/remote/member.js';
import {probe} from '../../engine/remote/probe.js';
import {RemoteEngine} from '../../engine/remote/remote-engine.js';
import {RemoteMember} from '../../engine/remote/remote-member.js';
import {findServedModel, type ServedModel} from '../../engine/remote/served-model.js';
import {PairMismatchError} from '../../errors/pair-mismatch-error.js';
import type {Tokeniser} from '../../text/tokeniser.js';
import {Lane} from '../../utils/http/lane.js';
import {assemblePair} from '../assemble-pair.js';
import type {CheckedPairOptions} from '../check-options.js';
import {locateFor, openLocalEngine} from '../local-engine.js';
import {nativeTokeniser} from '../native-tokeniser.js';
import type {Pair} from '../pair.js';
import type {CheckedRemoteModel} from './check-remote-model.js';
import {checkTokenisers} from './check-tokenisers.js';
import {ggufTokeniser} from './gguf-tokeniser.js';
import {remoteEngineInfo} from './remote-engine-info.js';
import {RemoteTokeniser} from './remote-tokeniser.js';

/** The models of a pair: files, or at servers; one at least is. */
interface PairModels {
  policy: string | CheckedRemoteModel;
  reference: string | CheckedRemoteModel | undefined;
}

/** What was opened for one model. */
type Opened = {member: Member; served: ServedModel} | {member: Member; local: LocalEngine};
type LocalEngine = Awaited<ReturnType<typeof openLocalEngine>>;

/**
 * Makes a pair of models of which one at least is at a server, and sees to it that they can be scored with.
 *
 * @throws {@link RemoteError} for a server that does not do, {@link PairMismatchError}, and as `openPair` does
 */
export async function openRemotePair(models: PairModels, options: CheckedPairOptions): Promise<Pair> {
  const served = await findBoth(models, options);
  const opened: Opened[] = [];
  try {
    const lanes = new Map<string, Lane>();
    const policy = await open(models.policy, served.policy, {options, lanes, lora: options.lora});
    opened.push(policy);
    const reference =
      models.reference === undefined
        ? undefined
        : await open(models.reference, served.reference, {options, lanes, lora: undefined});
    opened.push(...(reference ? [reference] : []));
    return await assemble(policy, reference, options);
  } catch (error) {
    await Promise.all(opened.map(async ({member}) => member.close()));
    throw error;
  }
}

/** Servers are asked before any file is loaded, which takes longer. */
async function findBoth(
  {policy, reference}: PairModels,
  {signal, remote}: CheckedPairOptions,
): Promise<{policy: ServedModel | undefined; reference: ServedModel | undefined}> {
  const find = async (model: PairModels['reference']) =>
    typeof model === 'object' ? findServedModel({...model, ...remote}, signal) : undefined;
  const [ofPolicy, ofReference] = await Promise.all([find(policy), find(reference)]);
  if (ofPolicy && ofPolicy.server.url === ofReference?.server.url && ofPolicy.id === ofReference.id) {
    throw new PairMismatchError(
      `Policy and reference are the same model, ${ofPolicy.server.url}#${ofPolicy.id}: every reward would be 0. Give the ` +
        'trained model, or its adapter, as the policy.',
    );
  }

  return {policy: ofPolicy, reference: ofReference};
}

async function open(
  model: string | CheckedRemoteModel,
  served: ServedModel | undefined,
  {options, lanes, lora}: {options: CheckedPairOptions; lanes: Map<string, Lane>; lora: string | undefined},
): Promise<Opened> {
  if (served) {
    const {url} = served.server;
    const lane = lanes.get(url) ?? new Lane(options.remote.concurrency);
    lanes.set(url, lane);
    return {member: new RemoteMember(served, lane, options.remote), served};
  }

  const files = {
    policy: await locateFor(model as string, options),
    reference: undefined,
    lora: lora === undefined ? undefined : await locateFor(lora, options),
  };
  const local = await openLocalEngine(files, options);
  return {member: new LocalMember(local), local};
}

async function assemble(
  policy: Opened,
  reference: Opened | undefined,
  options: CheckedPairOptions,
): Promise<Pair> {
  const {signal, beta, rendering, templateArguments, date, onWarning} = options;
  const all = [policy, ...(reference ? [reference] : [])];
  const tokeniser = await tokeniserOf(all, options);
  const describe = (one: Opened) => ('served' in one ? one.served : one.local.info);
  const info = remoteEngineInfo(describe(policy), reference && describe(reference), {
    contextSize: options.contextSize,
    maxTokens: options.remote.maxTokens,
    chatTemplate: tokeniser.vocabulary.chatTemplate,
  });
  const others = all.map(one => ('served' in one ? one.served : nativeTokeniser(one.local)));
  const {tokens, warning} = await checkTokenisers(tokeniser, others, signal);
  await probe(policy.member, reference?.member, tokens.slice(0, info.contextSize), signal);
  const engine: ModelEngine = new RemoteEngine({policy: policy.member, reference: reference?.member}, info);
  return assemblePair(engine, tokeniser, beta, {
    ...{rendering, templateArguments, date, onWarning, signal},
    warnings: warning ? [warning] : [],
  });
}

/** A GGUF file's if one is given, else that of a model in this process, else a server's. */
async function tokeniserOf(all: readonly Opened[], options: CheckedPairOptions): Promise<Tokeniser> {
  if (options.tokenizer !== undefined) {
    return ggufTokeniser(await openVocabulary(await locateFor(options.tokenizer, options)));
  }

  const local = all.find(one => 'local' in one);
  if (local) {
    return nativeTokeniser(local.local);
  }

  const {served} = all.find(one => 'served' in one)!;
  return RemoteTokeniser.open(served, options.signal);
}
