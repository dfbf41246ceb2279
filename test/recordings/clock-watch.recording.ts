import { expect, test } from 'vitest';
import { ClockWatch } from '../../core/market/quality/clock-watch.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { type RecordedFrame, recordedFrames, recordedLines } from './recorded-prices.ts';

interface Stamp {
  readonly occurredAt: EpochMs | null;
  readonly receivedAt: EpochMs;
}

interface Measured {
  /** Lowest and highest estimate after the first five seconds. */
  readonly offsetMs: readonly [number, number];
  readonly late: number;
  /** Seconds in which a message was late. */
  readonly lateSeconds: number;
  readonly jumps: readonly number[];
  readonly unstamped: number;
}

function measure(stamps: readonly Stamp[]): Measured {
  const watch = new ClockWatch();
  const estimates: number[] = [];
  const jumps: number[] = [];
  const late: number[] = [];
  const settledAt = (stamps[0]?.receivedAt ?? 0) + 5_000;
  for (const { occurredAt, receivedAt } of stamps) {
    const { isLate, jumpMs } = watch.observe(occurredAt, receivedAt);
    if (isLate) late.push(receivedAt);
    if (jumpMs !== null) jumps.push(jumpMs);
    if (watch.estimateMs !== null && receivedAt >= settledAt) estimates.push(watch.estimateMs);
  }
  return {
    offsetMs: [
      estimates.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY),
      estimates.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY),
    ],
    late: late.length,
    lateSeconds: new Set(late.map((at) => Math.floor(at / 1_000))).size,
    jumps,
    unstamped: watch.unstamped,
  };
}

const stampsOf = (
  frames: readonly RecordedFrame[],
  venueTime: (message: Record<string, unknown>) => unknown,
): Stamp[] =>
  frames.map(({ at, raw }) => {
    const time = venueTime(JSON.parse(raw));
    const ms = typeof time === 'string' ? Date.parse(time) : time;
    return { occurredAt: typeof ms === 'number' ? epochMs(ms) : null, receivedAt: at };
  });

const binanceTime = (message: Record<string, unknown>): unknown =>
  (message['data'] as Record<string, unknown> | undefined)?.['E'];

/** Kalshi's own envelope, or the recorder's around its body. */
function kalshiTime({ exchange_ts, msg }: Record<string, unknown>): unknown {
  return exchange_ts ?? (msg as Record<string, unknown> | undefined)?.['ts_ms'];
}

test.each([
  ['BTCUSDT', 'binance/spot-btcusdt-20240808.jsonl.gz', 28_041],
  ['ETHUSDT', 'binance/spot-ethusdt-20240808.jsonl.gz', 24_078],
] as const)(
  'Binance %s 2024: a recorder 1.27 s behind is measured, nothing is late',
  (_symbol, path, unstamped) => {
    expect(measure(stampsOf(recordedFrames(path), binanceTime))).toEqual({
      offsetMs: [1_274, 1_276],
      late: 0,
      lateSeconds: 0,
      jumps: [],
      // Best prices carry no time, nor does the snapshot.
      unstamped,
    });
  },
);

test('Coinbase: a recorder 18 ms behind, by the time of its envelopes', () => {
  const frames = recordedFrames('coinbase/advanced-btc-eth-20260809.jsonl.gz').filter(({ channel }) =>
    ['l2_data', 'market_trades', 'ticker', 'heartbeats'].includes(channel),
  );
  expect(measure(stampsOf(frames, (message) => message['timestamp']))).toEqual({
    offsetMs: [18, 18],
    late: 0,
    lateSeconds: 0,
    jumps: [],
    unstamped: 0,
  });
});

test('Coinbase: the history of trades told at the start is not taken for the clock', () => {
  const stamps = recordedFrames('coinbase/advanced-btc-eth-20260809.jsonl.gz')
    .filter(({ channel }) => channel === 'market_trades')
    .flatMap(({ at, raw }) =>
      JSON.parse(raw).events.flatMap((event: { trades: { time: string }[] }) =>
        event.trades.map(({ time }) => ({ occurredAt: epochMs(Date.parse(time)), receivedAt: at })),
      ),
    );
  expect(measure(stamps)).toEqual({ offsetMs: [-9, 1], late: 0, lateSeconds: 0, jumps: [], unstamped: 0 });
});

test.each([
  ['20260511-1217', { offsetMs: [103, 108], late: 0, lateSeconds: 0, jumps: [], unstamped: 0 }],
  ['20260515-2132', { offsetMs: [210, 255], late: 459, lateSeconds: 4, jumps: [], unstamped: 0 }],
] as const)('Coinbase matches %s: no jump, and late only after stalls', (run, expected) => {
  const stamps = recordedLines(`coinbase/matches-btc-usd-${run}.ndjson.gz`).map((line) => {
    const { exchange_ts_utc, local_recv_ns } = JSON.parse(line);
    return {
      occurredAt: epochMs(Date.parse(exchange_ts_utc)),
      receivedAt: epochMs(Math.floor(local_recv_ns / 1e6)),
    };
  });
  expect(measure(stamps)).toEqual(expected);
});

test.each([
  ['btc15m-20260511-1217', { offsetMs: [86, 97], late: 0, lateSeconds: 0, jumps: [], unstamped: 12 }],
  // Its first five seconds were slow, and 2 086 late messages came in the eleven seconds after stalls of the line.
  ['btc15m-20260515-2132', { offsetMs: [-613, 245], late: 2_086, lateSeconds: 11, jumps: [], unstamped: 26 }],
  ['gold15m-26aug101800', { offsetMs: [-15, 13], late: 0, lateSeconds: 0, jumps: [], unstamped: 3 }],
  ['gold15m-26aug101815', { offsetMs: [15, 19], late: 0, lateSeconds: 0, jumps: [], unstamped: 3 }],
] as const)('Kalshi %s: no jump, and late only after stalls', (name, expected) => {
  expect(measure(stampsOf(recordedFrames(`kalshi/${name}.jsonl.gz`), kalshiTime))).toEqual(expected);
});
