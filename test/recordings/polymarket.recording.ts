import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Frame } from '../../adapters/venues/frame-source.ts';
import { toListings } from '../../adapters/venues/polymarket/catalogue.ts';
import { abs, formatUnits, ONE, price, quantity } from '../../core/amounts.ts';
import type { Level } from '../../core/market/window.ts';
import { epochMs } from '../../core/time.ts';
import {
  accounted,
  bookOf,
  countsOf,
  heard,
  type Listened,
  shown,
  tokenInstrument,
} from '../adapters/venues/polymarket/frames.ts';
import { mirrorOf } from '../adapters/venues/polymarket/mirror.ts';
import { RECORDINGS } from './recordings.ts';

interface Line {
  readonly receivedAt: number | null;
  readonly venue: string;
  readonly channel: string;
  readonly pair?: string;
  readonly raw: string;
}

const textOf = (name: string): string =>
  gunzipSync(readFileSync(join(RECORDINGS, `${name}.gz`))).toString('utf8');
const rowsOf = (name: string): string[] => textOf(name).trim().split('\n');
const linesOf = (name: string): Line[] => rowsOf(name).map((line) => JSON.parse(line) as Line);

/** Frames without a receive time get the venue's. */
const frameOf = ({ channel, raw, receivedAt }: Line): Frame => ({
  wire: 'polymarket',
  receivedAt: epochMs(receivedAt ?? Number(stampOf(raw))),
  channel,
  raw,
});

const stampOf = (raw: string): string => /"timestamp":"(\d{13})"/.exec(raw)?.[1] ?? '';

const FED = linesOf('polymarket/clob-ws-fed-20260720.jsonl').map(frameOf);
const PAIRS = linesOf('cross/kalshi-polymarket-pairs-20260720.jsonl').filter(
  ({ venue }) => venue === 'polymarket',
);
const RULES = PAIRS.filter(
  ({ channel, pair }) => channel === 'rest:gamma-market' && pair === 'fed-jul26-no-change',
).map(frameOf);

/** The token with a book, and the other one of its market. */
const YES = '111604417349377875799825956621596386269673370070912696668140891647145772186047';
const NO = '36015050921127306245266044699797268780268172446856063291868548314968920497494';
const FED_FRAMES = { book: 2, price_change: 24, last_trade_price: 1 };

test('stream: best prices agree after 24 of 24 changes, the hash of 26 of 26 states', () => {
  const listened = heard([...RULES, ...FED], { instruments: [], symbols: [YES, NO] });
  expect(Object.fromEntries(listened.reader.messages)).toEqual({ 'rest:gamma-market': 1, ...FED_FRAMES });
  expect(countsOf(listened, YES)).toMatchObject({
    bookUpdates: 24,
    snapshots: 2,
    touchChecks: 24,
    touchAgreed: 24,
    hashChecks: 26,
    hashAgreed: 26,
    bookGaps: 0,
    bookDisordered: 0,
    bookCrossed: 0,
    bookLocked: 0,
    refused: 0,
    trades: 1,
  });
  expect(shown(listened, YES)).toBe('live 0.924×24514.9 / 0.925×23403.29');
  expect(bookOf(listened, YES)?.levels('bids', 1_000)).toHaveLength(100);
  // The other token is in every change and has no book.
  expect(countsOf(listened, NO)).toMatchObject({ bookBeforeSnapshot: 24, bookUpdates: 0, snapshots: 0 });
  expect(shown(listened, NO)).toBe('none');
  expect([listened.notes, listened.needs]).toEqual([[], []]);
});

test('stream: without the catalogue the hash is learned from the first book', () => {
  const listened = heard(FED, { instruments: [tokenInstrument(YES, '0.001')] });
  expect(countsOf(listened, YES)).toMatchObject({ touchAgreed: 24, hashChecks: 26, hashAgreed: 26 });
});

test('stream: event times never go back', () => {
  const times = FED.map(({ raw }) => stampOf(raw));
  expect(times).toHaveLength(27);
  expect(times.toSorted()).toEqual(times);
});

interface WireBook {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}
interface WireLevel {
  readonly price: string;
  readonly size: string;
}

test('stream: the mirror of the first book is the book of the other token, as its hashes prove', () => {
  const [first, ...later] = FED;
  const [whole] = JSON.parse(first?.raw ?? '') as [WireBook];
  const mirrored = mirrorOf({ bids: levelsOf(whole.bids), asks: levelsOf(whole.asks) });
  const texts = (levels: readonly Level[]) =>
    levels.map((level) => ({ price: formatUnits(level.price), size: formatUnits(level.quantity) }));
  const sides = { bids: texts(mirrored.bids), asks: texts(mirrored.asks) };
  const raw = JSON.stringify([{ ...whole, asset_id: NO, hash: '', ...sides }]);
  const ofNo = later.filter(({ channel }) => channel !== 'market:book');
  const listened = heard([...RULES, ...(first ? [{ ...first, raw }] : []), ...ofNo], {
    instruments: [],
    symbols: [NO],
  });
  expect(countsOf(listened, NO)).toMatchObject({
    bookUpdates: 24,
    touchChecks: 24,
    touchAgreed: 24,
    hashChecks: 24,
    hashAgreed: 24,
  });
  expect(shown(listened, NO)).toBe('live 0.075×23403.29 / 0.076×24514.9');
});

