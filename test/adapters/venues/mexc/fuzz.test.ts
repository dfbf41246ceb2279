import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import { bookOf, countedFrames, countsOf, listen, read } from './frames.ts';
import { sampleSession } from './sample-session.ts';
import {
  ACK_REFUSED,
  DEPTH_FRAME,
  DEPTH_JSON,
  KLINE_FRAME,
  PICTURE_JSON,
  TOUCH_FRAME,
  TRADES_FRAME,
  UNKNOWN_FRAME,
} from './samples.ts';

interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'byte' | 'letter' | 'garbage' | 'stranger';
  readonly where: number;
  readonly value: number;
}

const KINDS = ['drop', 'double', 'swap', 'cut', 'byte', 'letter', 'garbage', 'stranger'] as const;
const damage: fc.Arbitrary<Wound> = fc.record({
  frame: fc.nat(),
  kind: fc.constantFrom(...KINDS),
  where: fc.nat(),
  value: fc.nat(255),
});

const STRANGERS = [TRADES_FRAME, DEPTH_FRAME, TOUCH_FRAME, KLINE_FRAME, UNKNOWN_FRAME];
const STRANGE_TEXTS = [DEPTH_JSON, PICTURE_JSON, ACK_REFUSED, '', 'null', '[1]'];

function damaged(session: readonly Frame[], wounds: readonly Wound[]): Frame[] {
  const frames = [...session];
  for (const { frame, kind, where, value } of wounds) {
    const n = frame % frames.length;
    const one = frames[n];
    const next = frames[n + 1];
    if (one === undefined) continue;
    const raw = (text: string): Frame => ({ ...one, raw: text });
    const letters = String.fromCharCode(32 + (value % 95));
    const cut = where % (one.raw.length + 1);
    if (kind === 'drop') frames.splice(n, 1);
    else if (kind === 'double') frames.splice(n, 0, one);
    else if (kind === 'swap' && next !== undefined) frames.splice(n, 2, next, one);
    else if (kind === 'cut') frames[n] = raw(one.raw.slice(0, cut));
    else if (kind === 'letter') frames[n] = raw(one.raw.slice(0, cut) + letters + one.raw.slice(cut + 1));
    else if (kind === 'garbage') frames[n] = raw(letters.repeat(value));
    else if (kind === 'byte' && one.encoding === 'base64') {
      const bytes = Buffer.from(one.raw, 'base64');
      bytes[where % bytes.length] = value;
      frames[n] = raw(bytes.toString('base64'));
    } else if (kind === 'stranger') {
      const isText = value % 2 === 0;
      const list = isText ? STRANGE_TEXTS : STRANGERS;
      const { encoding: _, ...plain } = one;
      frames[n] = { ...plain, raw: list[where % list.length] ?? '', ...(!isText && { encoding: 'base64' }) };
    }
  }
  return frames;
}

const isCrossed = (book: BookView): boolean =>
  book.bestBid > 0 && book.bestAsk > 0 && book.bestBid > book.bestAsk;

test.each(['diff', 'pictures', 'poll'] as const)(
  'damaged %s frames never throw, are each counted, and never leave a live book crossed',
  (kind) => {
    let doubted = 0;
    let healed = 0;
    fc.assert(
      fc.property(fc.nat(20), fc.array(damage, { minLength: 1, maxLength: 12 }), (seed, wounds) => {
        const frames = damaged(sampleSession(seed, 80, kind), wounds);
        const listened = listen();
        for (const frame of frames) {
          const before = listened.updates.length;
          listened.reader.read(frame);
          listened.reader.tick(frame.receivedAt);
          const book = bookOf({ updates: listened.updates.slice(before) });
          if (book?.status === 'live') expect(isCrossed(book)).toBe(false);
          const spoken = bookOf(listened);
          const last = listened.updates.findLast((one) => one.kind === 'book' || one.kind === 'book_doubted');
          // What was doubted last is not shown as live by any view that was given away.
          if (last?.kind === 'book_doubted') expect(spoken?.status ?? 'stale').not.toBe('live');
        }
        expect(countedFrames(listened)).toBe(frames.length);
        const doubts = listened.updates.filter((one) => one.kind === 'book_doubted').length;
        doubted += doubts;
        if (doubts > 0 && bookOf(listened)?.status === 'live') healed += 1;
        for (const note of listened.notes) expect(note.detail.length).toBeLessThan(400);
      }),
      { seed: 44, numRuns: 300 },
    );
    expect(doubted).toBeGreaterThan(50);
    expect(healed).toBeGreaterThan(5);
  },
);

test.each(['diff', 'pictures', 'poll'] as const)(
  'an undamaged %s session is live from its first picture on, and right to its end',
  (kind) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const session = sampleSession(seed, 200, kind);
      const listened = read(session);
      expect(listened.notes).toEqual([]);
      expect(bookOf(listened)?.status).toBe('live');
      expect(countsOf(listened)).toMatchObject({
        bookGaps: 0,
        refused: 0,
        bookCrossed: 0,
        bookDisordered: 0,
      });
      const { touchChecks, touchAgreed, tradesRepeated } = countsOf(listened);
      expect(touchAgreed).toBe(touchChecks);
      expect(tradesRepeated > 0).toBe(kind === 'poll');
      if (kind !== 'poll') expect(touchChecks).toBeGreaterThan(10);
    }
  },
);

test('a diff lost anywhere is never passed over: the book is doubted, then proven anew and right', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.integer({ min: 5, max: 70 }), (seed, drop) => {
      const session = sampleSession(seed, 100, 'diff');
      const lost = session.filter(({ channel }) => channel.includes('aggre.depth'))[drop];
      const whole = bookOf(read(session));
      const listened = read(session.filter((one) => one !== lost));
      expect(listened.updates.filter((one) => one.kind === 'book_doubted')).toHaveLength(1);
      expect(countsOf(listened)).toMatchObject({ bookGaps: 1, snapshots: 2 });
      const healed = bookOf(listened);
      expect(healed?.status).toBe('live');
      for (const side of ['bids', 'asks'] as const)
        expect(healed?.levels(side, 40)).toEqual(whole?.levels(side, 40));
    }),
    { seed: 45, numRuns: 200 },
  );
});
