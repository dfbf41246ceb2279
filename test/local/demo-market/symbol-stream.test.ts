import { expect, test } from 'vitest';
import { demoListings } from '../../../local/demo-market/demo-listing.ts';
import { SymbolStream } from '../../../local/demo-market/symbol-stream.ts';
import { RebuiltBook } from './rebuilt-book.ts';

const START = 1_790_000_040_000;

test.each(demoListings.map((listing) => ({ symbol: listing.instrument.symbol, listing })))(
  "the book of $symbol rebuilt from snapshot and diffs is the venue's own, level by level",
  ({ listing }) => {
    const stream = new SymbolStream(listing, { seed: 7, startAt: START, crash: null });
    const book = new RebuiltBook();
    book.snapshot(JSON.parse(stream.snapshot()));
    let compared = 0;
    while (stream.nextAt < START + 120_000) {
      for (const message of stream.advance()) {
        if (message.kind !== 'depth') continue;
        book.depth(JSON.parse(message.raw).data);
        if (compared % 50 === 0) {
          const own = JSON.parse(stream.snapshot());
          expect(book.lastId).toBe(own.lastUpdateId);
          expect(book.levels('bids')).toEqual(own.bids);
          expect(book.levels('asks')).toEqual(own.asks);
        }
        compared += 1;
      }
    }
    expect(book.gaps).toBe(0);
    expect(compared).toBeGreaterThan(900);
  },
);
