import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {recogniseLibraries} from '../../../lib/engine/native/runtime-libraries.js';

const packages = fileURLToPath(new URL('../../../node_modules/@node-llama-cpp/', import.meta.url));

/** The folders with libraries in the installed packages of node-llama-cpp. */
function installedFolders(): string[] {
  if (!existsSync(packages)) {
    return [];
  }

  const all = readdirSync(packages, {recursive: true, withFileTypes: true});
  return [...new Set(all.filter(({name}) => name.includes('ggml')).map(({parentPath}) => parentPath))];
}

test('the libraries of every installed package are recognised', t => {
  const folders = installedFolders();
  if (folders.length === 0) {
    t.log('left out: no package of node-llama-cpp lies in node_modules');
  }

  for (const folder of folders) {
    const names = readdirSync(folder);
    const {base, ggml, llama, gpuBackends} = recogniseLibraries(names);
    const where = path.relative(packages, folder);
    if (path.basename(folder) !== 'fallback') {
      t.regex(base ?? '', /^(lib)?ggml-base\./, where);
      t.regex(ggml ?? '', /^(lib)?ggml\./, where);
      t.regex(llama ?? '', /^(lib)?llama\./, where);
    }

    const expected = ['cuda', 'metal', 'vulkan'].filter(gpu =>
      names.some(name => name.includes(`ggml-${gpu}`)),
    );
    t.deepEqual(gpuBackends.map(({gpu}) => gpu).toSorted(), expected, where);
  }

  t.pass();
});

const noise = [
  '_nlcBuildMetadata.json',
  'llama-addon.node',
  'README.md',
  'llama.h',
  'libllama.a',
  'llama.lib',
];

const folders = {
  'Linux, as node-llama-cpp builds it': {
    names: [
      'libggml-base.so',
      'libggml-cpu-zen4.so',
      'libggml.v0.5.0.so',
      'libllama-common.so',
      'libllama.v0.5.0.so',
    ],
    expected: {
      base: 'libggml-base.so',
      ggml: 'libggml.v0.5.0.so',
      llama: 'libllama.v0.5.0.so',
      gpuBackends: [],
    },
  },
  'Linux, with CUDA and Vulkan': {
    names: [
      ...[
        'libggml-base.so',
        'libggml-cpu-x64.so',
        'libggml-cuda.so',
        'libggml-vulkan.so',
        'libllama-common.so',
      ],
      ...['libggml.cuda.v0.5.0.so', 'libllama.cuda.v0.5.0.so'],
    ],
    expected: {
      base: 'libggml-base.so',
      ggml: 'libggml.cuda.v0.5.0.so',
      llama: 'libllama.cuda.v0.5.0.so',
      gpuBackends: [
        {gpu: 'cuda', name: 'libggml-cuda.so'},
        {gpu: 'vulkan', name: 'libggml-vulkan.so'},
      ],
    },
  },
  'Linux, as llama.cpp installs itself': {
    names: ['libggml-base.so.0', 'libggml-cpu.so.0', 'libggml.so.0.9.4', 'libllama.so.0', 'libmtmd.so.0'],
    expected: {
      base: 'libggml-base.so.0',
      ggml: 'libggml.so.0.9.4',
      llama: 'libllama.so.0',
      gpuBackends: [],
    },
  },
  'macOS, as node-llama-cpp builds it': {
    names: [
      ...['libggml-base.dylib', 'libggml-blas.so', 'libggml-cpu.dylib', 'libggml-metal.dylib'],
      ...['libggml.metal.v0.5.0.dylib', 'libllama-common.dylib', 'libllama.metal.v0.5.0.dylib'],
    ],
    expected: {
      base: 'libggml-base.dylib',
      ggml: 'libggml.metal.v0.5.0.dylib',
      llama: 'libllama.metal.v0.5.0.dylib',
      gpuBackends: [{gpu: 'metal', name: 'libggml-metal.dylib'}],
    },
  },
  'macOS, built here': {
    names: [
      'libggml-base.dylib',
      'libggml-metal.so',
      'libggml.dylib',
      'libllama-common.dylib',
      'libllama.dylib',
    ],
    expected: {
      base: 'libggml-base.dylib',
      ggml: 'libggml.dylib',
      llama: 'libllama.dylib',
      gpuBackends: [{gpu: 'metal', name: 'libggml-metal.so'}],
    },
  },
  'macOS, as llama.cpp installs itself': {
    names: ['libggml-base.0.dylib', 'libggml-cpu.0.dylib', 'libggml.0.9.4.dylib', 'libllama.0.dylib'],
    expected: {
      base: 'libggml-base.0.dylib',
      ggml: 'libggml.0.9.4.dylib',
      llama: 'libllama.0.dylib',
      gpuBackends: [],
    },
  },
  Windows: {
    names: [
      ...['ggml-base.dll', 'ggml-cpu-haswell.dll', 'ggml-cpu-x64.dll', 'ggml-cuda.dll', 'ggml.v0.5.0.dll'],
      ...['llama-common.dll', 'llama.v0.5.0.dll', 'ggml-vulkan.dll', 'cudart64_12.dll'],
    ],
    expected: {
      base: 'ggml-base.dll',
      ggml: 'ggml.v0.5.0.dll',
      llama: 'llama.v0.5.0.dll',
      gpuBackends: [
        {gpu: 'cuda', name: 'ggml-cuda.dll'},
        {gpu: 'vulkan', name: 'ggml-vulkan.dll'},
      ],
    },
  },
};

for (const [what, {names, expected}] of Object.entries(folders)) {
  test(`the libraries are told from the other files: ${what}`, t => {
    t.deepEqual(recogniseLibraries([...noise, ...names]), expected);
    t.deepEqual(
      {...recogniseLibraries([...names.toReversed(), ...noise]), gpuBackends: []},
      {
        ...expected,
        gpuBackends: [],
      },
    );
  });
}

test('where there are no libraries none are found', t => {
  const nothing = {base: undefined, ggml: undefined, llama: undefined, gpuBackends: []};
  t.deepEqual(recogniseLibraries([]), nothing);
  const similar = [
    'libllama-common.so',
    'libggml-cpu.so',
    'xlibllama.so',
    'libllama.so.bak',
    'libllama.sox',
    'llama',
  ];
  t.deepEqual(recogniseLibraries([...noise, ...similar]), nothing);
});
