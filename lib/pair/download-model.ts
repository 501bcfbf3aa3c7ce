import {createHash} from 'node:crypto';
import {ModelError} from '../errors/model-error.js';

/** How a download is going, in bytes. */
export interface DownloadProgress {
  loaded: number;
  total: number;
}

export interface DownloadOptions {
  /** Where downloads go and are looked for; node-llama-cpp's own models folder if left out. */
  directory?: string | undefined;
  signal?: AbortSignal | undefined;
  /** What it throws stops the download and rejects the promise. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** After how many milliseconds without progress to give up; a minute if left out. */
  patience?: number | undefined;
}

/**
 * Downloads a model unless it was before.
 *
 * @param model - a URI that node-llama-cpp knows: `hf:user/model:quant`, `https://…`
 * @returns the path of the file, the first one of a split model
 * @throws {@link ModelError} `DOWNLOAD_FAILED`, or the signal's reason
 */
export async function downloadModel(
  model: string,
  {directory, signal, onProgress, patience = 60_000}: DownloadOptions,
): Promise<string> {
  requireHubPlace(model);
  // Loaded only here: it is large, takes a while, and a pair of local files has no use for it.
  const {resolveModelFile} = await import('node-llama-cpp');
  signal?.throwIfAborted();
  const control = new AbortController();
  const stop = () => control.abort(signal?.reason);
  const giveUp = () => control.abort(failure(model, `no progress for ${patience / 1000} seconds`));
  // It goes on trying for a quarter of an hour, and part of the time it does not heed a signal.
  const stopped = new Promise<never>((_, reject) => {
    control.signal.addEventListener('abort', () => reject(control.signal.reason));
  });
  const timer = setTimeout(giveUp, patience);
  let most = 0;
  signal?.addEventListener('abort', stop);
  try {
    const target = {cli: false, ...(directory === undefined ? {} : {directory}), ...fileNameFor(model)};
    const present = resolveModelFile(model, {...target, download: false}).catch(() => undefined);
    const download = async () => {
      await requireServer(model, control.signal);
      return resolveModelFile(model, {
        ...target,
        signal: control.signal,
        onProgress({downloadedSize, totalSize}) {
          // A connection that breaks may mean to begin again, which is no progress.
          if (downloadedSize > most) {
            most = downloadedSize;
            timer.refresh();
          }

          try {
            onProgress?.({loaded: downloadedSize, total: totalSize});
          } catch (error) {
            control.abort(error);
          }
        },
      });
    };
    return await Promise.race([stopped, present.then(file => file ?? download())]);
  } catch (error) {
    control.signal.throwIfAborted();
    throw failure(model, reasonOf(error), error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

const onHub = /^(?:(?:hf|huggingface):(?:\/\/)?|(?:hf|huggingface)\.co\/)(.*)$/isu;

/** Fails at once for what can be no model on Hugging Face, which would be asked for again and again. */
function requireHubPlace(model: string): void {
  const [, place] = onHub.exec(model) ?? [];
  const parts = place?.replace(/[:#].*$/su, '').split('/');
  if (parts && (parts.length < 2 || parts.some(part => /^\.{0,2}$/u.test(part)))) {
    throw failure(model, 'a model of Hugging Face is given as hf:user/model:Q8_0 or hf:user/model/file.gguf');
  }
}

/** Fails at once where the server of a URL cannot be reached; whatever it answers will do. */
async function requireServer(model: string, signal: AbortSignal): Promise<void> {
  if (!isUrl(model)) {
    return;
  }

  try {
    await fetch(model, {method: 'HEAD', signal});
  } catch (error) {
    // It is there, but knows no HEAD.
    const hungUp = ['UND_ERR_SOCKET', 'ECONNRESET'].includes(codeOf(error));
    if (!hungUp) {
      throw error;
    }
  }
}

/** The code of the error underneath one that `fetch` threw. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/**
 * The name to keep the file of a URL under. By itself node-llama-cpp takes the last part of the URL, and a file of that
 * name for the model, though it may come from somewhere else: `…/policy/model.gguf` and `…/reference/model.gguf`.
 */
function fileNameFor(model: string): {fileName?: string} {
  if (!isUrl(model)) {
    return {};
  }

  const {host, pathname, search} = new URL(model);
  const [, name] = /([^/]+\.gguf)(?:\.part\d+of\d+)?$/iu.exec(pathname) ?? [];
  // What follows behind the path of a .gguf file is a signature or an option of the download.
  const place = host + pathname + (name === undefined ? search : '');
  const digest = createHash('sha256').update(place).digest('hex').slice(0, 12);
  return {fileName: `${digest}-${(name ?? 'model.gguf').replaceAll(/[^\w.-]/gu, '_').slice(-80)}`};
}

function isUrl(model: string): boolean {
  return /^https?:/iu.test(model);
}

function failure(model: string, reason: string, cause?: unknown): ModelError {
  return new ModelError('DOWNLOAD_FAILED', `Could not download the model ${model}: ${reason}`, {cause});
}

/** `fetch` says nothing but that it failed; its error's cause has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }

  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}
