import {dequantise} from './dequantise.js';
import {type GgufFile, readGguf} from './gguf-file.js';

type Vector = Float64Array<ArrayBuffer>;

/** What changes the matrices of a model. */
export interface Float64Adapter {
  /** By the name that a number of the adapter has in its file. */
  parameters: ReadonlyMap<string, ArrayLike<number>>;
  rank: number;
  alpha: number;
}

/**
 * The llama architecture in double precision, written down from its definition: slow, and nothing of it shared with
 * llama.cpp or the trainer. Quantised weights are the numbers that they stand for.
 */
export class Float64Llama {
  readonly #file: GgufFile;
  readonly #tensors: Map<string, Vector>;

  constructor(path: string) {
    this.#file = readGguf(path);
    this.#tensors = new Map(this.#file.tensors.map(tensor => [tensor.name, dequantise(tensor)]));
  }

  /** log p(tokens[i] | tokens before it) for i = from …, in nats. */
  logprobs(tokens: ArrayLike<number>, from: number, adapter?: Float64Adapter): number[] {
    const states = this.#states(Array.from(tokens), adapter);
    const result: number[] = [];
    for (let i = from; i < tokens.length; i++) {
      const normed = this.#norm(states[i - 1]!, 'output_norm.weight');
      const logits = multiply(this.#tensor('token_embd.weight'), normed);
      result.push(logits[tokens[i]!]! - logSumExp(logits));
    }

    return result;
  }

  #states(tokens: readonly number[], adapter: Float64Adapter | undefined): Vector[] {
    const width = this.#number('embedding_length');
    const embeddings = this.#tensor('token_embd.weight');
    let states = tokens.map(token => embeddings.slice(token * width, (token + 1) * width));
    for (let layer = 0; layer < this.#number('block_count'); layer++) {
      const apply = (name: string, x: Vector) => this.#linear(`blk.${layer}.${name}.weight`, x, adapter);
      const attended = this.#attention(
        states.map(state => this.#norm(state, `blk.${layer}.attn_norm.weight`)),
        apply,
      );
      states = states.map((state, i) => add(state, apply('attn_output', attended[i]!)));
      states = states.map(state => {
        const normed = this.#norm(state, `blk.${layer}.ffn_norm.weight`);
        const [gate, up] = [apply('ffn_gate', normed), apply('ffn_up', normed)];
        const hidden = gate.map((value, i) => (value / (1 + Math.exp(-value))) * up[i]!);
        return add(state, apply('ffn_down', hidden));
      });
    }

    return states;
  }

  #attention(inputs: readonly Vector[], apply: (name: string, x: Vector) => Vector): Vector[] {
    const heads = this.#number('attention.head_count');
    const perGroup = heads / this.#number('attention.head_count_kv');
    const width = this.#number('embedding_length') / heads;
    const queries = inputs.map((x, i) => rotated(apply('attn_q', x), width, i));
    const keys = inputs.map((x, i) => rotated(apply('attn_k', x), width, i));
    const values = inputs.map(x => apply('attn_v', x));
    return queries.map((query, i) => {
      const out = new Float64Array(heads * width);
      for (let head = 0; head < heads; head++) {
        const at = Math.floor(head / perGroup) * width;
        const own = query.subarray(head * width, (head + 1) * width);
        const scores = keys
          .slice(0, i + 1)
          .map(key => dot(own, key.subarray(at, at + width)) / Math.sqrt(width));
        const norm = logSumExp(scores);
        for (const [j, score] of scores.entries()) {
          for (let k = 0; k < width; k++) {
            out[head * width + k]! += Math.exp(score - norm) * values[j]![at + k]!;
          }
        }
      }

      return out;
    });
  }

  #linear(name: string, x: Vector, adapter: Float64Adapter | undefined): Vector {
    const y = multiply(this.#tensor(name), x);
    const a = adapter?.parameters.get(`${name}.lora_a`);
    const b = adapter?.parameters.get(`${name}.lora_b`);
    if (!adapter || !a || !b) {
      return y;
    }

    const change = multiply(b, multiply(a, x));
    return y.map((value, i) => value + (adapter.alpha / adapter.rank) * change[i]!);
  }

  #norm(x: Vector, weight: string): Vector {
    const scale = Math.sqrt(dot(x, x) / x.length + this.#number('attention.layer_norm_rms_epsilon'));
    const weights = this.#tensor(weight);
    return x.map((value, i) => (value / scale) * weights[i]!);
  }

  #tensor(name: string): Vector {
    return this.#tensors.get(name)!;
  }

  #number(key: string): number {
    return this.#file.metadata.get(`llama.${key}`)!.value as number;
  }
}

/** A matrix, row by row, times a vector. */
function multiply(matrix: ArrayLike<number>, x: Vector): Vector {
  const y = new Float64Array(matrix.length / x.length);
  for (let row = 0; row < y.length; row++) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      sum += matrix[row * x.length + i]! * x[i]!;
    }

    y[row] = sum;
  }

  return y;
}

/** Neighbouring numbers of each head turned by angles that go with the position. */
function rotated(x: Vector, width: number, position: number): Vector {
  const result = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 2) {
    const angle = position * 10_000 ** (-(i % width) / width);
    result[i] = x[i]! * Math.cos(angle) - x[i + 1]! * Math.sin(angle);
    result[i + 1] = x[i]! * Math.sin(angle) + x[i + 1]! * Math.cos(angle);
  }

  return result;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
  }

  return sum;
}

function add(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value + b[i]!);
}

function logSumExp(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, values[i]!);
  }

  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += Math.exp(values[i]! - most);
  }

  return most + Math.log(sum);
}
