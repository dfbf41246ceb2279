import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { kalshiReader } from '../../../../adapters/venues/kalshi/reader.ts';
import { formatUnits } from '../../../../core/amounts.ts';
import { type InstrumentId, symbolOf } from '../../../../core/market/instrument.ts';
import type { MarketUpdate } from '../../../../core/market/market-update.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import { epochMs } from '../../../../core/time.ts';
import { A, accounted, B, frame, market } from './frames.ts';
import { sampleSession } from './sample-session.ts';

const OPEN = { open_time: null, close_time: null };

/** Reads frames with a tick each half second; `seen` looks at each book that is told, and after each frame at all of them. */
function replay(frames: readonly Frame[], seen: (id: InstrumentId, book: BookView, isTold: boolean) => void) {
  const books = new Map<InstrumentId, BookView>();
  const updates: MarketUpdate['kind'][] = [];
  const reader = kalshiReader(
    { instruments: [market(A, OPEN), market(B, OPEN)] },
    {
      emit: (update) => {
        updates.push(update.kind);
        if (update.kind !== 'book') return;
        books.set(update.instrumentId, update.book);
        seen(update.instrumentId, update.book, true);
      },
      need: () => undefined,
      note: ({ detail }) => expect(detail.length).toBeLessThan(400),
    },
  );
  let beat = 0;
  for (const one of frames) {
    for (beat ||= one.receivedAt; beat + 500 <= one.receivedAt; beat += 500) reader.tick(epochMs(beat + 500));
    reader.read(one);
    for (const [id, book] of books) seen(id, book, false);
  }
  return { reader, updates, books };
}

const shown = (book: BookView): string => {
  const side = (name: 'bids' | 'asks') =>
    book.levels(name, 1_000).map(({ price, quantity }) => `${formatUnits(price)}x${formatUnits(quantity)}`);
  return `${side('bids').join(' ')} | ${side('asks').join(' ')}`;
};

interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'letter' | 'garbage' | 'number';
  readonly where: number;
  readonly letter: string;
}

const wound = (...kinds: Wound['kind'][]): fc.Arbitrary<Wound> =>
  fc.record({
    frame: fc.nat(),
    kind: fc.constantFrom(...kinds),
    where: fc.nat(),
    letter: fc.constantFrom('0', '9', '"', '}', ']', '.', '-', 'x', '\\', '\u0000'),
  });

function damaged(session: readonly Frame[], wounds: readonly Wound[]): Frame[] {
  const frames = [...session];
  for (const { frame: n, kind, where, letter } of wounds) {
    const at = n % frames.length;
    const one = frames[at];
    const next = frames[at + 1];
    if (one === undefined) continue;
    const cut = where % (one.raw.length + 1);
    const raw = (text: string): Frame => ({ ...one, raw: text });
    if (kind === 'drop') frames.splice(at, 1);
    else if (kind === 'double') frames.splice(at, 0, one);
    else if (kind === 'swap' && next !== undefined) frames.splice(at, 2, next, one);
    else if (kind === 'cut') frames[at] = raw(one.raw.slice(0, cut));
    else if (kind === 'letter') frames[at] = raw(one.raw.slice(0, cut) + letter + one.raw.slice(cut + 1));
    else if (kind === 'garbage') frames[at] = frame(one.channel, letter.repeat(where % 40), 0);
    else {
      const longer = (digits: string, offset: number) =>
        offset % 7 === where % 7 ? `${digits}${where}` : digits;
      frames[at] = raw(one.raw.replace(/\d+/g, longer));
    }
  }
  return frames;
}

test('damaged frames never throw, are each counted, and never leave a live book crossed', () => {
  let doubts = 0;
  const any = wound('drop', 'double', 'swap', 'cut', 'letter', 'garbage', 'number');
  fc.assert(
    fc.property(fc.nat(20), fc.array(any, { minLength: 1, maxLength: 12 }), (seed, wounds) => {
      const frames = damaged(sampleSession(seed, 100).frames, wounds);
      const { reader, updates } = replay(frames, (_, book, isTold) => {
        if (isTold) expect(book.status).toBe('live');
        if (book.status === 'live') expect(book.isCrossed).toBe(false);
      });
      doubts += updates.filter((kind) => kind === 'book_doubted').length;
      expect(reader.frames.frames).toBe(frames.length);
      expect(accounted(reader)).toBe(frames.length);
    }),
    { seed: 7, numRuns: 300 },
  );
  expect(doubts).toBeGreaterThan(300);
});

test('a live book is the true one, whatever frames were lost, doubled or out of order', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.nat(50), fc.array(wound('drop', 'double', 'swap'), { maxLength: 10 }), (seed, wounds) => {
      const { frames, truth } = sampleSession(seed, 100);
      // An answer that comes whole shows whether answers take numbers; from there on no loss goes unseen.
      const read = [...frames.slice(0, 3), ...damaged(frames.slice(3), wounds)];
      replay(read, (id, book, isTold) => {
        if (!isTold && book.status !== 'live') return;
        compared += 1;
        expect(shown(book)).toBe(truth.get(`${symbolOf(id)} ${book.sequence}`));
      });
    }),
    { seed: 8, numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(10_000);
});

test('an undamaged session is live from its pictures on, without a gap, a refusal or a difference', () => {
  const { frames, truth } = sampleSession(3, 600);
  const { reader, updates, books } = replay(frames, () => undefined);
  const sums = [...reader.quality().values()].map((counts) => ({
    bookGaps: counts.bookGaps,
    refused: counts.refused,
    tradeGaps: counts.tradeGaps,
    differed: counts.touchChecks - counts.touchAgreed,
  }));
  expect(sums).toEqual([A, B].map(() => ({ bookGaps: 0, refused: 0, tradeGaps: 0, differed: 0 })));
  const counts = [...reader.quality().values()];
  expect(counts.every(({ touchChecks, bookCrossed }) => touchChecks > 10 && bookCrossed > 5)).toBe(true);
  expect(updates).not.toContain('book_doubted');
  for (const [id, book] of books) expect(shown(book)).toBe(truth.get(`${symbolOf(id)} ${book.sequence}`));
});

test('the same frames give the same updates', () => {
  const { frames } = sampleSession(5, 300);
  const wounds: Wound[] = [{ frame: 40, kind: 'drop', where: 0, letter: '' }];
  const once = replay(damaged(frames, wounds), () => undefined);
  const again = replay(damaged(frames, wounds), () => undefined);
  expect(again.updates).toEqual(once.updates);
  expect([...again.reader.quality()]).toEqual([...once.reader.quality()]);
});
