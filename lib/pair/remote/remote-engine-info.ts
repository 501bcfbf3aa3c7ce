import type {EngineInfo, ModelInfo} from '../../engine/engine-info.js';
import type {ServedModel} from '../../engine/remote/served-model.js';
import {InvalidInputError} from '../../errors/invalid-input-error.js';

/** A model of a pair: at a server, or with what the engine that has it tells. */
export type DescribedModel = ServedModel | EngineInfo;

/** What is known of the models of a remote pair together. */
export function remoteEngineInfo(
  policy: DescribedModel,
  reference: DescribedModel | undefined,
  {
    contextSize,
    maxTokens,
    chatTemplate,
  }: {contextSize: number | undefined; maxTokens: number; chatTemplate: string | null},
): EngineInfo {
  const all = [policy, ...(reference ? [reference] : [])];
  const local = all.find(model => !isServed(model)) as EngineInfo | undefined;
  const nothing = {weights: 0, kvCache: 0, compute: 0, host: 0};
  return {
    policy: modelInfoOf(policy, chatTemplate),
    reference: reference ? modelInfoOf(reference, chatTemplate) : null,
    lora: local?.lora ?? null,
    sharesWeights: isAdapterOf(policy, reference),
    beta: policy.beta,
    contextSize: sharedContextSize(all, contextSize),
    batchSize: local?.batchSize ?? maxTokens,
    cacheSize: local?.cacheSize ?? 0,
    devices: local?.devices ?? [],
    logSoftmax: local?.logSoftmax ?? 'host',
    memory: local?.memory ?? nothing,
    llamaVersion: local?.llamaVersion ?? '',
  };
}

function isServed(model: DescribedModel): model is ServedModel {
  return 'server' in model;
}

function isAdapterOf(policy: DescribedModel, reference: DescribedModel | undefined): boolean {
  return (
    reference !== undefined &&
    isServed(policy) &&
    isServed(reference) &&
    policy.server.url === reference.server.url &&
    policy.parent === reference.id
  );
}

/** The most tokens that all models take, unless fewer are asked for. */
function sharedContextSize(models: readonly DescribedModel[], wanted: number | undefined): number {
  const sizes = models.map(({contextSize}) => contextSize).filter(size => size !== undefined);
  const most = sizes.length < models.length ? undefined : Math.min(...sizes);
  if (wanted === undefined && most === undefined) {
    throw new InvalidInputError(
      'A server does not say how long a text may be (max_model_len of /v1/models): give contextSize.',
    );
  }

  if (wanted !== undefined && most !== undefined && wanted > most) {
    throw new InvalidInputError(
      `contextSize is ${wanted}, but the servers take ${most} tokens, one less than their max_model_len: give at most that.`,
    );
  }

  return wanted ?? most!;
}

function modelInfoOf(model: DescribedModel, chatTemplate: string | null): ModelInfo {
  if (!isServed(model)) {
    return model.policy;
  }

  const {server, id, engine, root, parent, contextSize = 0, beta} = model;
  return {
    path: `${server.url}#${id}`,
    remote: {url: server.url, model: id, engine, root, parent},
    ...{architecture: '', name: id, quantisation: '', metadata: {}},
    ...{parameters: 0, sizeInBytes: 0, embeddingLength: 0, layers: 0, vocabularySize: 0},
    ...{contextLength: contextSize, beta, chatTemplate},
  };
}
