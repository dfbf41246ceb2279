import { defineConfig } from 'vitest/config';

/** `npm run test:crash`: real desks, killed, stopped and frozen at many points. Takes minutes. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.crash.ts'],
    pool: 'forks',
    // Most of them wait for processes rather than compute.
    maxWorkers: 3,
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
