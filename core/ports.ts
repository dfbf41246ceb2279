import type { EpochMs } from './time.ts';

/** Lower-case hexadecimal SHA-256 of the text's UTF-8 bytes. `core` derives ids and hashes with it but ships none itself. */
export type Sha256 = (text: string) => string;

/** Wall clock of the process; only the edges (liveness, logs, recordedAt) use it, never a fill. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `ms`; a simulation resolves it when its own time has moved on. */
  wait(ms: number): Promise<void>;
}
