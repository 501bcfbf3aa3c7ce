import type {ServerKind} from '../../utils/http/server-models.js';
import type {CheckedInput} from '../generate-schema.js';

/** What a server may write at most if nobody says: servers differ in what they take for that. */
const mostTokens = 1024;

/** The fields of a request that say which model draws, and how. What is left out would be whatever the server likes. */
export function samplingFields(
  kind: ServerKind,
  model: string,
  {temperature, topP, minP, topK, maxTokens = mostTokens}: CheckedInput,
): Record<string, unknown> {
  const common = {
    model,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stream: true,
    stream_options: {include_usage: true},
  };
  switch (kind) {
    case 'vllm':
      return {...common, top_k: topK ?? -1, min_p: minP, repetition_penalty: 1, return_token_ids: true};
    case 'sglang':
      return {...common, top_k: topK ?? -1, min_p: minP, repetition_penalty: 1};
    case 'llama-server':
      return {...common, top_k: topK ?? -1, min_p: minP, timings_per_token: true};
    default:
      // OpenAI refuses what it does not know.
      return {
        ...common,
        ...(topK === undefined ? {} : {top_k: topK}),
        ...(minP === 0 ? {} : {min_p: minP}),
      };
  }
}
