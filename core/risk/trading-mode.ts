import type { EpochMs } from '../time.ts';

export type TradingMode = 'active' | 'reducing' | 'halted';

/** Who or what set the mode. Everything but `daily_loss` is lifted by a person only. */
export type ModeCause =
  | 'start'
  | 'person'
  | 'drawdown'
  | 'daily_loss'
  | 'reconciliation'
  | 'marks_old'
  | 'feed_silence';

/** The one switch. Risk and fills must see its version unchanged inside their transactions. */
export interface ModeState {
  readonly mode: TradingMode;
  readonly version: number;
  readonly cause: ModeCause;
  readonly reason: string;
  readonly author: string;
  /** Event time of the change where there is one, else the wall clock. */
  readonly changedAt: EpochMs;
  /** For `reducing`: when it ends by itself. */
  readonly until: EpochMs | null;
}

/** A missing or unreadable mode means halted; its version matches no stored one. */
export const MODE_MISSING: ModeState = {
  mode: 'halted',
  version: 0,
  cause: 'start',
  reason: 'no trading mode is stored',
  author: 'deckle',
  changedAt: 0 as EpochMs,
  until: null,
};

/** The mode in force at an event time: `reducing` with an end goes back to `active` by itself. */
export function modeAt(state: ModeState, at: EpochMs): TradingMode {
  return state.mode === 'reducing' && state.until !== null && at >= state.until ? 'active' : state.mode;
}
