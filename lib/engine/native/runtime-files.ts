/** The llama.cpp libraries to open. */
export interface RuntimeFiles {
  /** Paths of ggml-base, ggml and llama. */
  libraries: string[];
  /** The folder whose backends are loaded. */
  backendsDirectory: string;
  /** Libraries of GPU backends, best first. */
  gpuBackends: {gpu: string; path: string}[];
}
