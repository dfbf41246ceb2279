import { afterAll, expect, test } from 'vitest';
import { recordingSource } from '../../adapters/recordings/recording-source.ts';
import { toAggregateTrade, toDepth, toTouch, toTrade } from '../../adapters/venues/binance/mapper.ts';
import { parseMessage } from '../../adapters/venues/binance/message.ts';
import { HotScanner } from '../../adapters/venues/binance/scanner.ts';
import { FollowedInstrument } from '../../adapters/venues/followed-instrument.ts';
import { type Frame, type FrameSource, isFrame } from '../../adapters/venues/frame-source.ts';
import { RefusedMessage } from '../../adapters/venues/refused-message.ts';
import { binanceInstrument } from '../../bench/instruments.ts';
import { type Instrument, type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import { noQualityCounts, type QualityCounts } from '../../core/market/quality.ts';
import { feedId, isClean, type MarketWindow } from '../../core/market/window.ts';
import { decodeWindow, encodeWindow } from '../../core/market/window-codec.ts';
import { FeedHealth, type FeedReport } from '../../fargate/feed-health.ts';
import { runFeed } from '../../fargate/run-feed.ts';
import { recordingPath } from './recordings.ts';

const BTC = binanceInstrument('BTCUSDT', 'BTC', 'USDT', '0.01', '0.00001');
const ETH = binanceInstrument('ETHUSDT', 'ETH', 'USDT', '0.01', '0.0001');
const BTC_FILE = recordingPath('spot-btcusdt-20240808');
const ETH_FILE = recordingPath('spot-ethusdt-20240808');
const FOUR_FILE = recordingPath('spot-4sym-20211012');

const files = new Set<string>();
let comparisons = 0;
/** What the last lines say was compared; each is one figure of the recording held against one of ours. */
function compare(actual: unknown, expected: unknown): void {
  comparisons += 1;
  expect(actual).toEqual(expected);
}
afterAll(() => {
  process.stdout.write(`recordings: ${files.size} files read, ${comparisons} comparisons made\n`);
});

interface Replay {
  readonly windows: readonly MarketWindow[];
  readonly report: FeedReport;
}

async function replay(
  source: FrameSource,
  instruments: readonly Instrument[],
  ids: readonly InstrumentId[] = [],
): Promise<Replay> {
  const windows: MarketWindow[] = [];
  const health = new FeedHealth();
  const end = await runFeed({
    source,
    feedId: feedId('recorded'),
    windowMs: 1_000,
    depth: 10,
    configHash: '',
    epoch: 1,
    ids,
    instruments,
    publish: async ({ newest }) => void windows.push(newest),
    health,
    settledThrough: null,
    signal: new AbortController().signal,
  });
  compare(end, 'ended');
  return { windows, report: health.report() };
}

function recording(...paths: string[]): FrameSource {
  for (const path of paths) files.add(path);
  return recordingSource(paths);
}

function changed(
  source: FrameSource,
  change: (frame: Frame, depthFrames: number) => readonly Frame[],
): FrameSource {
  return {
    ...source,
    async *frames(signal) {
      let depthFrames = 0;
      for await (const frame of source.frames(signal)) {
        if ('reason' in frame) throw new Error(frame.detail);
        if (!isFrame(frame)) {
          yield frame;
          continue;
        }
        if (frame.channel.includes('@depth')) depthFrames += 1;
        yield* change(frame, depthFrames);
      }
    },
  };
}

const countsOf = (report: FeedReport, id: string): Readonly<QualityCounts> => {
  const found = report.instruments.find((one) => one.instrumentId === id);
  if (found === undefined) throw new Error(`the report does not speak of ${id}`);
  return found.counts;
};
const NO_FAULT = {
  bookGaps: 0,
  bookCrossed: 0,
  bookRepeated: 0,
  refused: 0,
  tradeGaps: 0,
  tradesMissing: 0,
  tradesRepeated: 0,
};

function expectUncrossed(windows: readonly MarketWindow[]): void {
  for (const window of windows) {
    for (const one of window.instruments) {
      const [bid] = one.bids;
      const [ask] = one.asks;
      compare(one.quality.includes('crossed'), false);
      if (bid && ask) compare(bid.price < ask.price, true);
    }
  }
}

test.each([
  {
    path: BTC_FILE,
    instrument: BTC,
    depth: 3_451,
    touch: 28_040,
    trade: 9_757,
    touchChecks: 564,
    failures: { outlier: 1 },
  },
  {
    path: ETH_FILE,
    instrument: ETH,
    depth: 3_434,
    touch: 24_077,
    trade: 6_106,
    touchChecks: 577,
    failures: {},
  },
])(
  '$instrument.symbol 2024: every figure of the data page holds',
  async ({ path, instrument, depth, touch, trade, touchChecks, failures }) => {
    const { windows, report } = await replay(recording(path), [instrument]);
    compare(report.frames, {
      frames: trade + depth + touch + 1,
      malformed: 0,
      venueErrors: 0,
      unfollowed: 0,
      unknown: 0,
    });
    compare(report.wires[0]?.messages, { depth, bookTicker: touch, trade, snapshot: 1 });
    compare(report.failures, failures);
    compare(countsOf(report, instrument.id), {
      ...noQualityCounts(),
      bookUpdates: depth - 2,
      bookBeforeSnapshot: 2,
      snapshots: 1,
      touchChecks,
      touchAgreed: touchChecks,
      trades: trade,
    });
    compare(report.faults, { corrupt_line: 0, truncated: 0, clock_back: 0, overflow: 0 });
    compare(windows.length >= 300, true);
    compare(report.windowsCrossed, 0);
    expectUncrossed(windows);
    const offsets = windows.flatMap((window) => window.clockOffsets.binance ?? []);
    compare(offsets.length >= windows.length - 1, true);
    compare(
      offsets.every((ms) => ms >= 1_250 && ms <= 1_280),
      true,
    );
    compare(report.lateMessages, 0);
    compare(
      windows.slice(1).every((window) => window.instruments.every(isClean)),
      true,
    );
    const printed = windows.flatMap((window) => window.instruments).flatMap((one) => one.prints);
    compare(
      printed.reduce((sum, print) => sum + print.trades, 0),
      trade,
    );
    for (const window of windows)
      compare(decodeWindow(JSON.parse(JSON.stringify(encodeWindow(window)))), window);
  },
);

test('bars of the BTCUSDT recording agree with its prints', async () => {
  const { windows } = await replay(recording(BTC_FILE), [BTC]);
  const pictures = windows.flatMap((window) => window.instruments);
  for (const interval of ['1s', '5s', '15s', '1m'] as const) {
    const bars = pictures.flatMap((one) => one.candles).filter((bar) => bar.interval === interval);
    const lastEnd = bars.at(-1);
    compare(
      bars.slice(1).every((bar, n) => bar.start > (bars[n]?.start ?? 0)),
      true,
    );
    compare(
      bars.reduce((sum, bar) => sum + bar.trades, 0),
      9_757,
    );
    compare(lastEnd?.close, pictures.at(-1)?.lastPrice);
    compare(bars.filter((bar) => !bar.complete).length, 1);
  }
});

test('both 2024 recordings together show both instruments in every window, as each shows alone', async () => {
  const together = await replay(recording(BTC_FILE, ETH_FILE), [BTC, ETH]);
  const alone = await replay(recording(BTC_FILE), [BTC]);
  for (const window of alone.windows) {
    const pair = together.windows.find((one) => one.closedAt === window.closedAt);
    compare(pair?.instruments[0], window.instruments[0]);
    compare(pair?.instruments.length, 2);
  }
  const again = await replay(recording(BTC_FILE, ETH_FILE), [BTC, ETH]);
  compare(again.windows, together.windows);
});

test('four thin markets 2021: rules from the listing, books from four snapshots, aggregates as prints', async () => {
  const symbols = ['NKNUSDT', 'BLZETH', 'LRCBTC', 'RUNEEUR'];
  const ids = symbols.map((symbol) => instrumentId('binance', symbol));
  const { windows, report } = await replay(recording(FOUR_FILE), [], ids);
  compare(report.frames, { frames: 270, malformed: 0, venueErrors: 0, unfollowed: 0, unknown: 0 });
  compare(report.wires[0]?.messages, {
    exchangeInfo: 1,
    snapshot: 4,
    depth: 177,
    bookTicker: 84,
    aggTrade: 2,
    kline: 2,
  });
  const counts = symbols.map((symbol) => countsOf(report, `binance:${symbol}`));
  for (const one of counts) {
    for (const [name, count] of Object.entries(NO_FAULT))
      compare([name, one[name as keyof QualityCounts]], [name, count]);
  }
  compare(
    counts.reduce((sum, one) => sum + one.touchChecks, 0),
    26,
  );
  compare(
    counts.reduce((sum, one) => sum + one.touchAgreed, 0),
    26,
  );
  compare(
    report.instruments.map((one) => one.status),
    ['live', 'live', 'live', 'live'],
  );
  expectUncrossed(windows);
  const { binance: offset = 99 } = report.clockOffsets;
  compare(offset >= 0 && offset <= 10, true);
});

test('a depth line removed is a gap: told, counted, and nothing is live until the end', async () => {
  const { windows, report } = await replay(
    changed(recording(BTC_FILE), (frame, n) =>
      n === 1_000 && frame.channel.includes('@depth') ? [] : [frame],
    ),
    [BTC],
  );
  compare(countsOf(report, BTC.id).bookGaps, 1);
  compare(
    report.notes.map((note) => note.kind),
    ['book_doubted'],
  );
  const statuses = windows.map((window) => window.instruments[0]?.status);
  const lost = statuses.indexOf('stale', 1);
  compare(lost > 90 && lost < 110, true);
  compare(
    statuses.slice(lost).every((status) => status === 'stale'),
    true,
  );
  compare(
    windows.slice(lost).every((window) => window.instruments[0]?.quality.includes('gap')),
    true,
  );
  compare(
    windows.slice(lost).every((window) => window.instruments[0]?.bids.length === 0),
    true,
  );
  compare(
    windows.slice(lost).every((window) => window.instruments[0]?.candles.every((bar) => !bar.complete)),
    true,
  );
});

test('a depth stream that stops is found out by the best prices that go on, within seven seconds', async () => {
  let stoppedAt = 0;
  const { windows, report } = await replay(
    changed(recording(BTC_FILE), (frame, n) => {
      if (!frame.channel.includes('@depth')) return [frame];
      if (n < 1_000) stoppedAt = frame.receivedAt;
      return n < 1_000 ? [frame] : [];
    }),
    [BTC],
  );
  compare(countsOf(report, BTC.id).bookGaps, 1);
  const stale = windows.findIndex(({ instruments }, n) => n > 0 && instruments[0]?.status === 'stale');
  const lateMs = (windows[stale]?.closedAt ?? 0) - stoppedAt;
  compare(lateMs > 5_000 && lateMs <= 7_000, true);
  compare(
    windows.slice(stale).every(({ instruments }) => instruments[0]?.status === 'stale'),
    true,
  );
});

test('a depth line doubled is ignored and changes no window', async () => {
  const plain = await replay(recording(BTC_FILE), [BTC]);
  const doubled = await replay(
    changed(recording(BTC_FILE), (frame, n) =>
      n === 1_000 && frame.channel.includes('@depth') ? [frame, frame] : [frame],
    ),
    [BTC],
  );
  compare(countsOf(doubled.report, BTC.id).bookRepeated, 1);
  compare(doubled.windows, plain.windows);
});

test('the quick way reads every recorded trade, book change and best price, exactly as the slow way', async () => {
  const known = new Map([BTC, ETH].map((one) => [one.symbol, new FollowedInstrument(one)]));
  const scanner = new HotScanner((symbol) => known.get(symbol));
  for await (const frame of recording(BTC_FILE, ETH_FILE).frames(new AbortController().signal)) {
    if (!isFrame(frame) || frame.channel.startsWith('rest')) continue;
    const kind = scanner.scan(frame.raw, frame.channel);
    const message = parseMessage(frame);
    if (kind === undefined || scanner.found === undefined || kind !== message.kind) {
      throw new Error(
        `the quick way took a ${message.kind} for ${kind}: ${frame.channel} at ${frame.receivedAt}`,
      );
    }
    const grid = scanner.found.grids;
    comparisons += 1;
    if (message.kind === 'trade') expect(toTrade(message.body, grid)).toEqual(scanner.trade);
    else if (message.kind === 'bookTicker') expect(toTouch(message.body, grid)).toEqual(scanner.touch);
    else if (message.kind === 'aggTrade') expect(toAggregateTrade(message.body, grid)).toEqual(scanner.trade);
    else if (message.kind === 'depthUpdate') {
      const depth = toDepth(message.body, grid);
      if (depth instanceof RefusedMessage) throw new Error(depth.detail);
      for (const side of ['bids', 'asks'] as const) {
        const { length } = depth[side];
        expect(scanner.depth[side].length).toBe(length);
        expect(scanner.depth[side].ticks.slice(0, length)).toEqual(depth[side].ticks.slice(0, length));
        expect(scanner.depth[side].lots.slice(0, length)).toEqual(depth[side].lots.slice(0, length));
      }
    }
  }
});
