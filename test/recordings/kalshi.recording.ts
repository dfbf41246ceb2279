import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unwrapKalshi } from '../../adapters/recordings/kalshi-wrapped.ts';
import { parseReceiveTime } from '../../adapters/recordings/receive-time.ts';
import type { ConnectionChange, Frame } from '../../adapters/venues/frame-source.ts';
import { toListings } from '../../adapters/venues/kalshi/catalogue.ts';
import { looksFiltered } from '../../adapters/venues/kalshi/filtered.ts';
import { assumedMarket } from '../../adapters/venues/kalshi/market-facts.ts';
import { parseStream } from '../../adapters/venues/kalshi/messages.ts';
import { type KalshiReaderOptions, kalshiReader } from '../../adapters/venues/kalshi/reader.ts';
import { readExchangeStatus } from '../../adapters/venues/kalshi/status.ts';
import type { ReaderNote } from '../../adapters/venues/venue-reader.ts';
import { formatUnits, ONE } from '../../core/amounts.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import { epochMs, SECOND_MS } from '../../core/time.ts';
import { RECORDINGS } from './recordings.ts';

interface RecordedLine {
  readonly unit: string;
  readonly channel: string;
  readonly raw: string;
  readonly url?: string;
}

type Item = Frame | ConnectionChange;

const linesOf = (...path: string[]): string[] =>
  gunzipSync(readFileSync(join(RECORDINGS, ...path)))
    .toString()
    .split('\n')
    .filter((line) => line !== '');

/** The frames of a file, and where the recorder connected. */
function itemsOf(...path: string[]): Item[] {
  const items: Item[] = [];
  for (const line of linesOf(...path)) {
    const { unit, channel, raw, url }: RecordedLine = JSON.parse(line);
    const stamp = /"receivedAt":\s*(\d+)/.exec(line)?.[1] ?? '';
    const receivedAt = parseReceiveTime(stamp, unit);
    if (receivedAt === undefined) throw new Error(`no receive time: ${line.slice(0, 80)}`);
    if (channel === 'ws_connected')
      items.push({ wire: 'kalshi', receivedAt, connection: '', change: 'opened', detail: 'recorded' });
    else if (!ASIDE.has(channel))
      items.push({
        wire: 'kalshi',
        receivedAt,
        channel,
        raw: unwrapKalshi(raw) ?? raw,
        ...(url !== undefined && { url }),
      });
  }
  return items;
}

const ASIDE: ReadonlySet<string> = new Set(['watch_market', 'ws_subscribed', 'market_rotated']);

/** Reads a file with a tick each second, as a feed does. */
function replay(items: readonly Item[], options: Partial<KalshiReaderOptions> = {}) {
  const told: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const needs: string[] = [];
  const sums = { books: 0, wrong: 0 };
  const reader = kalshiReader(
    { instruments: [], rulesOfAny: assumedMarket, ...options },
    {
      emit: (update) => {
        if (update.kind !== 'book') {
          told.push(update);
          return;
        }
        sums.books += 1;
        if (update.book.isCrossed || update.book.status !== 'live') sums.wrong += 1;
      },
      need: ({ kind }) => needs.push(kind),
      note: (note) => notes.push(note),
    },
  );
  let beat = 0;
  for (const item of items) {
    for (beat ||= item.receivedAt; beat + SECOND_MS <= item.receivedAt; beat += SECOND_MS)
      reader.tick(epochMs(beat + SECOND_MS));
    if ('change' in item) reader.changeConnection(item);
    else reader.read(item);
  }
  const counts = [...reader.quality().values()];
  const total = (
    name:
      | 'bookUpdates'
      | 'bookCrossed'
      | 'bookGaps'
      | 'refused'
      | 'touchChecks'
      | 'touchAgreed'
      | 'trades'
      | 'tradesRepeated'
      | 'tradeGaps'
      | 'bookRepeated'
      | 'bookDisordered'
      | 'bookBeforeSnapshot'
      | 'snapshots',
  ): number => counts.reduce((sum, one) => sum + one[name], 0);
  return { reader, told, notes, needs, sums, total };
}

