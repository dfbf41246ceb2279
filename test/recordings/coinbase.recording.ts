import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { toListings } from '../../adapters/venues/coinbase/catalogue.ts';
import { coinbaseAdvancedProtocol } from '../../adapters/venues/coinbase/client.ts';
import { toCandles } from '../../adapters/venues/coinbase/klines.ts';
import { coinbaseAdvancedReader, coinbaseExchangeReader } from '../../adapters/venues/coinbase/reader.ts';
import type { ConnectionChange, Frame, Need } from '../../adapters/venues/frame-source.ts';
import type { ReaderNote, ReaderPorts, VenueReader } from '../../adapters/venues/venue-reader.ts';
import { money, price, quantity } from '../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import type { BookView } from '../../core/market/order-book.ts';
import type { QualityCounts } from '../../core/market/quality.ts';
import { epochMs } from '../../core/time.ts';
import { RECORDINGS } from './recordings.ts';

const ADVANCED_FILE = 'advanced-btc-eth-20260809.jsonl.gz';
const SYMBOLS = ['BTC-USD', 'ETH-USD'];

const files = new Set<string>();
let comparisons = 0;
/** What the last line says was compared; each is one figure of the recording held against one of ours. */
function compare(actual: unknown, expected: unknown): void {
  comparisons += 1;
  expect(actual).toEqual(expected);
}
afterAll(() => {
  process.stdout.write(`coinbase recordings: ${files.size} files read, ${comparisons} comparisons made\n`);
});

