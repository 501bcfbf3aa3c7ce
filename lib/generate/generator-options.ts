import {z} from 'zod';
import {gpuChoices} from '../engine/gpu-choice.js';
import type {LogListener} from '../engine/native/native-engine.js';
import type {RenderingOptions} from '../text/rendering.js';
import {renderingShape} from '../text/rendering-schema.js';

/** What a chat template is told, as for scoring. */
type TemplateOptions = Pick<RenderingOptions, 'templateArguments' | 'date'>;

/** A model that writes in this process. */
export interface LocalGeneratorOptions extends TemplateOptions {
  /** The path of a GGUF file, or a URI that node-llama-cpp resolves, such as `hf:user/model:Q8_0`. */
  model: string;
  /** The path of a LoRA adapter (GGUF) to apply to the model. */
  lora?: string | undefined;
  /**
   * Where to compute: `'auto'` (the default) on a GPU if there is one, `false` on the CPU, or on a GPU through
   * `'cuda'`, `'vulkan'` or `'metal'`, which fails if there is none.
   */
  gpu?: 'auto' | 'cuda' | 'vulkan' | 'metal' | false | undefined;
  /** How many layers to put on the GPU; as many as fit if left out. */
  gpuLayers?: number | undefined;
  /**
   * CPU threads. If left out, one and another for each 8 MiB of weights, as far as the process may use them: more threads
   * of a small model would only wait for each other.
   */
  threads?: number | undefined;
  /**
   * The most tokens that a prompt and a response may have together; if left out, what the model was trained on but no
   * more than 4,096.
   */
  contextSize?: number | undefined;
  /**
   * How many continuations are written at once; the others wait. Each takes the memory of a context. 16 if left out. The
   * same seed gives the same texts for the same number only.
   */
  parallel?: number | undefined;
  /** Where downloaded models are kept; node-llama-cpp's own folder if left out. */
  modelsDirectory?: string | undefined;
  /** Called with what llama.cpp logs; nothing is printed anywhere else. */
  onLog?: LogListener | undefined;
  /** Stops downloading and loading; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * A model that writes at a server with OpenAI's `/v1/completions`: vLLM, SGLang, llama-server. Without a `tokenizer` the
 * `templateArguments` go to the server as `chat_template_kwargs`, and a `date` is refused: the server takes its own.
 */
export interface RemoteGeneratorOptions extends TemplateOptions {
  /** Where the server is: `http://127.0.0.1:8000`, with or without `/v1` behind it. */
  url: string;
  /** The model's name at the server; the first that it lists if left out. */
  model?: string | undefined;
  /** The key for `Authorization: Bearer`; the environment's `IMPLICIT_PRM_API_KEY` if left out. It is in
   * no error. */
  apiKey?: string | undefined;
  /** Further headers of every request. */
  headers?: Record<string, string> | undefined;
  /**
   * The GGUF of the model, or of another with its tokenizer and chat template: prompts are then made into tokens here,
   * exactly as for scoring. If left out the server's own template is asked for.
   */
  tokenizer?: string | undefined;
  /** How often a request is repeated that failed for a passing reason; 3 times if left out. */
  retries?: number | undefined;
  /** Stops opening; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const path = z.string().min(1);
const callback = <Callback>() =>
  z.custom<Callback>(value => typeof value === 'function', 'expected a function');

/** Checks {@link LocalGeneratorOptions} and fills in what was left out. */
export const localOptionsSchema = z.strictObject({
  model: path,
  lora: path.optional(),
  gpu: z.literal(gpuChoices).default('auto'),
  gpuLayers: z.int32().min(0).optional(),
  threads: z.int().min(1).max(512).optional(),
  contextSize: z.int32().min(2).optional(),
  parallel: z.int().min(1).max(255).default(16),
  modelsDirectory: path.optional(),
  onLog: callback<LogListener>().optional(),
  templateArguments: renderingShape.templateArguments,
  date: renderingShape.date,
  signal: z.instanceof(AbortSignal).optional(),
});

/** Checks {@link RemoteGeneratorOptions} without what is secret, and fills in what was left out. */
export const remoteOptionsSchema = z
  .strictObject({
    url: z.url({protocol: /^https?$/u, error: 'expected a URL that begins with http:// or https://'}),
    model: z.string().min(1).optional(),
    tokenizer: path.optional(),
    retries: z.int().min(0).max(100).default(3),
    templateArguments: renderingShape.templateArguments,
    date: renderingShape.date,
    signal: z.instanceof(AbortSignal).optional(),
  })
  .refine(({tokenizer, date}) => tokenizer !== undefined || date === undefined, {
    path: ['date'],
    message: "give tokenizer too: the server's own template takes the server's date",
  });
