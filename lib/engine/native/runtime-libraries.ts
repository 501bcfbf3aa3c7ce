/** The file names of a folder of llama.cpp libraries, sorted by what they are. */
export interface RuntimeLibraries {
  base: string | undefined;
  ggml: string | undefined;
  llama: string | undefined;
  gpuBackends: {gpu: string; name: string}[];
}

// `libllama.so`, `libllama.v0.5.0.so`, `libllama.cuda.v0.5.0.so`, `libllama.so.0`, `llama.dll`, `libllama.dylib`; not
// `libllama-common.so`, nor `libggml-cpu-zen4.so`.
const suffix = String.raw`(?:\.[\w.]+)?\.(?:so|dylib|dll)(?:\.[\d.]+)?$`;
const patterns = {
  base: new RegExp(`^(?:lib)?ggml-base${suffix}`),
  ggml: new RegExp(`^(?:lib)?ggml${suffix}`),
  llama: new RegExp(`^(?:lib)?llama${suffix}`),
  gpu: new RegExp(`^(?:lib)?ggml-(cuda|metal|vulkan)${suffix}`),
};

/** Tells from the names in a folder which of them are the libraries of llama.cpp, on Linux, macOS or Windows. */
export function recogniseLibraries(names: readonly string[]): RuntimeLibraries {
  const named = (pattern: RegExp) => names.find(name => pattern.test(name));
  return {
    base: named(patterns.base),
    ggml: named(patterns.ggml),
    llama: named(patterns.llama),
    gpuBackends: names.flatMap(name => {
      const gpu = patterns.gpu.exec(name)?.[1];
      return gpu === undefined ? [] : [{gpu, name}];
    }),
  };
}
