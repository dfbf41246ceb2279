import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { polymarketProtocol } from '../../../../adapters/venues/polymarket/client.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import { plusMs } from '../../../../core/time.ts';
import {
  accounted,
  bookOf,
  countsOf,
  heard,
  INSTRUMENTS,
  type Listened,
  listen,
  polled,
  rest,
  ws,
} from './frames.ts';
import { sampleSession } from './sample-session.ts';
import {
  BEST_BID_ASK,
  BOOK,
  GAMMA_MARKET,
  LAST_TRADE_PRICE,
  MARKET_RESOLVED,
  N,
  NEW_MARKET,
  PRICE_CHANGE,
  TICK_SIZE_CHANGE,
  Y,
} from './samples.ts';

interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'letter' | 'garbage' | 'number' | 'other';
  readonly where: number;
  readonly letter: string;
}

const damage: fc.Arbitrary<Wound> = fc.record({
  frame: fc.nat(),
  kind: fc.constantFrom<Wound['kind'][]>(
    'drop',
    'double',
    'swap',
    'cut',
    'letter',
    'garbage',
    'number',
    'other',
  ),
  where: fc.nat(),
  letter: fc.constantFrom('0', '9', '"', '}', ']', '.', '-', 'x', '\\', '\u0000'),
});

/** Everything else that may come in between. */
const OTHERS: readonly Frame[] = [
  ...[BEST_BID_ASK, BOOK, LAST_TRADE_PRICE, NEW_MARKET, PRICE_CHANGE, TICK_SIZE_CHANGE].map((one) => ws(one)),
  ws('INVALID OPERATION'),
  ws([]),
  rest('books', [BOOK, { ...BOOK, asset_id: N }], 0, 'c1'),
  rest('books', [{ ...BOOK, timestamp: '1957908892351' }], 0, 'c1'),
  rest('markets', { markets: [GAMMA_MARKET] }),
  rest('tokens', { data: [{ token_id: Y, resolved: false, final_price: null }] }),
  rest(
    'trades',
    { data: [{ token_id: Y, side: 'BUY', size: 1, price: 0.5, timestamp: 1_757_908_892 }] },
    0,
    'c1',
  ),
  polled('books', [BOOK]),
];

function damaged(session: readonly Frame[], wounds: readonly Wound[]): Frame[] {
  const frames = [...session];
  for (const wound of wounds) {
    const n = wound.frame % frames.length;
    const one = frames[n];
    const next = frames[n + 1];
    if (one === undefined) continue;
    const cut = wound.where % (one.raw.length + 1);
    const raw = (text: string): Frame => ({ ...one, raw: text });
    const other = OTHERS[wound.where % OTHERS.length];
    if (wound.kind === 'drop') frames.splice(n, 1);
    else if (wound.kind === 'double') frames.splice(n, 0, one);
    else if (wound.kind === 'swap' && next !== undefined) frames.splice(n, 2, next, one);
    else if (wound.kind === 'cut') frames[n] = raw(one.raw.slice(0, cut));
    else if (wound.kind === 'letter')
      frames[n] = raw(one.raw.slice(0, cut) + wound.letter + one.raw.slice(cut + 1));
    else if (wound.kind === 'garbage') frames[n] = raw(wound.letter.repeat(wound.where % 40));
    else if (wound.kind === 'other' && other !== undefined)
      frames.splice(n, 0, { ...other, receivedAt: one.receivedAt });
    else
      frames[n] = raw(
        one.raw.replace(/\d+/g, (digits, offset: number) =>
          offset % 7 === wound.where % 7 ? `${digits}${wound.where}` : digits,
        ),
      );
  }
  return frames;
}

const text = (book: BookView): string =>
  JSON.stringify([book.levels('bids', 99), book.levels('asks', 99)], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );

/** Whether a token's book is shown as live: that it was told and not doubted since. */
function isShownLive(listened: Listened, token: string): boolean {
  const last = listened.updates.findLast(
    (one) =>
      (one.kind === 'book' || one.kind === 'book_doubted') && one.instrumentId === `polymarket:${token}`,
  );
  return last?.kind === 'book' && last.book.status === 'live';
}

