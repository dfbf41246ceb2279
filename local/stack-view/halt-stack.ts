import type { Clock, ModeStore } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { StackError } from './stack-error.ts';

export interface StackHalt {
  readonly modes: ModeStore;
  readonly clock: Clock;
  readonly reason: string;
  readonly author: string;
  /** A fault that will pass is met with another try; any other ends it at once. */
  readonly isPassing: (error: unknown) => boolean;
}

export interface StackHalted {
  /** The mode as it stands now. */
  readonly mode: ModeState;
  /** False when it was halted already and stays so for the reason it has. */
  readonly isNew: boolean;
}

/** A halt is tried again for so long; by then whatever kept it has been there for longer than any other commit waits. */
const HALT_MS_MAX = 30_000;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 2_000;

/**
 * Stores the halted mode, over conflicts and faults that pass, for up to 30 seconds. A mode that was never stored reads
 * as halted but would begin active with the first configuration, so it is stored as well.
 * @throws StackError when it did not commit; trading may go on then.
 */
export async function haltStack({
  modes,
  clock,
  reason,
  author,
  isPassing,
}: StackHalt): Promise<StackHalted> {
  const until = clock.now() + HALT_MS_MAX;
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    let kept: unknown = 'the trading mode was changed by others at each try';
    try {
      const before = await modes.mode();
      if (before.mode === 'halted' && before.version > 0) return { mode: before, isNew: false };
      const changedAt = clock.now();
      const next = { mode: 'halted', cause: 'person', reason, author, changedAt, until: null } as const;
      if ((await modes.setMode(before, next)) === 'committed')
        return { mode: { ...next, version: before.version + 1 }, isNew: true };
    } catch (error) {
      if (!isPassing(error)) throw error;
      kept = error instanceof Error ? error.message : error;
    }
    if (clock.now() + pauseMs > until)
      throw new StackError(
        'refused',
        `TRADING IS NOT HALTED: the mode did not commit for ${HALT_MS_MAX / 1_000} seconds (${String(kept)}). Try again; to be sure, stop the feed: set the desired count of the feed service to 0`,
      );
    await clock.wait(pauseMs);
  }
}
