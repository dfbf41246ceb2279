import type { ItemStore } from '../adapters/store/item-store.ts';
import type { FeedId, MarketWindow } from '../core/market/window.ts';
import type { AccountId } from '../core/paper/order.ts';
import type { FeedStore, Ledger, ModeStore, RecordStore } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';

/** Event times from `from` through `through`, both included. */
export interface Span {
  readonly from: EpochMs;
  readonly through: EpochMs;
}

/** A desk to look at and to talk to, beside whatever runs it: a session's file, or the table of a deployed stack. */
export interface DeskView {
  /** As messages call it: `session demo-7`, `stack Deckle-local`. */
  readonly title: string;
  /** How a person calls this command line for it: `npx deckle`, `npx deckle --stack local`. */
  readonly command: string;
  readonly store: ItemStore;
  readonly accounts: readonly AccountId[];
  readonly feedId: FeedId;
  readonly ledger: Ledger;
  readonly feeds: FeedStore;
  readonly modes: ModeStore;
  readonly records: RecordStore;
  /** Reads at one moment, where the store can; elsewhere `read` has to cope with what changes meanwhile. */
  snapshot<T>(read: () => Promise<T>): Promise<T>;
  /** The newest event time the desk has come to; null before the first window. */
  eventTime(): Promise<EpochMs | null>;
  /** The published windows of these spans by their time, as far as the window log still has them. */
  windowsIn(spans: readonly Span[]): Promise<(at: EpochMs) => MarketWindow | null>;
  close(): Promise<void>;
}