test('damaged frames never throw, are each counted, and never leave a live book crossed', () => {
  let doubted = 0;
  const script = polymarketProtocol().script('c1', [Y, N]);
  fc.assert(
    fc.property(fc.nat(20), fc.array(damage, { minLength: 1, maxLength: 12 }), (seed, wounds) => {
      const frames = damaged(sampleSession(seed, 90), wounds);
      const listened = listen({ instruments: INSTRUMENTS });
      for (const frame of frames) {
        script.take(frame.raw, false);
        listened.reader.read(frame);
        listened.reader.tick(frame.receivedAt);
        for (const token of [Y, N]) {
          const book = bookOf(listened, token);
          if (book?.status === 'live') expect(book.isCrossed || book.isLocked).toBe(false);
          // What was doubted is not live, whatever was told before.
          if (book?.status === 'live') expect(isShownLive(listened, token)).toBe(true);
        }
      }
      doubted += listened.updates.filter(({ kind }) => kind === 'book_doubted').length;
      expect(listened.reader.frames.frames).toBe(frames.length);
      expect(accounted(listened.reader)).toBe(frames.length);
    }),
    { seed: 7, numRuns: 300 },
  );
  expect(doubted).toBeGreaterThan(300);
});

test('a lost change is found by the next one, wherever in the book it was', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.nat(500), fc.integer({ min: 1, max: 40 }), (seed, lost) => {
      const [first, ...others] = sampleSession(seed, 120);
      if (first === undefined) return;
      const changes = others.filter(({ raw }) => raw.includes('price_change')).slice(0, lost + 2);
      const whole = heard([first, ...changes]);
      const without = heard([first, ...changes.toSpliced(lost, 1)]);
      const [before, after] = [bookOf(whole), bookOf(without)];
      if (before === undefined || after === undefined) throw new Error('no book was told');
      if (after.status === 'stale') found += 1;
      // Where nothing was found nothing is missing: it set a level that the next one set again.
      else expect(text(after)).toBe(text(before));
    }),
    { seed: 9, numRuns: 200 },
  );
  expect(found).toBeGreaterThan(150);
});

test('an undamaged session is live throughout: every best price and every hash agrees', () => {
  const session = sampleSession(3, 600);
  const listened = heard(session);
  for (const token of [Y, N]) {
    const counts = countsOf(listened, token);
    expect(counts).toMatchObject({ bookGaps: 0, refused: 0, bookCrossed: 0, bookLocked: 0 });
    expect(counts.touchChecks).toBeGreaterThan(300);
    expect(counts.touchAgreed).toBe(counts.touchChecks);
    expect(counts.hashAgreed).toBe(counts.touchChecks + counts.snapshots);
    expect(counts.hashChecks).toBe(counts.hashAgreed);
    expect(isShownLive(listened, token)).toBe(true);
  }
  const last = session.at(-1);
  if (last !== undefined) listened.reader.tick(plusMs(last.receivedAt, 3_600_000));
  expect(listened.updates.some(({ kind }) => kind === 'book_doubted')).toBe(false);
});

test('the end of a market ends everything, whatever comes after it', () => {
  const listened = heard([...sampleSession(4, 40), ws(MARKET_RESOLVED, 5_000)]);
  const told = listened.updates.length;
  for (const frame of sampleSession(5, 40)) listened.reader.read(frame);
  expect(listened.updates).toHaveLength(told);
  expect([Y, N].map((token) => bookOf(listened, token)?.status)).toEqual(['stale', 'stale']);
});

test('a time of any length does not lengthen what is told of a doubt', () => {
  const listened = heard([
    ...sampleSession(4, 40),
    ws({ ...PRICE_CHANGE, timestamp: 'x'.repeat(5_000) }, 5_000),
    ws({ ...BOOK, timestamp: 'x'.repeat(5_000), hash: 'f'.repeat(40) }, 5_001),
  ]);
  const doubts = listened.updates.filter((one) => one.kind === 'book_doubted');
  expect(doubts.length).toBeGreaterThan(0);
  expect(Math.max(...doubts.map(({ detail }) => detail.length))).toBeLessThan(300);
});
