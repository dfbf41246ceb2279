import { defineConfig } from 'vitest/config';

/** `npm test`: everything but the recordings and the whole crash suite, which have commands of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes: some tests open the same SQLite file from several, and a lock belongs to a process.
    pool: 'forks',
    // Many tests wait for processes of their own, so that two at a time use two cores well.
    maxWorkers: 2,
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
