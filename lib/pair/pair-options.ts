import {z} from 'zod';
import {gpuChoices} from '../engine/gpu-choice.js';
import type {LogListener} from '../engine/native/native-engine.js';
import type {RemoteModelOptions, RemoteRequestOptions} from '../engine/remote/remote-options.js';
import type {RenderingOptions} from '../text/rendering.js';
import {renderingShape} from '../text/rendering-schema.js';
import type {PairWarning} from './warnings.js';

/** How the opening of a pair is going. */
export type OpenProgress =
  | {
      /** A file is being downloaded. */
      phase: 'download';
      /** As given in the options. */
      model: string;
      /** Bytes so far. */
      loaded: number;
      /** Bytes in all. */
      total: number;
    }
  | {
      /** The models are being loaded. */
      phase: 'load';
      /** 0 … 1, both models together. */
      loaded: number;
      /** What `loaded` goes up to. */
      total: 1;
    };

/** What {@link openPair} can be told. */
export interface PairOptions extends RenderingOptions {
  /**
   * The policy π_θ, a model trained as an outcome reward model: the path of a GGUF file (the first one of a split
   * model), or a URI that node-llama-cpp resolves, such as `hf:user/model:Q8_0`, which is downloaded. Or a model at a
   * server: `{url, model}`, or `http://host:8000#model` (an address that ends with `.gguf` is a download), see
   * docs/remote.md.
   */
  policy: string | RemoteModelOptions;
  /**
   * The reference π_ref, the model that the policy was trained from: a path or URI, or a model at a server. With `lora` it may be the same file
   * as the policy; its weights are then held once. Without a reference the policy's log-probabilities stand for the
   * log-ratios, which the authors call "w/o ref".
   */
  reference?: string | RemoteModelOptions | undefined;
  /** The path of a LoRA adapter (GGUF) to apply to the policy. */
  lora?: string | undefined;
  /**
   * Where a pair with a model at a server has its tokenizer and its chat template from: the path or URI of a GGUF file,
   * of which nothing else is read. If left out, of a model in this process if one is, else of the server.
   */
  tokenizer?: string | undefined;
  /** How servers are asked. */
  remote?: RemoteRequestOptions | undefined;
  /** β, the reward of one nat; the one in the adapter's or the policy's metadata if left out, else 0.05. */
  beta?: number | undefined;
  /**
   * Where to compute: `'auto'` (the default) on a GPU if there is one, `false` on the CPU, or on a GPU through
   * `'cuda'`, `'vulkan'` or `'metal'`, which fails if there is none.
   */
  gpu?: 'auto' | 'cuda' | 'vulkan' | 'metal' | false | undefined;
  /** How many layers of each model to put on the GPU; all if left out. */
  gpuLayers?: number | undefined;
  /**
   * CPU threads. If left out, one and another for each 8 MiB of weights, as far as the process may use them: more threads
   * of a small model would only wait for each other.
   */
  threads?: number | undefined;
  /**
   * The most tokens that a prompt and a response may have together; if left out, what both models were trained on but
   * no more than 4,096. The key-value caches take memory in proportion.
   */
  contextSize?: number | undefined;
  /**
   * Tokens evaluated at once, 32 or more. If left out, 512 on a GPU, and on the CPU 128, or up to 512 where many threads
   * have a small model, see docs/benchmark.md.
   */
  batchSize?: number | undefined;
  /**
   * How many tokens of earlier calls the key-value caches keep beside the latest sequence. Scoring goes on from what is
   * kept: the next step of a trace costs that step's tokens. More serves many sessions or candidates that grow in turns,
   * takes memory, and makes attention dearer for every token; if left out, it is what makes a token dearer by 5 % by
   * count of operations (550 or so for a model of 0.5 billion parameters, 1,700 for one of 7).
   */
  cacheSize?: number | undefined;
  /** How keys and values are kept: `'f32'` is exact, `'f16'` (the default) takes half the memory, `'q8_0'` a quarter. */
  kvCacheType?: 'f32' | 'f16' | 'q8_0' | undefined;
  /**
   * Flash attention. If left out it is used for a model that is wholly on a GPU, and with a `'q8_0'` cache, which needs it. On the CPU it is
   * somewhat faster but sums in half precision, which costs accuracy on long texts.
   */
  flashAttention?: boolean | undefined;
  /**
   * Which GPUs each model uses, by llama.cpp's names such as `'CUDA0'`; all of the chosen backend if left out, the CPU
   * for an empty list. On two different GPUs policy and reference are evaluated at the same time.
   */
  devices?:
    | {
        /** Those of the policy. */
        policy?: string[] | undefined;
        /** Those of the reference. */
        reference?: string[] | undefined;
      }
    | undefined;
  /**
   * Where logits become log-probabilities: in llama.cpp's `'graph'`, so that they never leave the device, or on the
   * `'host'`. `'auto'` (the default) takes the graph for a model whose output layer is on a GPU and the host, which is
   * faster there, for one on the CPU. A recurrent model always takes the host.
   */
  logSoftmax?: 'auto' | 'graph' | 'host' | undefined;
  /**
   * Bytes that weights, key-value caches, compute buffers and logits of both models may take together. The batch is made
   * as small as it takes; if that does not do, opening fails with `OUT_OF_MEMORY`. No limit if left out.
   */
  memoryLimit?: number | undefined;
  /**
   * Run the engine in a process of its own, so that no model file, driver or fault of llama.cpp can end this one: what is
   * pending is then rejected with `ENGINE_CRASHED`, and the next call starts the engine again. The right choice for a
   * server, see docs/server.md; `false` if left out.
   */
  isolate?: boolean | undefined;
  /** Where downloaded models are kept; node-llama-cpp's own folder if left out. */
  modelsDirectory?: string | undefined;
  /** Called as models are downloaded and loaded. */
  onProgress?: ((progress: OpenProgress) => void) | undefined;
  /** Called with what may surprise, each kind once; see {@link PairInfo.warnings}. */
  onWarning?: ((warning: PairWarning) => void) | undefined;
  /** Called with what llama.cpp logs; nothing is printed anywhere else. What it throws is told once, as a warning. */
  onLog?: LogListener | undefined;
  /** Stops downloading and loading; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const path = z.string().min(1);
const callback = <Callback>() =>
  z.custom<Callback>(value => typeof value === 'function', 'expected a function');

/** Checks {@link PairOptions} and fills in what was left out. */
export const pairOptionsSchema = z
  .strictObject({
    policy: path,
    reference: path.optional(),
    lora: path.optional(),
    tokenizer: path.optional(),
    remote: z
      .strictObject({
        maxSequences: z.int().min(1).max(4096).default(16),
        maxTokens: z.int().min(2).max(4_194_304).default(16_384),
        concurrency: z.int().min(1).max(256).default(4),
        // Node's fetch waits no longer.
        timeout: z.int().min(1).max(300_000).default(300_000),
        retries: z.int().min(0).max(100).default(3),
      })
      .prefault({}),
    beta: z.number().positive().optional(),
    gpu: z.literal(gpuChoices).default('auto'),
    gpuLayers: z.int32().min(0).optional(),
    threads: z.int().min(1).max(512).optional(),
    contextSize: z.int32().min(2).optional(),
    batchSize: z.int().min(32).max(16_384).optional(),
    cacheSize: z.int().min(0).max(4_194_304).optional(),
    kvCacheType: z.literal(['f32', 'f16', 'q8_0']).default('f16'),
    flashAttention: z.boolean().optional(),
    devices: z
      .strictObject({policy: z.array(path).optional(), reference: z.array(path).optional()})
      .optional(),
    logSoftmax: z.literal(['auto', 'graph', 'host']).default('auto'),
    memoryLimit: z.int().positive().optional(),
    isolate: z.boolean().default(false),
    modelsDirectory: path.optional(),
    onProgress: callback<(progress: OpenProgress) => void>().optional(),
    ...renderingShape,
    onWarning: callback<(warning: PairWarning) => void>().optional(),
    onLog: callback<LogListener>().optional(),
    signal: z.instanceof(AbortSignal).optional(),
  })
  .refine(({kvCacheType, flashAttention}) => kvCacheType !== 'q8_0' || flashAttention !== false, {
    message: "a 'q8_0' cache needs flash attention: leave flashAttention out or set it to true",
    path: ['flashAttention'],
  });
