import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Frame } from '../../adapters/venues/frame-source.ts';
import { decodePush, encodePush, plainPush } from '../../adapters/venues/mexc/proto.ts';
import { mexcReader } from '../../adapters/venues/mexc/reader.ts';
import type { ReaderNote } from '../../adapters/venues/venue-reader.ts';
import { price, quantity } from '../../core/amounts.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import { epochMs } from '../../core/time.ts';
import { mexcInstrument } from '../adapters/venues/mexc/frames.ts';
import { RECORDINGS } from './recordings.ts';

const lines: { channel: string; raw: string; encoding: 'base64' }[] = gunzipSync(
  readFileSync(join(RECORDINGS, 'mexc', 'spot-frames.jsonl.gz')),
)
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** The recorder kept no receive times, so that the frames get one that counts lines. */
const frames: Frame[] = lines.map(({ channel, raw, encoding }, n) => ({
  wire: 'mexc-spot',
  receivedAt: epochMs(1_790_000_000_000 + n),
  channel,
  raw,
  encoding,
}));

function replay() {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const reader = mexcReader(
    {
      instruments: [
        mexcInstrument('BTCUSDT', '0.01', '0.000001'),
        mexcInstrument('HYPEUSDT', '0.01', '0.01'),
      ],
    },
    { emit: (update) => updates.push(update), note: (note) => notes.push(note), need: () => undefined },
  );
  for (const frame of frames) reader.read(frame);
  return { reader, updates, notes };
}

test('all eight frames are read, by kind', () => {
  const { reader, notes } = replay();
  expect(frames).toHaveLength(8);
  expect(notes).toEqual([]);
  expect(reader.frames).toEqual({ frames: 8, malformed: 0, venueErrors: 0, unfollowed: 0 });
  expect(Object.fromEntries(reader.messages)).toEqual({
    publicAggreBookTicker: 3,
    publicLimitDepths: 2,
    publicAggreDeals: 1,
    publicSpotKline: 2,
  });
});

test('nothing of them is left over: encoded again they are as long', () => {
  for (const { raw, channel } of lines) {
    const push = decodePush(raw);
    if (push instanceof Error) throw push;
    expect(plainPush(push)).toMatchObject({ channel, symbol: expect.stringMatching(/^(BTC|HYPE)USDT$/) });
    expect(encodePush(plainPush(push))).toHaveLength(raw.length);
  }
});

test('pictures of 5 and 20 levels make two live books that agree with the best prices of their time', () => {
  const { updates } = replay();
  const books = updates.flatMap((update) => (update.kind === 'book' ? [update] : []));
  expect(
    books.map(({ instrumentId, occurredAt, book }) => ({
      instrumentId,
      occurredAt,
      status: book.status,
      sequence: book.sequence,
      bid: book.levels('bids', 1),
      ask: book.levels('asks', 1),
      levels: [book.levels('bids', 99).length, book.levels('asks', 99).length],
    })),
  ).toEqual([
    {
      instrumentId: 'mexc:HYPEUSDT',
      occurredAt: 1_780_505_866_508,
      status: 'live',
      sequence: 1_320_043_373,
      bid: [{ price: price('72.29'), quantity: quantity('7.01') }],
      ask: [{ price: price('72.34'), quantity: quantity('82.10') }],
      levels: [20, 20],
    },
    {
      instrumentId: 'mexc:BTCUSDT',
      occurredAt: 1_790_281_247_251,
      status: 'live',
      sequence: 82_164_155_643,
      bid: [{ price: price('84270.00'), quantity: quantity('0.006387') }],
      ask: [{ price: price('84270.01'), quantity: quantity('5.42169969') }],
      levels: [5, 5],
    },
  ]);
});

test('two trades of one millisecond have ids and sizes finer than the smallest order', () => {
  const trades = replay().updates.flatMap((update) => (update.kind === 'trade' ? [update] : []));
  expect(trades).toMatchObject([
    {
      price: price('84270'),
      quantity: quantity('0.00099829'),
      aggressor: 'sell',
      firstTradeId: '731901896985399296X0_731901896985399297X0',
    },
    {
      price: price('84270'),
      quantity: quantity('0.00019169'),
      aggressor: 'buy',
      firstTradeId: '731901896985399298X0_731901896985399299X0',
    },
  ]);
});
