// The models of the tests as Hugging Face has them, for programs that read no GGUF: the llama architecture with weights of
// F32 and a byte-level vocabulary, and LoRA adapters of it.
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type GgufFile, readGguf} from '../helpers/gguf-file.js';
import {writeSafetensors} from './safetensors.js';
import {tokeniserFiles} from './tokeniser-files.js';
import {adapterWeight, type Heads, modelWeight, partName} from './weights.js';

/** Converts a model. Returns the folder, which is made. */
export function convertModel(gguf: string, directory: string): string {
  const file = readGguf(gguf);
  const {tokenizer, config} = tokeniserFiles(file);
  mkdirSync(directory, {recursive: true});
  writeSafetensors(
    path.join(directory, 'model.safetensors'),
    file.tensors.map(tensor => modelWeight(tensor, headsOf(file))),
  );
  writeJson(directory, 'config.json', modelConfig(file));
  writeJson(directory, 'tokenizer.json', tokenizer);
  writeJson(directory, 'tokenizer_config.json', config);
  return directory;
}

/** Converts a LoRA adapter into PEFT's files. Returns the folder, which is made. */
export function convertAdapter(gguf: string, base: string, directory: string): string {
  const {metadata, tensors} = readGguf(gguf);
  const heads = headsOf(readGguf(base));
  const parts = new Set(tensors.map(({name}) => partName(name.split('.')[2]!).split('.')[1]!));
  mkdirSync(directory, {recursive: true});
  writeSafetensors(
    path.join(directory, 'adapter_model.safetensors'),
    tensors.map(tensor => adapterWeight(tensor, heads)),
  );
  writeJson(directory, 'adapter_config.json', {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: path.basename(base),
    // The first matrix maps a layer's input to the rank.
    r: tensors.find(({name}) => name.endsWith('.lora_a'))!.shape[1],
    lora_alpha: metadata.get('adapter.lora.alpha')!.value,
    lora_dropout: 0,
    bias: 'none',
    target_modules: [...parts].sort(),
    inference_mode: true,
  });
  return directory;
}

function modelConfig({metadata, tensors}: GgufFile): object {
  const of = (key: string) => metadata.get(`llama.${key}`)!.value;
  const token = (name: string) => metadata.get(`tokenizer.ggml.${name}_token_id`)?.value;
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: (metadata.get('tokenizer.ggml.tokens')!.value as unknown[]).length,
    hidden_size: of('embedding_length'),
    intermediate_size: of('feed_forward_length'),
    num_hidden_layers: of('block_count'),
    num_attention_heads: of('attention.head_count'),
    num_key_value_heads: of('attention.head_count_kv'),
    head_dim: of('rope.dimension_count'),
    max_position_embeddings: of('context_length'),
    rms_norm_eps: of('attention.layer_norm_rms_epsilon'),
    // Both are read: by transformers 5, and by what is older.
    rope_theta: of('rope.freq_base'),
    rope_parameters: {rope_type: 'default', rope_theta: of('rope.freq_base')},
    tie_word_embeddings: !tensors.some(({name}) => name === 'output.weight'),
    hidden_act: 'silu',
    bos_token_id: token('bos'),
    eos_token_id: token('eos'),
    pad_token_id: token('padding'),
    dtype: 'float32',
  };
}

function headsOf({metadata}: GgufFile): Heads {
  const of = (key: string) => metadata.get(`llama.attention.${key}`)!.value as number;
  return {queries: of('head_count'), keys: of('head_count_kv')};
}

function writeJson(directory: string, name: string, value: object): void {
  writeFileSync(path.join(directory, name), `${JSON.stringify(value, undefined, 1)}\n`);
}
