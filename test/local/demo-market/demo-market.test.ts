import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Frame, Need } from '../../../adapters/venues/frame-source.ts';
import { epochMs } from '../../../core/time.ts';
import {
  type DemoMarketOptions,
  type DemoScenario,
  demoMarket,
} from '../../../local/demo-market/demo-market.ts';
import { dataOf, framesOn, RebuiltBook } from './rebuilt-book.ts';

const START = epochMs(1_790_000_040_000);
const SYMBOLS = ['OAKUSDT', 'ELMUSDT'] as const;
const DECIMAL = /^\d+\.\d{8}$/;

const setting = (over: Partial<DemoMarketOptions> = {}): DemoMarketOptions => ({
  seed: 7,
  startAt: START,
  durationMs: 60_000,
  scenario: 'fair',
  ...over,
});

async function run(over: Partial<DemoMarketOptions> = {}): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of demoMarket(setting(over)).frames(new AbortController().signal)) {
    if (!('raw' in frame)) throw new Error('the demo market reports no source faults');
    frames.push(frame);
  }
  return frames;
}

const hashOf = (frames: readonly Frame[]): string =>
  createHash('sha256')
    .update(frames.map((frame) => `${frame.receivedAt} ${frame.channel} ${frame.raw}\n`).join(''))
    .digest('hex');

/** Each run of half an hour is generated once; tests look at it from different sides. */
const kept = new Map<string, Promise<Frame[]>>();
function halfHour(seed: number, scenario: DemoScenario = 'fair'): Promise<Frame[]> {
  const key = `${seed} ${scenario}`;
  const frames = kept.get(key) ?? run({ seed, scenario, durationMs: 1_800_000 });
  kept.set(key, frames);
  return frames;
}

test('the same seed gives the very same frames, and a second reading of one source does too', async () => {
  const source = demoMarket(setting());
  const hashes = [];
  for (let reading = 0; reading < 2; reading += 1) {
    const frames: Frame[] = [];
    for await (const frame of source.frames(new AbortController().signal))
      if ('raw' in frame) frames.push(frame);
    hashes.push(hashOf(frames));
  }
  expect(hashes[0]).toBe(hashes[1]);
  expect(hashOf(await run())).toBe(hashes[0]);
});

test('the first minute of seed 7 is these frames on every machine', async () => {
  expect(hashOf(await run())).toBe('5741501c1f6df46050c1ce605e123a35f2996a5c3018e1686856ce94867cdea0');
});

test('another seed gives another market', async () => {
  const [seven, eight] = [await run(), await run({ seed: 8 })];
  const tradesOf7 = new Set(framesOn(seven, 'oakusdt@trade').map((frame) => frame.raw));
  expect(tradesOf7.size).toBeGreaterThan(30);
  expect(framesOn(eight, 'oakusdt@trade').filter((frame) => tradesOf7.has(frame.raw))).toEqual([]);
});

test('a shorter run is the beginning of a longer one', async () => {
  const [short, long] = [await run({ durationMs: 20_000 }), await run()];
  expect(short.length).toBeGreaterThan(300);
  expect(short).toEqual(long.slice(0, short.length));
});

test('frames come in receive order, within the run, 1 to 40 ms after the venue sent them', async () => {
  const frames = await run();
  let last = START;
  for (const frame of frames) {
    expect(frame.receivedAt).toBeGreaterThanOrEqual(last);
    expect(frame.receivedAt).toBeLessThan(START + 60_000);
    expect(Number.isInteger(frame.receivedAt)).toBe(true);
    last = frame.receivedAt;
    const sentAt = frame.channel.startsWith('rest:') ? undefined : dataOf(frame).E;
    if (sentAt === undefined) continue;
    expect(frame.receivedAt - sentAt).toBeGreaterThanOrEqual(1);
    expect(frame.receivedAt - sentAt).toBeLessThanOrEqual(40);
  }
  const channels = SYMBOLS.map((symbol) => symbol.toLowerCase()).flatMap((stream) => [
    `${stream}@depth@100ms`,
    `${stream}@trade`,
    `${stream}@bookTicker`,
    `rest:depth:${stream}`,
  ]);
  expect(new Set(frames.map((frame) => frame.channel))).toEqual(new Set([...channels, 'rest:exchangeInfo']));
});