function linesOf(name: string): string[] {
  files.add(name);
  return gunzipSync(readFileSync(join(RECORDINGS, 'coinbase', name)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** The frames of the recording and the beginning of its one connection; what the recorder sent is of no use to a reader. */
function advancedItems(): (Frame | ConnectionChange)[] {
  return linesOf(ADVANCED_FILE).flatMap((line): (Frame | ConnectionChange)[] => {
    const { receivedAt, channel, raw, url } = JSON.parse(line);
    const at = { wire: 'coinbase-advanced', receivedAt: epochMs(Math.floor(receivedAt / 1e6)) } as const;
    if (channel === 'send') return [];
    if (channel === 'connect') return [{ ...at, connection: '', change: 'opened', detail: 'recorded' }];
    return [{ ...at, channel, raw, ...(url !== undefined && { url }) }];
  });
}

interface Replay {
  readonly reader: VenueReader;
  readonly updates: readonly MarketUpdate[];
  readonly needs: readonly Need[];
  readonly notes: readonly ReaderNote[];
  readonly books: ReadonlyMap<string, BookView>;
}

function replay(
  items: Iterable<Frame | ConnectionChange>,
  create: (ports: ReaderPorts) => VenueReader,
  look: (update: MarketUpdate, books: ReadonlyMap<string, BookView>) => void = () => undefined,
): Replay {
  const updates: MarketUpdate[] = [];
  const needs: Need[] = [];
  const notes: ReaderNote[] = [];
  const books = new Map<string, BookView>();
  const reader = create({
    emit: (update) => {
      updates.push(update);
      if (update.kind === 'book') books.set(update.instrumentId, update.book);
      if (update.kind === 'book_doubted') books.delete(update.instrumentId);
      look(update, books);
    },
    need: (need) => needs.push(need),
    note: (note) => notes.push(note),
  });
  for (const item of items) {
    if ('raw' in item) reader.read(item);
    else reader.changeConnection(item);
  }
  return { reader, updates, needs, notes, books };
}

const readAdvanced = (ports: ReaderPorts): VenueReader =>
  coinbaseAdvancedReader({ instruments: [], symbols: SYMBOLS }, ports);

function countsOf({ reader }: Replay, symbol: string): Readonly<QualityCounts> {
  const counts = reader.quality().get(instrumentId('coinbase', symbol));
  if (counts === undefined) throw new Error(`${symbol} is not followed`);
  return counts;
}

const sizeOf = (book: BookView | undefined) => [
  book?.levels('bids', 1e6).length,
  book?.levels('asks', 1e6).length,
];

test('Advanced Trade 2026: every figure of the data page holds', () => {
  compare(linesOf(ADVANCED_FILE).length, 1_037);
  let crossed = 0;
  const played = replay(advancedItems(), readAdvanced, (update) => {
    if (update.kind === 'book' && (update.book.isCrossed || update.book.status !== 'live')) crossed += 1;
  });
  const { reader, updates, books } = played;
  compare(reader.frames, { frames: 1_031, malformed: 0, venueErrors: 0, unfollowed: 0 });
  compare(Object.fromEntries(reader.messages), {
    'rest:products': 1,
    l2_data: 775,
    ticker: 160,
    market_trades: 59,
    heartbeats: 25,
    candles: 6,
    subscriptions: 5,
  });
  compare([reader.unknown.size, played.needs, played.notes, crossed], [0, [], [], 0]);
  const [btc, eth] = SYMBOLS.map((symbol) => countsOf(played, symbol));
  compare([btc?.trades, eth?.trades], [147, 132]);
  compare([btc?.tradesFromHistory, eth?.tradesFromHistory], [100, 100]);
  for (const one of [btc, eth])
    compare(one, {
      ...one,
      snapshots: 1,
      bookBeforeSnapshot: 0,
      bookGaps: 0,
      bookRepeated: 0,
      bookDisordered: 0,
      bookCrossed: 0,
      bookLocked: 0,
      refused: 0,
      tradeGaps: 0,
      tradesMissing: 0,
      tradesRepeated: 0,
    });
  compare((btc?.bookUpdates ?? 0) + (eth?.bookUpdates ?? 0), 773);
  // Both best prices at the moment the ticker came; the sizes of 18 of these differ, since they are of the trade's moment.
  compare((btc?.touchChecks ?? 0) + (eth?.touchChecks ?? 0), 154);
  compare((btc?.touchAgreed ?? 0) + (eth?.touchAgreed ?? 0), 132);
  compare(sizeOf(books.get('coinbase:BTC-USD')), [18_769, 27_238]);
  compare(sizeOf(books.get('coinbase:ETH-USD')), [6_925, 16_403]);
  compare(updates.filter(({ kind }) => kind === 'trade').length, 79);
});

test('the sequence of the recording is whole from 0 to 1029', () => {
  const numbers = advancedItems().flatMap((item) =>
    'raw' in item && item.channel !== 'rest' ? [Number(/"sequence_num":(\d+)/.exec(item.raw)?.[1])] : [],
  );
  compare(
    numbers,
    Array.from({ length: 1_030 }, (_, n) => n),
  );
});

test('takers by the maker’s reading trade where takers trade: sellers at the bid, buyers at the ask', () => {
  let fits = 0;
  let all = 0;
  replay(advancedItems(), readAdvanced, (update, books) => {
    const book = update.kind === 'trade' ? books.get(update.instrumentId) : undefined;
    if (update.kind !== 'trade' || book === undefined) return;
    const [bid] = book.levels('bids', 1);
    const [ask] = book.levels('asks', 1);
    if (bid === undefined || ask === undefined) return;
    // Between the two, either may have traded.
    if (update.price > bid.price && update.price < ask.price) return;
    all += 1;
    if ((update.aggressor === 'sell') === update.price <= bid.price) fits += 1;
  });
  compare([fits, all], [71, 71]);
});

test('a line that is missing, doubled or late: told once for each book, and no book is live that missed it', () => {
  const items = advancedItems();
  const at = items.findIndex((item) => 'raw' in item && item.raw.includes('"sequence_num":500,'));
  const without = replay([...items.slice(0, at), ...items.slice(at + 1)], readAdvanced);
  compare([without.books.size, without.needs.map(({ symbol }) => symbol)], [0, SYMBOLS]);
  compare(without.updates.filter(({ kind }) => kind === 'book_doubted').length, 2);
  compare(
    SYMBOLS.map((symbol) => countsOf(without, symbol).bookGaps),
    [1, 1],
  );
  const one = items.slice(at, at + 1);
  const doubled = replay([...items.slice(0, at), ...one, ...items.slice(at)], readAdvanced);
  compare(doubled.books.size, 2);
  compare(sizeOf(doubled.books.get('coinbase:BTC-USD')), [18_769, 27_238]);
  const late = replay(
    [...items.slice(0, at), ...items.slice(at + 1, at + 3), ...one, ...items.slice(at + 3)],
    readAdvanced,
  );
  compare([late.books.size, late.needs.length], [0, 2]);
});

test('the recorded product list: what is listed, what is open, whose book is whose', () => {
  const list = advancedItems()[0];
  if (list === undefined || !('raw' in list))
    throw new Error('the recording does not begin with its product list');
  const { listings, next, problems } = toListings(list.raw);
  compare([listings.length, next, problems], [920, null, []]);
  compare(listings.filter(({ tradable }) => tradable).length, 882);
  compare(
    listings.filter(({ status }) => status === 'delisted').map(({ instrument }) => instrument.symbol),
    ['DAI-USD', 'DAI-USDC', 'EOS-USD', 'EOS-USDC', 'MKR-USD', 'MKR-USDC', 'RNDR-USD', 'RNDR-USDC'],
  );
  compare(listings.find(({ instrument }) => instrument.symbol === 'BTC-USD')?.volume24h, '186637571.25');
  const { discovery, script } = coinbaseAdvancedProtocol({ environment: 'live' });
  const all = listings.map(({ instrument }) => instrument.symbol);
  const listed = discovery.listed({ status: 200, headers: {}, body: list.raw }, all);
  compare(listed instanceof Error ? listed : listed.size, 912);
  const own = all
    .filter((symbol) => symbol.endsWith('-USDC'))
    .filter((symbol) => {
      const [, level2] = script('a', [symbol]).subscribe();
      return level2?.text.includes(`"${symbol}"`);
    });
  compare(own.sort(), ['AUDD-USDC', 'EURC-USDC', 'TGBP-USDC', 'USDT-USDC', 'XSGD-USDC']);
});

test('the recorded 5-minute bars are read without a problem, aligned and in order', () => {
  let bars = 0;
  for (const item of advancedItems()) {
    if (!('raw' in item) || item.channel !== 'candles') continue;
    for (const { candles } of JSON.parse(item.raw).events) {
      const page = toCandles(JSON.stringify({ candles }), '5m', epochMs(1_786_309_500_000));
      compare(page.problems, []);
      compare(page.candles.length, candles.length);
      bars += page.candles.length;
      compare(
        page.candles.every((bar, n) => n === 0 || bar.start > (page.candles[n - 1]?.start ?? 0)),
        true,
      );
      compare(page.candles.filter(({ complete }) => !complete).length, 1);
    }
  }
  compare(bars > 100, true);
});

const BTC: Instrument = {
  id: instrumentId('coinbase', 'BTC-USD'),
  venue: 'coinbase',
  symbol: 'BTC-USD',
  baseAsset: 'BTC',
  quoteAsset: 'USD',
  tickSize: price('0.01'),
  lotSize: quantity('0.00000001'),
  quantityMin: quantity('0.00000001'),
  quantityMax: quantity('3400'),
  notionalMin: money('1'),
  priceMin: price('0.01'),
  priceMax: price('10000000'),
};

/**
 * Matches as the recorder reduced them, back in the wire's clothes: it kept no size and no side, and a `last_match` is the
 * only sign of a new connection.
 */
function matchItems(name: string): (Frame | ConnectionChange)[] {
  let connections = 0;
  return linesOf(name).flatMap((line): (Frame | ConnectionChange)[] => {
    const { local_recv_ns, exchange_ts_utc, trade_id, raw_event_type: type } = JSON.parse(line);
    const at = { wire: 'coinbase-exchange', receivedAt: epochMs(Math.floor(local_recv_ns / 1e6)) } as const;
    const raw = JSON.stringify({
      type,
      trade_id: Number(trade_id),
      product_id: 'BTC-USD',
      // As text: the recorder's JSON number has the venue's own digits.
      price: /"price": ([\d.]+)/.exec(line)?.[1],
      size: '1',
      side: 'sell',
      time: String(exchange_ts_utc).replace('+00:00', 'Z'),
    });
    const changes: ConnectionChange[] = [];
    if (type === 'last_match') {
      const detail = 'recorded: last_match';
      if (connections > 0) changes.push({ ...at, connection: String(connections), change: 'lost', detail });
      connections += 1;
      changes.push({ ...at, connection: String(connections), change: 'opened', detail });
    }
    return [...changes, { ...at, channel: 'matches', raw, connection: String(connections) }];
  });
}

test.each([
  { name: 'matches-btc-usd-20260511-1217.ndjson.gz', rows: 6_590, losses: 0, missing: 0, silenceS: 2.3 },
  {
    name: 'matches-btc-usd-20260515-2132.ndjson.gz',
    rows: 11_826,
    losses: 3,
    missing: 1_741,
    silenceS: 31.7,
  },
])('$name: every figure of the data page holds', ({ name, rows, losses, missing, silenceS }) => {
  const items = matchItems(name);
  const played = replay(items, (ports) => coinbaseExchangeReader({ instruments: [BTC] }, ports));
  const counts = countsOf(played, 'BTC-USD');
  compare(played.reader.frames, { frames: rows, malformed: 0, venueErrors: 0, unfollowed: 0 });
  compare(Object.fromEntries(played.reader.messages), { last_match: losses + 1, match: rows - losses - 1 });
  compare([counts.trades, counts.tradesRepeated], [rows, 0]);
  compare([counts.tradesMissing, counts.tradesFromHistory], [missing, losses + 1]);
  compare(played.updates.filter(({ kind }) => kind === 'trade').length, rows - losses - 1);
  const lost = played.updates.filter((update) => update.kind === 'trades_lost');
  compare(lost.filter(({ flag }) => flag === 'disconnected').length, losses);
  const times = items.flatMap((item) => ('raw' in item ? [item.receivedAt] : []));
  const silence = Math.max(...times.map((time, n) => time - (times[n - 1] ?? time)));
  compare(Number((silence / 1_000).toFixed(1)), silenceS);
});