const isFrameOf = (channel: string) => (item: Item) => 'raw' in item && item.channel === channel;

test.each([
  {
    file: 'btc15m-20260511-1217.jsonl.gz',
    deltas: 55_798,
    pictures: 3,
    tickers: 678,
    connections: 2,
    crossed: 5,
    checked: 646,
    agreed: 578,
  },
  {
    file: 'btc15m-20260515-2132.jsonl.gz',
    deltas: 57_568,
    pictures: 7,
    tickers: 766,
    connections: 6,
    crossed: 64,
    checked: 759,
    agreed: 637,
  },
])(
  '$file: every figure of the data page holds',
  ({ file, deltas, pictures, tickers, connections, crossed, checked, agreed }) => {
    const items = itemsOf('kalshi', file);
    const { reader, notes, needs, sums, total } = replay(items);
    expect(Object.fromEntries(reader.messages)).toEqual({
      orderbook_snapshot: pictures,
      orderbook_delta: deltas,
      ticker: tickers,
    });
    expect(items.filter((item) => 'change' in item)).toHaveLength(connections);
    // Contiguous within each connection, and no size below zero.
    expect([total('bookGaps'), total('refused'), total('bookRepeated'), total('bookDisordered')]).toEqual([
      0, 0, 0, 0,
    ]);
    expect([total('bookUpdates'), total('snapshots'), total('bookBeforeSnapshot')]).toEqual([
      deltas,
      pictures,
      0,
    ]);
    expect([total('bookCrossed'), total('touchChecks'), total('touchAgreed')]).toEqual([
      crossed,
      checked,
      agreed,
    ]);
    // Shown after every message but those that leave it crossed.
    expect(sums).toEqual({ books: deltas + pictures - crossed, wrong: 0 });
    expect([notes, needs]).toEqual([[], []]);
    expect(reader.frames).toEqual({
      frames: deltas + pictures + tickers,
      malformed: 0,
      venueErrors: 0,
      unfollowed: 0,
    });
  },
);

test('btc15m-20260515-2132: 33.5 s without a frame end the book before, and the new connection shows its own', () => {
  const items = itemsOf('kalshi', 'btc15m-20260515-2132.jsonl.gz');
  const silences = items.flatMap(
    ({ receivedAt }, n) => receivedAt - (items[n - 1]?.receivedAt ?? receivedAt),
  );
  expect(Math.max(...silences)).toBeGreaterThan(33_400);
  const { told } = replay(items);
  const doubts = told.filter(({ kind }) => kind === 'book_doubted');
  // Five follow the first one; the last of them finds nothing shown, since the one before it brought no frame.
  expect(doubts).toHaveLength(4);
  expect(doubts.every((one) => one.kind === 'book_doubted' && one.doubt === 'disconnected')).toBe(true);
});

test.each([
  {
    file: 'gold15m-26aug101800.jsonl.gz',
    event: 0,
    deltas: 32_697,
    trades: 1_046,
    volume: '31115.58',
    of: '32310.99',
  },
  {
    file: 'gold15m-26aug101815.jsonl.gz',
    event: 1,
    deltas: 52_366,
    trades: 1_993,
    volume: '64291.98',
    of: '67211.24',
  },
])(
  '$file: rising numbers, never crossed, $volume contracts traded',
  ({ file, event, deltas, trades, volume, of }) => {
    const items = itemsOf('kalshi', file);
    const seqs = seqsOf(items);
    expect(looksFiltered(seqs)).toBe(true);
    const instrument = goldMarket(event);
    const { reader, told, notes, sums, total } = replay(items, {
      gapCheck: false,
      instruments: [instrument],
    });
    expect(Object.fromEntries(reader.messages)).toEqual({
      orderbook_snapshot: 3,
      orderbook_delta: deltas,
      trade: trades,
    });
    expect([total('bookUpdates'), total('refused'), total('bookCrossed'), total('bookDisordered')]).toEqual([
      deltas,
      0,
      0,
      0,
    ]);
    expect([total('trades'), total('tradesRepeated'), total('tradeGaps')]).toEqual([trades, 0, 0]);
    expect(sums).toEqual({ books: deltas + 3, wrong: 0 });
    expect(notes).toEqual([]);
    const traded = told.reduce((sum, one) => (one.kind === 'trade' ? sum + one.quantity : sum), 0n);
    expect(formatUnits(traded)).toBe(volume);
    const [listing] = goldListings(event);
    expect(listing?.status).toBe('finalized');
    expect(goldRaw(event)).toContain(`"volume_fp": "${of}"`);
    // Told by the clock: the last frames come after it.
    const { closesAt } = instrument.contract ?? {};
    expect(told.filter(({ kind }) => kind === 'trading')).toEqual([
      { kind: 'trading', instrumentId: instrument.id, tradable: false, detail: 'its close has come' },
    ]);
    expect(items.at(-1)?.receivedAt).toBeGreaterThan(closesAt ?? Number.POSITIVE_INFINITY);
  },
);