const levelsOf = (levels: readonly WireLevel[]): Level[] =>
  levels.map(({ price: at, size }) => ({ price: price(at), quantity: quantity(size) }));

test('pairs: all eight books by REST are live, and each has its own hash', () => {
  const books = PAIRS.filter(({ channel }) => channel === 'rest:book');
  const tokens = books.map(({ raw }) => /"asset_id": "(\d+)"/.exec(raw)?.[1] ?? '');
  const instruments = tokens.map((token) => tokenInstrument(token, '0.001'));
  const listened = heard(books.map(frameOf), { instruments });
  expect(tokens.map((token) => shown(listened, token))).toEqual([
    'live 0.004×250 / 0.005×37341.42',
    'live 0.924×2658.58 / 0.925×21944.67',
    'live 0.361×38996.6 / 0.362×49337.32',
    'live 0.324×1705.17 / 0.329×1304.96',
    // Its last print, 0.830, was on the other token.
    'live 0.16×7749.68 / 0.17×843.81',
    'live 0.124×14.5 / 0.139×5.81',
    'live 0.005×1506.24 / 0.006×2376.9',
    'live 0.006×270.4 / 0.007×3110.4',
  ]);
  for (const token of tokens)
    expect(countsOf(listened, token)).toMatchObject({
      snapshots: 1,
      hashChecks: 1,
      hashAgreed: 1,
      refused: 0,
    });
});

test('pairs: the markets of the catalogue are sixteen outcomes, with the rules of their books', () => {
  const markets = PAIRS.filter(({ channel }) => channel === 'rest:gamma-market');
  const pages = markets.map(({ raw }) => toListings(raw));
  expect(pages.flatMap(({ problems }) => problems)).toEqual([]);
  const listings = pages.flatMap((page) => page.listings);
  expect(listings).toHaveLength(16);
  const ticks = listings.map(({ instrument }) => formatUnits(instrument.tickSize));
  expect(Map.groupBy(ticks, (tick) => tick).get('0.001')).toHaveLength(14);
  expect(Map.groupBy(ticks, (tick) => tick).get('0.01')).toHaveLength(2);
  expect(listings[2]).toMatchObject({
    title: 'Will there be no change in Fed interest rates after the July 2026 meeting? (Yes)',
    tradable: true,
    status: 'active',
    fees: { model: 'quadratic', makerBps: '0', takerBps: '500' },
    game: null,
    instrument: {
      symbol: YES,
      contract: { event: 'fed-decision-in-july-181', outcome: 'Yes', opposite: NO, series: 'fomc' },
    },
  });
});

/** A polled row as an answer by REST; markets are numbered, since the files have no token ids. */
class Markets {
  private readonly tokens = new Map<string, string>();

  tokenOf(market: string): string {
    const known = this.tokens.get(market) ?? String(this.tokens.size + 1);
    this.tokens.set(market, known);
    return known;
  }

  get all(): readonly string[] {
    return [...this.tokens.values()];
  }

  frame(seconds: string, market: string, bids: readonly WireLevel[], asks: readonly WireLevel[]): Frame {
    const timestamp = String(Math.round(Number(seconds) * 1_000));
    const book = { market: `0x${market}`, asset_id: this.tokenOf(market), timestamp, hash: '', bids, asks };
    return {
      wire: 'polymarket',
      receivedAt: epochMs(Number(timestamp)),
      channel: 'rest:book',
      raw: JSON.stringify(book),
    };
  }
}

const listen = (frames: readonly Frame[], markets: Markets): Listened =>
  heard(frames, { instruments: markets.all.map((token) => tokenInstrument(token)) });

const levelOf = (text: string): WireLevel => {
  const [at = '', size = ''] = text.split(':');
  return { price: at, size };
};

