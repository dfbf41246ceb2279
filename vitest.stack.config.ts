import { defineConfig } from 'vitest/config';

/** `npm run test:stack`: the deployed desk on a local endpoint. One story, told in order; takes minutes. */
export default defineConfig({
  test: {
    include: ['test/stack/**/*.stack.ts'],
    pool: 'forks',
    maxWorkers: 1,
    sequence: { shuffle: false },
    testTimeout: 150_000,
    // The first run installs the endpoint.
    hookTimeout: 300_000,
  },
});
