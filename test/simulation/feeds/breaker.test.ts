import { expect, test } from 'vitest';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { binanceListings, mexcListings } from '../../../local/venue-simulator/spot-listings.ts';
import { accessOf, SimFeed, type SimSide } from './sim-feed.ts';

const SIDES: readonly SimSide[] = [
  { venue: 'binance', dialect: binanceDialect, listings: binanceListings(), numbersUpdates: true },
  { venue: 'mexc', dialect: mexcDialect, listings: mexcListings(), numbersUpdates: true },
];

test.each(SIDES)(
  '$venue: more than ten failures a minute halt the instrument, a clean minute and a fresh picture free it',
  (side) => {
    const [listing] = side.listings;
    const symbol = listing?.instrument.symbol ?? '';
    const faults = Array.from({ length: 14 }, (_, n) => ({
      kind: 'gap' as const,
      symbol,
      atMs: 60_000 + n * 3_000,
      forMs: 2_500,
    }));
    const feed = new SimFeed({ seed: 7, sides: [{ ...side, faults }], access: accessOf() }).start();
    feed.pass(110_000);
    const halted = feed.newest?.instruments.filter((one) => one.status === 'halted') ?? [];
    expect(halted.map((one) => one.instrumentId)).toContain(`${side.venue}:${symbol}`);
    feed.pass(190_000);
    expect(feed.dead()).toEqual([]);
    expect(feed.wrong).toEqual([]);
    expect(feed.notes.flatMap(({ kind }) => (kind.startsWith('breaker') ? [kind] : []))).toEqual([
      'breaker_opened',
      'breaker_closing_wanted',
      'breaker_closed',
    ]);
    // Nobody else was halted, and nothing was missed.
    expect(halted).toHaveLength(1);
    expect(feed.missed).toBe(0);
  },
);
