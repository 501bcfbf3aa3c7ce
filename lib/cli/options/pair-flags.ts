/** The options of the command line that say which pair to open and how. */
export interface PairFlags {
  policy?: string;
  reference?: string;
  lora?: string;
  bundled?: true;
  beta?: number;
  gpu?: 'auto' | 'cuda' | 'vulkan' | 'metal' | 'off';
  gpuLayers?: number;
  threads?: number;
  contextSize?: number;
  batchSize?: number;
  cacheSize?: number;
  memoryLimit?: number;
  kvCacheType?: 'f32' | 'f16' | 'q8_0';
  flashAttention?: 'on' | 'off';
  modelsDir?: string;
}