test('gold15m with gap checks is doubted at the first jump and not believed again', () => {
  const { total, told } = replay(itemsOf('kalshi', 'gold15m-26aug101800.jsonl.gz').slice(0, 5_000));
  expect(total('bookGaps')).toBe(1);
  expect(told.filter(({ kind }) => kind === 'book_doubted')).toHaveLength(1);
  expect(total('bookBeforeSnapshot')).toBeGreaterThan(4_000);
});

test('recordings of whole subscriptions do not look filtered, with a line dropped or without', () => {
  for (const file of [
    'btc15m-20260511-1217.jsonl.gz',
    'btc15m-20260515-2132.jsonl.gz',
    'ws-kxbtc-range-20260418.jsonl.gz',
  ]) {
    const seqs = seqsOf(itemsOf('kalshi', file));
    expect(looksFiltered(seqs)).toBe(false);
    for (const n of [1, 20, seqs.length >> 1, seqs.length - 2])
      expect(looksFiltered(seqs.toSpliced(n, 1))).toBe(false);
  }
});

test('a line dropped is a gap: told, counted, and nothing is shown until the next connection', () => {
  const items = itemsOf('kalshi', 'btc15m-20260511-1217.jsonl.gz');
  const dropped = items.findIndex(isFrameOf('orderbook_delta')) + 10_000;
  const { total, needs, sums } = replay(items.toSpliced(dropped, 1));
  expect(total('bookGaps')).toBe(1);
  expect(needs.length).toBeGreaterThan(100);
  expect(sums.books).toBeLessThan(10_100 + 12_181);
});

test('ws-kxbtc-range: numbers 1 to 69 over eight markets, three errors', () => {
  const items = itemsOf('kalshi', 'ws-kxbtc-range-20260418.jsonl.gz');
  const { reader, total, sums } = replay(items);
  expect(Object.fromEntries(reader.messages)).toEqual({
    subscribed: 2,
    orderbook_snapshot: 8,
    orderbook_delta: 61,
  });
  expect(reader.frames).toEqual({ frames: 74, malformed: 0, venueErrors: 3, unfollowed: 0 });
  expect([...reader.followed()]).toHaveLength(8);
  expect([total('bookGaps'), total('bookUpdates'), sums]).toEqual([0, 61, { books: 69, wrong: 0 }]);
});

