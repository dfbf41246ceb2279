import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import { bookOf, countsOf, frame, type Listened, listen } from './frames.ts';
import { type SampleBook, type SampleMarket, sampleMarket } from './sample-session.ts';

/** What a network or a venue may do to a stream without changing what its messages say. */
interface Loss {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'repeat_older';
  readonly where: number;
}
const loss: fc.Arbitrary<Loss> = fc.record({
  frame: fc.nat(),
  kind: fc.constantFrom<Loss['kind'][]>('drop', 'double', 'swap', 'cut', 'repeat_older'),
  where: fc.nat(),
});

/** A frame that has lost its way, with the book that the venue has meanwhile. */
interface Arrival {
  readonly one: Frame;
  readonly venue: SampleBook;
}

function arrivals({ frames, bookAfter }: SampleMarket, losses: readonly Loss[]): Arrival[] {
  const all = frames.flatMap((one, n): Arrival[] => {
    const venue = bookAfter[n];
    // Pictures are answers here.
    return venue === undefined || one.channel.startsWith('rest') ? [] : [{ one, venue }];
  });
  for (const { frame: place, kind, where } of losses) {
    const n = place % all.length;
    const [here, next] = [all[n], all[n + 1]];
    if (here === undefined || next === undefined) continue;
    const cut = { ...here, one: { ...here.one, raw: here.one.raw.slice(0, where % here.one.raw.length) } };
    const older = all[where % (n + 1)];
    if (kind === 'drop') all.splice(n, 1);
    else if (kind === 'double') all.splice(n, 0, here);
    else if (kind === 'swap') all.splice(n, 2, { ...here, one: next.one }, { ...next, one: here.one });
    else if (kind === 'cut') all[n] = cut;
    else if (older !== undefined) all.splice(n, 0, { ...here, one: older.one });
  }
  return all;
}

const answerOf = ({ lastId, bids, asks }: SampleBook, ms: number): Frame =>
  frame(
    'rest:depth:OAKUSDT',
    JSON.stringify({ lastUpdateId: lastId, bids, asks }),
    ms,
    'https://x/api/v3/depth?symbol=OAKUSDT&limit=1000',
  );

const levelsOf = (levels: SampleBook['bids']) =>
  levels.map(([at, size]) => ({ price: price(at), quantity: quantity(size) }));

function expectTrue(book: BookView, { bookAt }: SampleMarket): void {
  const truth = bookAt.get(book.sequence);
  expect(book.levels('bids', 99)).toEqual(levelsOf(truth?.bids ?? []));
  expect(book.levels('asks', 99)).toEqual(levelsOf(truth?.asks ?? []));
}

/** Reads them all, answering each question for a picture some frames later with the book that the venue has by then. */
function live(market: SampleMarket, all: readonly Arrival[], lag: number, witnessEvery: number): Listened {
  const listened = listen();
  const answers: { readonly due: number; readonly picture: Frame }[] = [];
  let answered = 0;
  let told = 0;
  for (const [n, { one, venue }] of all.entries()) {
    listened.reader.read(one);
    listened.reader.tick(one.receivedAt);
    for (; answered < listened.requests.length; answered += 1)
      answers.push({ due: n + lag, picture: answerOf(venue, n) });
    if (witnessEvery > 0 && n % witnessEvery === 0)
      answers.push({ due: n + lag, picture: answerOf(venue, n) });
    while (answers[0] !== undefined && answers[0].due <= n) {
      const next = answers.shift();
      if (next !== undefined) listened.reader.read(next.picture);
    }
    const book = bookOf(listened);
    if (book?.status === 'live' && told < listened.updates.length) expectTrue(book, market);
    told = listened.updates.length;
  }
  return listened;
}

test('a live book is the venue’s at its update id, level by level, whatever was lost on the way', () => {
  let proven = 0;
  let doubted = 0;
  fc.assert(
    fc.property(
      fc.nat(50),
      fc.array(loss, { minLength: 1, maxLength: 12 }),
      fc.nat(6),
      fc.constantFrom(0, 5, 11),
      (seed, losses, lag, witnessEvery) => {
        const market = sampleMarket(seed, 60);
        const listened = live(market, arrivals(market, losses), lag, witnessEvery);
        doubted += listened.updates.filter(({ kind }) => kind === 'book_doubted').length;
        if (bookOf(listened)?.status === 'live') proven += 1;
      },
    ),
    { seed: 21, numRuns: 200 },
  );
  expect(doubted).toBeGreaterThan(200);
  expect(proven).toBeGreaterThan(150);
});

test('true pictures beside an undamaged stream never make a doubt, and prove the book again and again', () => {
  for (const lag of [0, 1, 4, 9]) {
    const market = sampleMarket(lag, 300);
    const listened = live(market, arrivals(market, []), lag, 7);
    expect(countsOf(listened)).toMatchObject({ bookGaps: 0, bookCrossed: 0, bookRepeated: 0 });
    expect(listened.updates.some(({ kind }) => kind === 'book_doubted')).toBe(false);
    const proofs = listened.updates.filter((one) => one.kind === 'book' && one.isSnapshot === true);
    expect(proofs.length).toBeGreaterThan(20);
  }
});
