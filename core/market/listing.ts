import type { EpochMs } from '../time.ts';
import type { Instrument } from './instrument.ts';
import type { MarketToJoin } from './market-to-join.ts';

/** Fees of an instrument as its venue publishes them. */
export interface PublishedFees {
  /** `proportional`: a share of the notional. `quadratic`: rate x quantity x p x (1 - p), as prediction markets charge. */
  readonly model: 'proportional' | 'quadratic';
  /** Basis points as decimal text; null where the venue does not say. */
  readonly makerBps: string | null;
  readonly takerBps: string | null;
  /** The venue's own words: its type, multiplier, since when. */
  readonly detail: string;
}

/** The game that a contract is about, as far as the venue tells. The first team is the one whose win pays the contract. */
export type ListedGame = Pick<MarketToJoin, 'eventId' | 'league' | 'teams' | 'date' | 'startsAt'>;

/** One entry of a venue's catalogue: an instrument with what tells whether it is worth following. Amounts are decimal texts. */
export interface Listing {
  readonly instrument: Instrument;
  readonly tradable: boolean;
  /** The venue's own word, e.g. `TRADING`, `finalized`. */
  readonly status: string;
  /** For people and the search. */
  readonly title: string;
  /** Traded in the last 24 hours, in the quote asset. */
  readonly volume24h: string | null;
  readonly bestBid: string | null;
  readonly bestAsk: string | null;
  /** What rests at the best bid and ask together, in the quote asset. */
  readonly depth: string | null;
  readonly fees: PublishedFees | null;
  readonly game: ListedGame | null;
  /** When the venue expects the outcome to be known, where it says so: contracts on games may trade for weeks after it, and do not. */
  readonly expectedAt?: EpochMs | undefined;
}
