// The checks that take too long for every run, or other machines: npm run test:package, test:platforms, test:vulkan.
// biome-ignore lint/style/noDefaultExport: ava wants one
export default {
  extensions: {ts: 'module'},
  nodeArguments: ['--import=tsx'],
  files: ['test/**/*.check.ts'],
  workerThreads: false,
  serial: true,
  concurrency: 1,
  timeout: '10m',
};
