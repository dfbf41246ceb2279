import { defineConfig } from 'vitest/config';

/** Checks against real recorded data; fails in words where the data is missing. */
export default defineConfig({
  test: {
    include: ['test/recordings/**/*.recording.ts'],
    globalSetup: ['test/recordings/require-recordings.ts'],
    testTimeout: 60_000,
  },
});
