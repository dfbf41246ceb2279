import { StoreError } from '../../adapters/store/item-store.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { Clock, ModeStore } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';

export interface ChangeModeServices {
  readonly modes: ModeStore;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where others write beside the guard: it waits between its tries. In one process a try that failed is tried at once. */
  readonly clock?: Clock;
}

/** A halt is tried again until it commits, for so long; every order and fill checks the mode in its own transaction. */
const HALT_MS_MAX = 30_000;
const ATTEMPTS_MAX = 20;
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1_000;

/**
 * Changes the trading mode as `decide` demands of the mode it is given, anew after each conflict, and over a table that is
 * busy or does not answer for a moment. Null demands nothing.
 * @throws the last fault, or an Error in words, when it did not commit in time.
 */
export async function changeMode(
  decide: (mode: ModeState) => Promise<Omit<ModeState, 'version' | 'author'> | null>,
  { modes, metrics, log, clock }: ChangeModeServices,
): Promise<void> {
  const from = clock?.now() ?? 0;
  for (let attempt = 1; ; attempt++) {
    let kept: unknown = new Error(`the trading mode could not be changed, ${attempt} conflicts`);
    try {
      const mode = await modes.mode();
      const next = await decide(mode);
      if (!next) return;
      if ((await modes.setMode(mode, { ...next, author: 'guard' })) === 'committed') {
        const { cause, reason, changedAt: at } = next;
        metrics.add('guard_actions_total', 1, { cause });
        log.error('trading mode changed by the guard', { mode: next.mode, cause, reason, at });
        return;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      kept = error;
    }
    const isOver = clock ? clock.now() - from >= HALT_MS_MAX : attempt >= ATTEMPTS_MAX;
    if (isOver) throw kept;
    await clock?.wait(Math.min(PAUSE_MS_MIN * 2 ** attempt, PAUSE_MS_MAX));
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof StoreError && (error.fault === 'busy' || error.fault === 'unavailable');