test('gold15m-markets: rules, strikes and outcomes of both markets', () => {
  const { told, notes } = replay(itemsOf('kalshi', 'gold15m-markets.jsonl.gz'), {
    rulesOfAny: assumedMarket,
    instruments: [assumedMarket('KXGOLD15M-26AUG101800-00'), assumedMarket('KXGOLD15M-26AUG101815-15')],
  });
  expect(notes).toEqual([]);
  expect(told.filter(({ kind }) => kind === 'settlement')).toEqual([
    {
      kind: 'settlement',
      instrumentId: 'kalshi:KXGOLD15M-26AUG101800-00',
      payout: 0n,
      isFinal: true,
      occurredAt: Date.parse('2026-08-10T22:00:05.462Z'),
    },
    {
      kind: 'settlement',
      instrumentId: 'kalshi:KXGOLD15M-26AUG101815-15',
      payout: 0n,
      isFinal: true,
      occurredAt: Date.parse('2026-08-10T22:15:05.474Z'),
    },
  ]);
  expect([0, 1].map((n) => goldMarket(n).contract?.strike)).toEqual([
    { kind: 'greater_or_equal', floor: '4394.94', cap: null },
    { kind: 'greater_or_equal', floor: '4392.07', cap: null },
  ]);
  expect(goldMarket(0)).toMatchObject({
    tickSize: ONE / 100n,
    contract: { series: 'KXGOLD15M', settlementSource: 'Pyth - Gold' },
  });
});

test('rest-samples: every answer is one that is known, but for an order book whose request was not kept', () => {
  const items = itemsOf('kalshi', 'rest-samples-20260112.jsonl.gz');
  const { reader, notes } = replay(items);
  expect(Object.fromEntries(reader.messages)).toEqual({
    orderbook: 1,
    markets: 1,
    market: 1,
    events: 1,
    event: 1,
    trades: 1,
    candlesticks: 2,
    market_candlesticks: 1,
    exchange_active: 1,
    schedule: 1,
    series: 1,
    series_fee_change_arr: 1,
  });
  expect(notes).toEqual([{ kind: 'refused', detail: 'rest:orderbook: of which market is not known' }]);
  const status = items.find(isFrameOf('rest:exchange_status'));
  expect(status && 'raw' in status && readExchangeStatus({ status: 200, body: status.raw })).toBeNull();
});

test('cross pairs: eight markets with rules, and eight books that are not crossed', () => {
  const lines = linesOf('cross', 'kalshi-polymarket-pairs-20260720.jsonl.gz').map(
    (line): RecordedLine & { readonly venue: string; readonly kalshiTicker: string } => JSON.parse(line),
  );
  const items = lines
    .filter(({ venue }) => venue === 'kalshi')
    .map(({ channel, raw, kalshiTicker }): Frame => {
      const named = channel === 'rest:orderbook' ? `${channel}:${kalshiTicker}` : channel;
      return { wire: 'kalshi', receivedAt: epochMs(1_784_574_632_543), channel: named, raw };
    });
  const { reader, notes, sums, total } = replay(items);
  expect(Object.fromEntries(reader.messages)).toEqual({ market: 8, orderbook: 8 });
  expect([notes, sums, total('snapshots'), total('bookCrossed')]).toEqual([[], { books: 8, wrong: 0 }, 8, 0]);
  const listings = items.flatMap(({ channel, raw }) =>
    channel === 'rest:market' ? toListings(raw).listings : [],
  );
  expect(listings.every(({ tradable, bestAsk }) => tradable && bestAsk !== null)).toBe(true);
  expect(listings).toHaveLength(8);
});

test('the quick look takes exactly what the careful one takes', () => {
  for (const file of ['btc15m-20260515-2132.jsonl.gz', 'gold15m-26aug101815.jsonl.gz'])
    for (const item of itemsOf('kalshi', file))
      if ('raw' in item) expect(parseStream(item.raw)).toMatchObject({ kind: item.channel });
});

const seqsOf = (items: readonly Item[]): number[] =>
  items
    .filter(isFrameOf('orderbook_delta'))
    .map((item) => JSON.parse('raw' in item ? item.raw : '').seq as number);

function goldRaw(n: number): string {
  const item = itemsOf('kalshi', 'gold15m-markets.jsonl.gz')[n];
  return item !== undefined && 'raw' in item ? item.raw : '';
}

const goldListings = (n: number) => toListings(goldRaw(n)).listings;

function goldMarket(n: number): Instrument {
  const [listing] = goldListings(n);
  if (listing === undefined) throw new Error('the answer lists no market');
  return listing.instrument;
}
