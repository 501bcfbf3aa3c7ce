import type {GgufTensor} from '../helpers/gguf-file.js';
import type {HfTensor} from './safetensors.js';

/** Query and key heads of a model, by which the rows of their projections are put in order. */
export interface Heads {
  queries: number;
  keys: number;
}

const ofModel: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

const ofLayer: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** What Hugging Face calls the part of a layer that GGUF calls so, such as `self_attn.q_proj` for `attn_q`. */
export function partName(part: string): string {
  const name = ofLayer[part];
  if (name === undefined) {
    throw new Error(`a layer of the llama architecture has no ${part}`);
  }

  return name;
}

/** A weight of a model of the llama architecture, named and laid out as in Hugging Face's implementation. */
export function modelWeight(tensor: GgufTensor, heads: Heads): HfTensor {
  const known = ofModel[tensor.name];
  if (known !== undefined) {
    return {name: known, ...plain(tensor)};
  }

  const [, layer, part] = tensor.name.split('.');
  return {name: `model.layers.${layer}.${partName(part!)}.weight`, ...inOrder(tensor, part!, heads)};
}

/** A matrix of a LoRA adapter, as PEFT names it. Only the second one makes queries or keys, and has their rows. */
export function adapterWeight(tensor: GgufTensor, heads: Heads): HfTensor {
  const [, layer, part, , matrix] = tensor.name.split('.');
  const name = `base_model.model.model.layers.${layer}.${partName(part!)}`;
  return matrix === 'lora_a'
    ? {name: `${name}.lora_A.weight`, ...plain(tensor)}
    : {name: `${name}.lora_B.weight`, ...inOrder(tensor, part!, heads)};
}

function plain({name, type, shape, data}: GgufTensor): Omit<HfTensor, 'name'> {
  if (type !== 'F32') {
    throw new Error(`${name} is of type ${type}: only F32 is converted`);
  }

  return {shape: shape.toReversed(), data};
}

function inOrder(tensor: GgufTensor, part: string, heads: Heads): Omit<HfTensor, 'name'> {
  const {shape, data} = plain(tensor);
  const count = {attn_q: heads.queries, attn_k: heads.keys}[part];
  return {shape, data: count === undefined ? data : halvesApart(data, shape[0]!, count)};
}

/**
 * llama.cpp turns neighbouring numbers of a head by the angle of a position, Hugging Face a number of its first half with
 * one of its second: the rows that make them lie in another order.
 */
function halvesApart(data: Uint8Array, rows: number, heads: number): Uint8Array {
  const result = new Uint8Array(data.length);
  const rowBytes = data.length / rows;
  const half = rows / heads / 2;
  for (let row = 0; row < rows; row++) {
    const head = Math.floor(row / (2 * half));
    const within = row % (2 * half);
    const target = head * 2 * half + (within % 2) * half + Math.floor(within / 2);
    result.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), target * rowBytes);
  }

  return result;
}