test('polled depth: all 420 sides are sorted, none of the 210 books is crossed', () => {
  const [, ...rows] = rowsOf('polymarket/clob-l2-updown-20260816.csv');
  const markets = new Markets();
  const frames: Frame[] = [];
  for (let n = 0; n + 1 < rows.length; n += 2) {
    const [bids, asks] = [rows[n] ?? '', rows[n + 1] ?? ''].map((row) => row.split(',')) as [
      string[],
      string[],
    ];
    expect([bids[2], asks[2], asks[0], asks[1]]).toEqual(['bid', 'ask', bids[0], bids[1]]);
    const [falling, rising] = [bids, asks].map((row) => row.slice(3).map(levelOf)) as [
      WireLevel[],
      WireLevel[],
    ];
    expect(falling.toSorted((a, b) => Number(b.price) - Number(a.price))).toEqual(falling);
    expect(rising.toSorted((a, b) => Number(a.price) - Number(b.price))).toEqual(rising);
    frames.push(markets.frame(bids[0] ?? '', bids[1] ?? '', falling, rising));
  }
  const listened = listen(frames, markets);
  expect([rows.length, frames.length, markets.all.length]).toEqual([420, 210, 7]);
  expect(accounted(listened.reader)).toBe(210);
  const totals = markets.all.map((token) => countsOf(listened, token));
  const sum = (of: 'snapshots' | 'bookCrossed' | 'bookLocked' | 'refused') =>
    totals.reduce((total, counts) => total + counts[of], 0);
  expect([sum('snapshots'), sum('bookCrossed'), sum('bookLocked'), sum('refused')]).toEqual([210, 0, 0, 0]);
});

test.each([
  { name: 'yesno', rows: 330, pairs: 165, mean: '0.00006', most: '0.01', below: 0 },
  { name: 'updown', rows: 1_380, pairs: 690, mean: '0.00042', most: '0.06', below: 2 },
])(
  'polled touch $name: the other token is off its mirror by $mean on average, $most at most',
  ({ name, rows, pairs, mean, most, below }) => {
    const [, ...lines] = rowsOf(`polymarket/clob-touch-${name}-20260816.csv`);
    const touches = lines.map((line) => {
      const [seconds = '', market = '', bid = '', bidSize = '', ask = '', askSize = ''] = line.split(',');
      return { seconds, market, bids: [levelOf(`${bid}:${bidSize}`)], asks: [levelOf(`${ask}:${askSize}`)] };
    });
    const markets = new Markets();
    const frames = touches.map(({ seconds, market, bids, asks }) =>
      markets.frame(seconds, market, bids, asks),
    );
    const listened = listen(frames, markets);
    expect([accounted(listened.reader), listened.reader.frames.malformed]).toEqual([rows, 0]);

    const deviations: bigint[] = [];
    let cheap = 0;
    for (let n = 0; n + 1 < touches.length; n += 2) {
      const [yes, no] = [touches[n], touches[n + 1]];
      if (yes === undefined || no?.market !== `${yes.market}-no`) throw new Error(`row ${n}: no pair`);
      const derived = mirrorOf({ bids: levelsOf(yes.bids), asks: levelsOf(yes.asks) });
      const [bid] = levelsOf(no.bids);
      const [ask] = levelsOf(no.asks);
      const [yesAsk] = levelsOf(yes.asks);
      deviations.push(abs((bid?.price ?? 0n) - (derived.bids[0]?.price ?? 0n)));
      if ((yesAsk?.price ?? 0n) + (ask?.price ?? 0n) < ONE) cheap += 1;
      // Derived, both tokens together never cost less than a dollar.
      expect((yesAsk?.price ?? 0n) + (derived.asks[0]?.price ?? 0n)).toBeGreaterThanOrEqual(ONE);
    }
    const total = deviations.reduce((sum, one) => sum + one, 0n);
    expect({
      pairs: deviations.length,
      mean: formatUnits((total / BigInt(deviations.length) / 1_000n) * 1_000n),
      most: formatUnits(deviations.reduce((a, b) => (a > b ? a : b), 0n)),
      below: cheap,
    }).toEqual({ pairs, mean, most, below });
  },
);

test('polled 15 minute markets: the flaws that the data page names', () => {
  const [head = '', ...lines] = rowsOf('polymarket/btc-updown-15m-touch-20251226.csv');
  const columns = head.trim().split(',');
  const at = (name: string) => columns.indexOf(name);
  const rows = lines.map((line) => line.trim().split(','));
  const times = rows.map((row) => row[at('Timestamp')] ?? '');
  const quotes = (row: readonly string[]) =>
    ['UpBid', 'UpAsk', 'DownBid', 'DownAsk'].map((name) => price(row[at(name)] ?? ''));
  const whole = rows.map(quotes).filter((four) => four.every((one) => one > 0n));
  expect({
    rows: rows.length,
    markets: new Set(rows.map((row) => row[at('TargetTime')])).size,
    back: times.filter((time, n) => n > 0 && time < (times[n - 1] ?? '')).length,
    shared: times.length - new Set(times).size,
    below: whole.filter(([, up = 0n, , down = 0n]) => up + down < ONE).length,
  }).toEqual({ rows: 28_494, markets: 32, back: 112, shared: 276, below: 2_166 });
});
