import { expect, test } from 'vitest';
import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import { feedId } from '../../core/market/window.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { SilenceWatch } from '../../fargate/silence-watch.ts';
import { frame, START, trade } from '../adapters/venues/binance/frames.ts';
import { OAK } from '../core/market/samples.ts';

const MINUTE = START - (START % MINUTE_MS);
const RECEIVED_MS = 10 * MINUTE_MS;

function pipelineOf() {
  const updates: MarketUpdate[] = [];
  const notes: string[] = [];
  const pipeline = new FeedPipeline({
    feedId: feedId('test'),
    windowMs: 1_000,
    depth: 1,
    configHash: 'abc',
    epoch: 1,
    ids: [OAK.id],
    instruments: [OAK],
    need: () => undefined,
    note: ({ kind, instrumentId = '', detail }) => notes.push(`${kind} ${instrumentId}: ${detail}`),
    onUpdate: (update) => updates.push(update),
  });
  const health = new FeedHealth();
  health.watch({ name: 'test' }, pipeline, new SilenceWatch(pipeline, false), undefined);
  const take = (...frames: readonly Frame[]): void => {
    for (const one of frames) {
      for (const _ of pipeline.windowsBefore(one));
      pipeline.take(one);
    }
  };
  return { pipeline, updates, notes, take, report: () => health.report() };
}

const row = (n: number, high = '3'): unknown[] => {
  const start = MINUTE + n * MINUTE_MS;
  return [start, '2', high, '1', '2', '5', start + MINUTE_MS - 1, '0', 7, '0', '0', '0'];
};

const klines = (raw: string, symbol = 'OAKUSDT'): Frame =>
  frame(
    `rest:klines:1m:${symbol}`,
    raw,
    RECEIVED_MS,
    `https://h/api/v3/klines?symbol=${symbol}&interval=1m&startTime=${MINUTE}&endTime=${MINUTE + 2 * MINUTE_MS}&limit=1000`,
  );

test("what a venue tells of its bars is one update, counted among its wire's messages", () => {
  const { updates, notes, take, report } = pipelineOf();
  take(trade(1, '100.00', '1.000', false, 5), klines(JSON.stringify([row(0), row(1), row(2)])));
  expect(updates.map(({ kind }) => kind)).toEqual(['trade', 'candles']);
  expect(updates[1]).toMatchObject({
    instrumentId: OAK.id,
    interval: '1m',
    from: MINUTE,
    through: MINUTE + 2 * MINUTE_MS,
    source: 'venue',
    candles: [{ start: MINUTE }, { start: MINUTE + MINUTE_MS }, { start: MINUTE + 2 * MINUTE_MS }],
  });
  expect(notes).toEqual([]);
  expect(report()).toMatchObject({
    frames: { frames: 2, malformed: 0, unfollowed: 0, unknown: 0 },
    wires: [{ wire: 'binance-spot', messages: { trade: 1, klines: 1 } }],
    candles: null,
  });
});

test('an answer that cannot be read is counted and said; a row that cannot be read is said, the others are taken', () => {
  const { updates, notes, take, report } = pipelineOf();
  take(klines('<html>'), klines(JSON.stringify([row(0), row(1, '0.5'), row(2)])));
  expect(updates).toMatchObject([
    { kind: 'candles', candles: [{ start: MINUTE }, { start: MINUTE + 2 * MINUTE_MS }] },
  ]);
  expect(notes).toEqual([
    'malformed : rest:klines:1m:OAKUSDT: klines: not a list of bars, <html>',
    `malformed ${OAK.id}: rest:klines:1m:OAKUSDT: klines 1.high: high and low must bracket open and close, and be above zero`,
  ]);
  expect(report()).toMatchObject({
    frames: { frames: 2, malformed: 1, unfollowed: 0, unknown: 0 },
    wires: [{ messages: { klines: 1 } }],
  });
});

test('bars of what is not followed are counted, and nothing more', () => {
  const { updates, take, report } = pipelineOf();
  take(klines('[]', 'ASHUSDT'));
  expect(updates).toEqual([]);
  expect(report()).toMatchObject({ frames: { frames: 1, unfollowed: 1 }, wires: [{ messages: {} }] });
});

test('bars in a recording that kept no address are left to the reader of their wire', () => {
  const { updates, take, report } = pipelineOf();
  take(frame('rest:klines:1m:oakusdt', '[]', RECEIVED_MS));
  expect(updates).toEqual([]);
  expect(report().frames).toMatchObject({ frames: 1, malformed: 0, unfollowed: 0 });
});

test('knows the wire of an instrument as soon as something came over it', () => {
  const { pipeline, take } = pipelineOf();
  expect(pipeline.wireOf(OAK.id)).toBeUndefined();
  take(trade(1, '100.00', '1.000', false, 5));
  expect(pipeline.wireOf(OAK.id)).toBe('binance-spot');
});
