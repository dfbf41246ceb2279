import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';
import { sampleInstrument } from '../../../core/market/samples.ts';
import { type Listened, listen } from './frames.ts';
import { combined, SAMPLES, type Sample, sampleFrame } from './samples.ts';

const BTC = sampleInstrument('BTCUSDT', '0.01', '0.00001');

function read(...frames: readonly Frame[]): Listened {
  const listened = listen({ instruments: [BTC] });
  for (const one of frames) listened.reader.read(one);
  return listened;
}

function expectCounted({ reader }: Listened, as: string): void {
  expect([...reader.messages]).toEqual(as === 'error' ? [] : [[as, 1]]);
  expect([...reader.unknown]).toEqual([]);
  expect(reader.frames).toEqual({
    frames: 1,
    malformed: 0,
    venueErrors: as === 'error' ? 1 : 0,
    unfollowed: 0,
  });
}

test.each(SAMPLES)('the sample of $what is read as $as', (sample) => {
  expectCounted(read(sampleFrame(sample)), sample.as);
});

test.each(SAMPLES.filter(({ channel }) => channel.includes('@')))(
  'the sample of $what is read as $as in the combined envelope, too',
  (sample) => {
    expectCounted(read(combined(sample)), sample.as);
  },
);

const sampleOf = (what: string): Sample => {
  const found = SAMPLES.find((one) => one.what === what);
  if (found === undefined) throw new Error(`there is no sample of ${what}`);
  return found;
};

test('the sample trade is a purchase by the taker, since the buyer was not the maker', () => {
  expect(read(combined(sampleOf('a trade'))).updates).toEqual([
    {
      kind: 'trade',
      instrumentId: BTC.id,
      price: price('64250.1'),
      quantity: quantity('0.0015'),
      aggressor: 'buy',
      trades: 1,
      firstTradeId: 5_100_000_001,
      lastTradeId: 5_100_000_001,
      occurredAt: epochMs(1_790_000_000_123),
    },
  ]);
});

test('the sample snapshot and book change make a book, of which the best ask was not shown to be removed', () => {
  const { updates } = read(sampleFrame(sampleOf('a book change')), sampleFrame(sampleOf('a snapshot')));
  expect(updates).toMatchObject([
    { kind: 'book', isSnapshot: true, book: { sequence: 160, status: 'live' } },
  ]);
});

test('a block trade is counted and prints nothing: its ids are of another kind', () => {
  const raw =
    '{"e":"blockTrade","E":1790000000125,"s":"BTCUSDT","t":7,"p":"64250.10","q":"25","T":1790000000123,"m":false}';
  const block = { what: 'a block trade', channel: 'btcusdt@blockTrade', raw, as: 'blockTrade' };
  const listened = read(combined(block));
  expectCounted(listened, 'blockTrade');
  expect(listened.updates).toEqual([]);
});
