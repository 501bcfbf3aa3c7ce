/** A model at a server: vLLM, SGLang, or `implicit-prm serve`. */
export interface RemoteModelOptions {
  /** Where the server is: `http://127.0.0.1:8000`, with or without `/v1` behind it. */
  url: string;
  /** The model's name at the server; may be left out where it has one only. */
  model?: string | undefined;
  /**
   * The key for `Authorization: Bearer`; the environment's `IMPLICIT_PRM_API_KEY` if left out. It is in no error, log,
   * cache or record of a run.
   */
  apiKey?: string | undefined;
  /** What the server is, for one behind a proxy that does not let it say so. */
  engine?: RemoteEngineKind | undefined;
  /** Further headers of every request, as secret as the key. */
  headers?: Record<string, string> | undefined;
}

/** The servers that give log-probabilities of tokens that they are sent. */
export type RemoteEngineKind = 'vllm' | 'sglang' | 'implicit-prm';

/** How servers are asked. */
export interface RemoteRequestOptions {
  /** The most sequences of a request; 16 if left out. */
  maxSequences?: number | undefined;
  /** The most tokens of a request, unless a single sequence has more; 16,384 if left out. */
  maxTokens?: number | undefined;
  /** The most requests at once at one URL; 4 if left out. Those for policy and reference never are. */
  concurrency?: number | undefined;
  /** After how many milliseconds without its answer a request is given up; 300,000 (the most) if left out. */
  timeout?: number | undefined;
  /** How often a request is repeated that failed for a passing reason, with longer and longer waits; 3 if left out. */
  retries?: number | undefined;
}
