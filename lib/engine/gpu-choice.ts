/** Where a model can be asked to be evaluated: on any device, on one of a kind, or, with `false`, on the CPU. */
export const gpuChoices = ['auto', 'cuda', 'vulkan', 'metal', false] as const;

/** One of {@link gpuChoices}. */
export type GpuChoice = (typeof gpuChoices)[number];
