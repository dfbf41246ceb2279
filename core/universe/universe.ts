import type { Instrument, InstrumentId } from '../market/instrument.ts';
import type { EpochMs } from '../time.ts';
import type { DenialReason } from './judge-listing.ts';

/** An instrument in the universe: its rules as its venue's list last told them, and what brought it there. */
export interface UniverseMember {
  readonly instrument: Instrument;
  /** Name of the first rule that admits it. */
  readonly rule: string;
  /** What spoke for it when it came. */
  readonly reason: string;
  readonly since: EpochMs;
}

/** Somebody came or went, and why, for people. */
export interface UniverseChange {
  readonly instrumentId: InstrumentId;
  readonly reason: string;
}

/** What a rule left out for one reason. */
export interface LeftOut {
  readonly rule: string;
  readonly reason: DenialReason;
  readonly count: number;
  /** Some of them, the best by volume first. */
  readonly examples: readonly { readonly instrumentId: InstrumentId; readonly detail: string }[];
}

/** How a rule fared. */
export interface RuleFinding {
  readonly rule: string;
  /** Instruments in its scope; null when its venue's list could not be read, and nothing of it is known. */
  readonly listed: number | null;
  /** Of the universe, those that this rule brought. */
  readonly members: number;
}
