import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { BINANCE_RECORDINGS, RECORDINGS, recordingPath } from './recordings.ts';

/** Without the data these tests would prove nothing, so they fail instead of passing by silence. */
export function setup({ config }: TestProject): void {
  const missing = BINANCE_RECORDINGS.map(recordingPath).filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  throw new Error(
    `recorded market data is missing: ${missing.join(', ')} (looked in '${RECORDINGS}' from ${config.root}; ` +
      'set DECKLE_RECORDINGS to the folder that holds binance/)',
  );
}
