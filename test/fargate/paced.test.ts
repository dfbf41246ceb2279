import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  Beat,
  Frame,
  FrameSource,
  SourceFault,
  SourceItem,
} from '../../adapters/venues/frame-source.ts';
import { feedId } from '../../core/market/window.ts';
import { encodeWindow } from '../../core/market/window-codec.ts';
import { type EpochMs, epochMs, plusMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { LAG_MS_MAX, paced, SourceLagError, shiftedClock } from '../../fargate/paced.ts';
import { runFeed } from '../../fargate/run-feed.ts';
import { demoInstruments } from '../../local/demo-market/demo-listing.ts';
import { demoMarket } from '../../local/demo-market/demo-market.ts';
import { START } from '../adapters/venues/binance/frames.ts';
import { sampleSession } from '../adapters/venues/binance/sample-session.ts';
import { OAK } from '../core/market/samples.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const sourceOf = (items: readonly (Frame | SourceFault)[]): FrameSource => ({
  name: 'made up',
  async *frames() {
    yield* items;
  },
  need: () => false,
});

interface Run {
  readonly windows: readonly object[];
  /** How long after its edge each window was published. */
  readonly after: readonly number[];
}

async function windowsOf(source: FrameSource, windowMs: number, time: VirtualTime | null): Promise<Run> {
  const windows: object[] = [];
  const after: number[] = [];
  const run = async (): Promise<void> => {
    await runFeed({
      source: time ? paced(source, time, windowMs) : source,
      feedId: feedId('test'),
      windowMs,
      depth: 5,
      configHash: 'abc',
      epoch: 1,
      ids: [],
      instruments: [OAK, ...demoInstruments],
      publish: async ({ newest, windows: history }) => {
        windows.push([encodeWindow(newest), history.length]);
        if (time) after.push(time.now() - newest.closedAt);
      },
      health: new FeedHealth(),
      settledThrough: null,
      signal: new AbortController().signal,
    });
  };
  if (time) {
    time.start(time.now(), run);
    await time.run();
  } else await run();
  return { windows, after };
}

test('paced and unpaced give the same windows, whatever the gaps, and paced each closes at its edge', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000 }),
      fc.constantFrom(100, 500, 1_000, 5_000),
      // Now and then a clock that went back, often the same millisecond, sometimes minutes of nothing.
      fc.array(fc.oneof(fc.integer({ min: -50, max: 900 }), fc.constantFrom(0, 1, 1_000, 61_234)), {
        minLength: 5,
        maxLength: 60,
      }),
      async (seed, windowMs, gaps) => {
        let ms = 0;
        const frames = sampleSession(seed, gaps.length)
          .slice(0, gaps.length)
          .map((one, n) => {
            ms = Math.max(0, ms + (gaps[n] ?? 0));
            return { ...one, receivedAt: plusMs(epochMs(START), ms) };
          });
        const unpaced = await windowsOf(sourceOf(frames), windowMs, null);
        const inPace = await windowsOf(sourceOf(frames), windowMs, new VirtualTime(epochMs(START)));
        expect(inPace.windows).toEqual(unpaced.windows);
        expect(new Set(inPace.after)).toEqual(new Set([0]));
      },
    ),
    { seed: 20_260_105, numRuns: 60 },
  );
});

test.each([1, 7, 23])(
  'the demo market of seed %i answers snapshot requests the same, paced or not',
  async (seed) => {
    const market = (): FrameSource =>
      demoMarket({ seed, startAt: epochMs(START), durationMs: 20_000, scenario: 'fair' });
    const unpaced = await windowsOf(market(), 1_000, null);
    const inPace = await windowsOf(market(), 1_000, new VirtualTime(epochMs(START)));
    expect(inPace.windows).toHaveLength(20);
    expect(inPace.windows).toEqual(unpaced.windows);
  },
);

async function itemsOf(
  source: FrameSource,
  time: VirtualTime,
  signal: AbortSignal,
): Promise<(number | string)[]> {
  const items: (number | string)[] = [];
  const name = (one: SourceItem | Beat): number | string =>
    'reason' in one ? one.reason : 'beat' in one ? `beat ${one.beat - START}` : one.receivedAt - START;
  time.start(time.now(), async () => {
    for await (const one of paced(source, time, 1_000).frames(signal)) items.push(name(one));
  });
  await time.run();
  return items;
}

const framesAt = (...times: readonly number[]): Frame[] =>
  times.map((ms) => ({
    wire: 'binance-spot',
    receivedAt: plusMs(epochMs(START), ms),
    channel: 'x',
    raw: '{}',
  }));

test('beats come between the frames they separate; a fault of the source passes at once', async () => {
  const source = sourceOf([
    ...framesAt(100, 1_000),
    { reason: 'corrupt_line', detail: 'x' },
    ...framesAt(3_100),
  ]);
  const items = await itemsOf(source, new VirtualTime(epochMs(START)), new AbortController().signal);
  expect(items).toEqual([100, 'beat 1000', 1_000, 'corrupt_line', 'beat 2000', 'beat 3000', 3_100]);
});

test('a stop does not wait for the next frame', async () => {
  const abort = new AbortController();
  const time = new VirtualTime(epochMs(START));
  time.start(plusMs(time.now(), 5_050), async () => abort.abort());
  expect(await itemsOf(sourceOf(framesAt(0, 900, 3_600_000)), time, abort.signal)).toEqual([
    0,
    900,
    'beat 1000',
    'beat 2000',
    'beat 3000',
    'beat 4000',
    'beat 5000',
  ]);
  expect(time.now() - START).toBeLessThanOrEqual(5_300);
});

test('a machine that slept gets no minutes of windows at once: the source ends in words', async () => {
  let now: EpochMs = epochMs(START);
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      now = plusMs(now, now - START >= 2_000 ? LAG_MS_MAX + 5_000 : ms);
    },
  };
  const source = paced(sourceOf(framesAt(0, 1_000, 2_000, 3_000, 4_000)), clock, 1_000);
  const collected: unknown[] = [];
  const run = async (): Promise<void> => {
    for await (const item of source.frames(new AbortController().signal)) collected.push(item);
  };
  await expect(run()).rejects.toThrow(
    new SourceLagError('the feed is 64 s behind the clock; it begins anew'),
  );
  expect(collected.length).toBeGreaterThan(4);
});

test('a shifted clock shows the time of another day at the same pace', async () => {
  const time = new VirtualTime(epochMs(START));
  const other = shiftedClock(time, -86_400_000);
  time.start(time.now(), () => other.wait(1_500));
  await time.run();
  expect(other.now()).toBe(START - 86_400_000 + 1_500);
});