test('exchange information comes first, and one snapshot per symbol within half a second', async () => {
  const frames = await run();
  expect(frames[0]?.channel).toBe('rest:exchangeInfo');
  const rest = frames.filter((frame) => frame.channel.startsWith('rest:')).slice(1);
  expect(rest.map((frame) => frame.channel).sort()).toEqual(['rest:depth:elmusdt', 'rest:depth:oakusdt']);
  for (const frame of rest) {
    expect(frame.receivedAt - START).toBeLessThan(500);
    expect(Object.keys(JSON.parse(frame.raw))).toEqual(['lastUpdateId', 'bids', 'asks']);
    expect(JSON.parse(frame.raw).bids.length).toBeGreaterThan(200);
  }
});

test('each stream frame has the documented fields, types and decimals', async () => {
  const fields: Readonly<Record<string, string>> = {
    'depth@100ms': 'e E s U u b a',
    trade: 'e E s t p q T m M',
    bookTicker: 'u s b B a A',
  };
  for (const frame of await run()) {
    if (frame.channel.startsWith('rest:')) continue;
    const { stream, data } = JSON.parse(frame.raw);
    expect(stream).toBe(frame.channel);
    expect(Object.keys(data).join(' ')).toBe(fields[frame.channel.replace(/^[a-z]+@/, '')]);
    for (const key of ['E', 'T', 't', 'u', 'U'])
      if (key in data) expect(Number.isSafeInteger(data[key])).toBe(true);
    const levels = Array.isArray(data.b) ? [...data.b, ...data.a].flat() : [];
    const decimals = ['p', 'q', 'b', 'B', 'a', 'A']
      .map((key) => data[key])
      .filter((value) => typeof value === 'string');
    expect(levels.length + decimals.length).toBeGreaterThan(0);
    for (const text of [...levels, ...decimals]) expect(text).toMatch(DECIMAL);
  }
});

test.each(SYMBOLS)(
  '%s for half an hour: no gap, never crossed, every comparable book ticker equal',
  async (symbol) => {
    const stream = symbol.toLowerCase();
    const book = new RebuiltBook();
    let compared = 0;
    let pending: { u: number; b: string; B: string; a: string; A: string } | null = null;
    for (const frame of await halfHour(7)) {
      if (frame.channel === `rest:depth:${stream}`) book.snapshot(JSON.parse(frame.raw));
      if (frame.channel === `${stream}@bookTicker`) pending = dataOf(frame);
      if (frame.channel !== `${stream}@depth@100ms`) continue;
      book.depth(dataOf(frame));
      if (book.lastId === null) continue;
      if (pending?.u !== book.lastId) continue;
      expect(book.best('bids')).toEqual([pending.b, pending.B]);
      expect(book.best('asks')).toEqual([pending.a, pending.A]);
      expect(Number(pending.b)).toBeLessThan(Number(pending.a));
      compared += 1;
    }
    expect(book.gaps).toBe(0);
    expect(compared).toBeGreaterThan(1_000);
  },
);

test('some first diffs straddle their snapshot, others follow it, and earlier ones are to be dropped', async () => {
  let straddled = 0;
  let dropped = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const frames = await run({ seed, durationMs: 2_000 });
    for (const stream of ['oakusdt', 'elmusdt']) {
      const book = new RebuiltBook();
      for (const frame of frames) {
        if (frame.channel === `rest:depth:${stream}`) book.snapshot(JSON.parse(frame.raw));
        if (frame.channel === `${stream}@depth@100ms`) book.depth(dataOf(frame));
      }
      expect(book.gaps).toBe(0);
      straddled += book.straddled ? 1 : 0;
      dropped += book.dropped;
    }
  }
  expect(straddled).toBeGreaterThanOrEqual(4);
  expect(straddled).toBeLessThanOrEqual(20);
  expect(dropped).toBeGreaterThanOrEqual(24);
});

