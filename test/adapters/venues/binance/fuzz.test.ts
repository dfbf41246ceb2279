import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { feedId, isClean, type MarketWindow } from '../../../../core/market/window.ts';
import { decodeWindow, encodeWindow } from '../../../../core/market/window-codec.ts';
import { epochMs } from '../../../../core/time.ts';
import { FeedPipeline } from '../../../../fargate/feed-pipeline.ts';
import { OAK, sampleInstrument } from '../../../core/market/samples.ts';
import { accounted, at, bookOf, frame, listen, on } from './frames.ts';
import { sampleSession } from './sample-session.ts';
import { combined, SAMPLES, sampleFrame } from './samples.ts';

function windowsOf(
  frames: readonly Frame[],
  beforeFrame?: (pipeline: FeedPipeline, one: Frame) => MarketWindow[],
) {
  const pipeline = new FeedPipeline({
    feedId: feedId('fuzz'),
    windowMs: 500,
    depth: 5,
    configHash: '',
    epoch: 1,
    ids: [],
    instruments: [OAK],
    need: () => undefined,
    note: () => undefined,
  });
  const windows: MarketWindow[] = [];
  for (const one of frames) {
    windows.push(...(beforeFrame?.(pipeline, one) ?? []));
    windows.push(...pipeline.windowsBefore(one));
    pipeline.take(one);
  }
  windows.push(...pipeline.windows.finish());
  return { windows, pipeline };
}

interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'letter' | 'garbage' | 'number';
  readonly where: number;
  readonly letter: string;
}

const damage: fc.Arbitrary<Wound> = fc.record({
  frame: fc.nat(),
  kind: fc.constantFrom<Wound['kind'][]>('drop', 'double', 'swap', 'cut', 'letter', 'garbage', 'number'),
  where: fc.nat(),
  letter: fc.constantFrom('0', '9', '"', '}', ']', '.', '-', 'x', '\\', '\u0000'),
});

function damaged(session: readonly Frame[], wounds: readonly Wound[]) {
  const frames = [...session];
  for (const wound of wounds) {
    const n = wound.frame % frames.length;
    const one = frames[n];
    const next = frames[n + 1];
    if (one === undefined) continue;
    const cut = wound.where % (one.raw.length + 1);
    const raw = (text: string): Frame => ({ ...one, raw: text });
    if (wound.kind === 'drop') frames.splice(n, 1);
    else if (wound.kind === 'double') frames.splice(n, 0, one);
    else if (wound.kind === 'swap' && next !== undefined) frames.splice(n, 2, next, one);
    else if (wound.kind === 'cut') frames[n] = raw(one.raw.slice(0, cut));
    else if (wound.kind === 'letter')
      frames[n] = raw(one.raw.slice(0, cut) + wound.letter + one.raw.slice(cut + 1));
    else if (wound.kind === 'garbage') frames[n] = frame(one.channel, wound.letter.repeat(wound.where % 40));
    else
      frames[n] = raw(
        one.raw.replace(/\d+/g, (digits, offset: number) =>
          offset % 7 === wound.where % 7 ? `${digits}${wound.where}` : digits,
        ),
      );
  }
  return frames;
}

test('damaged frames never throw, are each counted, and never leave a live book crossed', () => {
  let unproven = 0;
  fc.assert(
    fc.property(fc.nat(20), fc.array(damage, { minLength: 1, maxLength: 12 }), (seed, wounds) => {
      const frames = damaged(sampleSession(seed, 120), wounds);
      const { windows, pipeline } = windowsOf(frames);
      for (const reader of pipeline.wires()) {
        expect(reader.frames.frames).toBe(frames.length);
        expect(accounted(reader)).toBe(frames.length);
      }
      for (const window of windows) {
        for (const one of window.instruments) {
          if (one.status !== 'live') unproven += 1;
          const [bid] = one.bids;
          const [ask] = one.asks;
          if (one.status === 'live' && bid && ask) expect(bid.price <= ask.price).toBe(true);
          if (isClean(one)) expect(one.quality).not.toContain('crossed');
        }
        expect(decodeWindow(encodeWindow(window))).toEqual(window);
      }
    }),
    { seed: 7, numRuns: 400 },
  );
  expect(unproven).toBeGreaterThan(100);
});

test('the same frames give the same windows, and a timer between them changes none', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.array(fc.nat(700), { minLength: 1, maxLength: 50 }), (seed, early) => {
      const session = sampleSession(seed, 150);
      const { windows } = windowsOf(session);
      let n = 0;
      const timed = windowsOf(session, (pipeline, one) => {
        n += 1;
        const before = early[n % early.length] ?? 0;
        return [...pipeline.windows.advanceTo(epochMs(one.receivedAt - before))];
      });
      expect(windows.length).toBeGreaterThan(5);
      expect(windowsOf(session).windows).toEqual(windows);
      expect(timed.windows).toEqual(windows);
    }),
    { seed: 8, numRuns: 60 },
  );
});

test('an undamaged session is live from its snapshot on, without a gap or a refusal', () => {
  const { windows, pipeline } = windowsOf(sampleSession(3, 400));
  const [oak] = pipeline.followed();
  const counts = oak?.counts;
  expect(counts).toMatchObject({ bookGaps: 0, refused: 0, bookCrossed: 0, tradeGaps: 0 });
  expect(counts?.touchChecks).toBeGreaterThan(10);
  expect(counts?.touchAgreed).toBe(counts?.touchChecks);
  expect(windows.slice(2).every((window) => window.instruments.every(isClean))).toBe(true);
});

const BTC = sampleInstrument('BTCUSDT', '0.01', '0.00001');
const CONNECTIONS = ['a', 'b', POLL] as const;
const sample = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.boolean(), fc.constantFrom(...CONNECTIONS))
  .map(([one, isCombined, connection]) => on(connection, isCombined ? combined(one) : sampleFrame(one)));
const happening = fc.record({
  after: fc.nat(40),
  connection: fc.constantFrom(...CONNECTIONS),
  change: fc.constantFrom('opened', 'lost', 'closed'),
});

test("the venue's own samples, damaged, on any connection: nothing throws, each is counted, no live book is crossed", () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 2, maxLength: 40 }),
      fc.array(damage, { maxLength: 30 }),
      fc.array(happening, { maxLength: 6 }),
      (samples, wounds, happenings) => {
        const frames = damaged(samples, wounds);
        const listened = listen({ instruments: [BTC] });
        for (const [n, one] of frames.entries()) {
          listened.reader.read(one);
          listened.reader.tick(at(n * 900));
          for (const { after, connection, change } of happenings)
            if (after === n)
              listened.reader.changeConnection({
                wire: 'binance-spot',
                receivedAt: at(n * 900),
                connection,
                change,
                detail: '',
              });
          const book = bookOf(listened);
          if (book?.status === 'live') expect(book.isCrossed).toBe(false);
        }
        expect(listened.reader.frames.frames).toBe(frames.length);
        expect(accounted(listened.reader)).toBe(frames.length);
      },
    ),
    { seed: 9, numRuns: 600 },
  );
});
