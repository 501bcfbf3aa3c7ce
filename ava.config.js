// The engine uses every core by itself, so test files take turns.
export default {
  extensions: {ts: 'module'},
  nodeArguments: ['--import=tsx'],
  files: ['test/**/*.test.ts'],
  concurrency: 1,
  // tsx does not reach worker threads of Node 20.
  workerThreads: false,
  timeout: '3m',
};