test.each([7, 8])(
  'seed %i is a fair market: neither side dominates, prices move a few percent at most',
  async (seed) => {
    for (const symbol of SYMBOLS) {
      const trades = framesOn(await halfHour(seed), `${symbol.toLowerCase()}@trade`).map(dataOf);
      const ids = trades.map((trade) => trade.t);
      expect(ids.at(-1) - ids[0] + 1).toBe(ids.length);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      const buys = trades.filter((trade) => !trade.m).length / trades.length;
      expect(buys).toBeGreaterThan(0.4);
      expect(buys).toBeLessThan(0.6);
      const prices = trades.map((trade) => Number(trade.p));
      const range = Math.max(...prices) / Math.min(...prices) - 1;
      expect(range).toBeGreaterThan(0.005);
      expect(range).toBeLessThan(0.05);
      expect(trades.length).toBeGreaterThan(1_800);
    }
  },
);

test.each(SYMBOLS)(
  '%s shows narrow and wide spreads, and trades that use up only part of the touch',
  async (symbol) => {
    const tick = symbol === 'OAKUSDT' ? 0.01 : 0.0001;
    const tickers = framesOn(await halfHour(7), `${symbol.toLowerCase()}@bookTicker`).map(dataOf);
    const spreads = tickers.map((one) => Math.round((Number(one.a) - Number(one.b)) / tick));
    expect(spreads.filter((ticks) => ticks === 1).length / spreads.length).toBeGreaterThan(0.3);
    expect(spreads.filter((ticks) => ticks >= 3).length / spreads.length).toBeGreaterThan(0.02);
    const nibbled = tickers.filter((one, index) => {
      const before = tickers[index - 1];
      return before?.b === one.b && Number(one.B) < Number(before?.B);
    });
    expect(nibbled.length).toBeGreaterThan(500);
  },
);

test.each(SYMBOLS)(
  '%s turns often: averages of 3 and 6 closes of 5 s cross at least ten times each way',
  async (symbol) => {
    const closes: number[] = [];
    for (const frame of framesOn(await halfHour(7), `${symbol.toLowerCase()}@trade`))
      closes[Math.floor((frame.receivedAt - START) / 5_000)] = Number(dataOf(frame).p);
    const average = (end: number, count: number): number => {
      const known = closes.slice(end - count, end).filter((close) => close !== undefined);
      return known.reduce((sum, close) => sum + close, 0) / known.length;
    };
    const above = closes.map((_, index) => average(index + 1, 3) > average(index + 1, 6)).slice(6);
    const turned = above.filter((now, index) => index > 0 && now !== above[index - 1]);
    expect(turned.filter((up) => up).length).toBeGreaterThanOrEqual(10);
    expect(turned.filter((up) => !up).length).toBeGreaterThanOrEqual(10);
  },
);

test.each(SYMBOLS)(
  '%s falls by a quarter within a minute of the crash, with prints all the way down',
  async (symbol) => {
    const channel = `${symbol.toLowerCase()}@trade`;
    const calm = framesOn(await halfHour(7), channel);
    const trades = framesOn(await halfHour(7, 'crash'), channel);
    const before = trades.filter((frame) => frame.receivedAt < START + 600_000);
    expect(before).toEqual(calm.slice(0, before.length));
    const falling = trades
      .filter((frame) => frame.receivedAt >= START + 600_000 && frame.receivedAt < START + 665_000)
      .map((frame) => Number(dataOf(frame).p));
    const [top, low] = [falling[0] ?? 0, Math.min(...falling)];
    expect(1 - low / top).toBeGreaterThan(0.2);
    expect(1 - low / top).toBeLessThan(0.3);
    // A print in each of twenty equal steps of the fall.
    const steps = new Set(
      falling.map((price) => Math.min(19, Math.floor((20 * (top - price)) / (top - low)))),
    );
    expect(steps.size).toBeGreaterThanOrEqual(20);
    const end = Number(dataOf(trades[trades.length - 1] ?? raise()).p);
    expect(end).toBeLessThan(top * 0.85);
  },
);

test('the crash begins when it is told to', async () => {
  const frames = await run({ scenario: 'crash', crashAtMs: 20_000, durationMs: 90_000 });
  const prices = framesOn(frames, 'oakusdt@trade').map((frame) => ({
    at: frame.receivedAt - START,
    price: Number(dataOf(frame).p),
  }));
  const lowest = (from: number, to: number) =>
    Math.min(...prices.filter(({ at }) => at >= from && at < to).map(({ price }) => price));
  expect(lowest(0, 20_000)).toBeGreaterThan(98);
  expect(lowest(20_000, 90_000)).toBeLessThan(80);
});

test('a snapshot asked for in the run arrives 50 to 200 ms later and disturbs nothing else', async () => {
  const source = demoMarket(setting({ durationMs: 20_000 }));
  const frames: Frame[] = [];
  let askedAt = 0;
  for await (const frame of source.frames(new AbortController().signal)) {
    if (!('raw' in frame)) continue;
    frames.push(frame);
    if (askedAt > 0 || frame.receivedAt < START + 10_000) continue;
    askedAt = frame.receivedAt;
    expect(source.need(needOf('OAKUSDT'))).toBe(true);
    expect(source.need(needOf('oakusdt'))).toBe(true);
  }
  const answers = framesOn(frames, 'rest:depth:oakusdt').slice(1);
  expect(answers).toHaveLength(1);
  const [answer = raise()] = answers;
  expect(answer.receivedAt - askedAt).toBeGreaterThanOrEqual(50);
  expect(answer.receivedAt - askedAt).toBeLessThanOrEqual(200);
  expect(frames.filter((frame) => frame !== answer)).toEqual(await run({ durationMs: 20_000 }));

  const book = new RebuiltBook();
  book.snapshot(JSON.parse(answer.raw));
  for (const frame of framesOn(frames, 'oakusdt@depth@100ms')) book.depth(dataOf(frame));
  expect(book.gaps).toBe(0);
  expect(book.levels('bids').length).toBeGreaterThan(200);
});

const needOf = (symbol: string): Need => ({
  kind: 'snapshot',
  wire: 'binance-spot',
  connection: undefined,
  symbol,
  why: 'a test',
});

test('a snapshot is refused for what is not listed, before the run and after it', async () => {
  const source = demoMarket(setting({ durationMs: 1_000 }));
  const ask = (symbol: string): boolean => source.need(needOf(symbol));
  expect(ask('OAKUSDT')).toBe(false);
  const answers = new Set<boolean>();
  for await (const _ of source.frames(new AbortController().signal)) answers.add(ask('BTCUSDT'));
  expect([...answers]).toEqual([false]);
  expect(ask('OAKUSDT')).toBe(false);
});

test('an aborted reading ends at once', async () => {
  const stop = new AbortController();
  let read = 0;
  for await (const _ of demoMarket(setting()).frames(stop.signal)) {
    read += 1;
    if (read === 100) stop.abort();
  }
  expect(read).toBe(100);
});

test('the source names its seed and its scenario', () => {
  expect(demoMarket(setting()).name).toBe('demo market, seed 7');
  expect(demoMarket(setting({ scenario: 'crash' })).name).toBe('demo market, seed 7, with a crash');
});

test.each([
  { over: { seed: 1.5 }, says: 'the seed must be a whole number, got 1.5' },
  { over: { startAt: epochMs(-1) }, says: 'the start must be whole milliseconds since 1970, got -1' },
  { over: { durationMs: 0 }, says: 'the duration must be a positive number of milliseconds, got 0' },
  { over: { listings: [] }, says: 'a demo market needs at least one instrument' },
  {
    over: { faults: [{ kind: 'gap', symbol: 'BTCUSDT', atMs: 5 }] },
    says: "the fault 'gap' names BTCUSDT, which the demo market does not list",
  },
] as const)('an option that makes no sense is refused: $says', ({ over, says }) => {
  expect(() => demoMarket(setting(over))).toThrow(new RangeError(says));
});

const raise = (): never => {
  throw new Error('there is no such frame');
};
