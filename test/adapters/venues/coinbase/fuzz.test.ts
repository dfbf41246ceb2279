import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  coinbaseAdvancedProtocol,
  coinbaseExchangeProtocol,
} from '../../../../adapters/venues/coinbase/client.ts';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { formatRounded } from '../../../../core/amounts.ts';
import type { Instrument } from '../../../../core/market/instrument.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import {
  accounted,
  at,
  BTC,
  countsOf,
  ETH,
  type Listened,
  listenAdvanced,
  listenExchange,
  ofKind,
} from './listen.ts';
import { MadeVenue, PRODUCTS, type Product, pictureOf, STEP_MS } from './made-venue.ts';
import { ADVANCED, EXCHANGE } from './samples.ts';

const INSTRUMENT: Readonly<Record<Product, Instrument>> = { 'BTC-USD': BTC, 'ETH-USD': ETH };
const LISTEN = {
  advanced: () => listenAdvanced({ instruments: [BTC, ETH] }),
  exchange: () => listenExchange({ instruments: [BTC, ETH] }),
};
type Wire = keyof typeof LISTEN;

/** `drop`, `double`, `swap` and `cut` leave the truth recognizable; the others may change what a message says. */
interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'letter' | 'garbage' | 'number';
  readonly where: number;
  readonly letter: string;
}

const wounds = (...kinds: Wound['kind'][]): fc.Arbitrary<Wound[]> =>
  fc.array(
    fc.record({
      frame: fc.nat(119),
      kind: fc.constantFrom<Wound['kind'][]>(...kinds),
      where: fc.nat(),
      letter: fc.constantFrom('0', '9', '"', '}', ']', '.', '-', 'x', '\\', '\u0000'),
    }),
    { minLength: 1, maxLength: 8 },
  );

/** What arrives instead of a frame; `next` is only told when it is swapped with the frame before. */
function damage(one: Frame, wound: Wound, next: () => Frame): readonly Frame[] {
  const cut = wound.where % one.raw.length;
  const raw = (text: string): readonly Frame[] => [{ ...one, raw: text }];
  switch (wound.kind) {
    case 'drop':
      return [];
    case 'double':
      return [one, one];
    case 'swap':
      return [next(), one];
    case 'cut':
      return raw(one.raw.slice(0, cut));
    case 'letter':
      return raw(one.raw.slice(0, cut) + wound.letter + one.raw.slice(cut + 1));
    case 'garbage':
      return raw(wound.letter.repeat(wound.where % 40));
    case 'number':
      return raw(
        one.raw.replace(/\d+/g, (digits, offset: number) =>
          offset % 7 === wound.where % 7 ? `${digits}${wound.where}` : digits,
        ),
      );
  }
}

interface Played {
  readonly listened: Listened;
  readonly venue: MadeVenue;
  readonly arrived: number;
}

/** Plays so many steps; the venue answers what the reader asks for with the next message. */
function play(
  wire: Wire,
  seed: number,
  steps: number,
  hurt: readonly Wound[],
  look: (played: Played) => void,
): Played {
  const venue = new MadeVenue(wire, seed);
  const listened = LISTEN[wire]();
  let answered = 0;
  let arrived = 0;
  for (let n = 0; n < steps; n += 1) {
    const one = venue.tell();
    const wound = hurt.find(({ frame }) => frame === n);
    const frames = wound === undefined ? [one] : damage(one, wound, () => venue.tell());
    for (const frame of frames) {
      listened.reader.read(frame);
      arrived += 1;
      look({ listened, venue, arrived });
    }
    listened.reader.tick(at(n * STEP_MS));
    for (; answered < listened.needs.length; answered += 1) {
      const symbol = listened.needs[answered]?.symbol;
      if (symbol === 'BTC-USD' || symbol === 'ETH-USD') venue.ask(symbol);
    }
  }
  return { listened, venue, arrived };
}

const texts = (book: BookView, side: 'bids' | 'asks') =>
  book
    .levels(side, 99)
    .map(({ price, quantity }) => [formatRounded(price, 2), formatRounded(quantity, 2)] as const);
const shown = (book: BookView): string => pictureOf(texts(book, 'bids'), texts(book, 'asks'));

/** The book as the desk has it: the last word about it was a book, not a doubt. */
function liveBook({ updates }: Listened, product: Product): BookView | undefined {
  const { id } = INSTRUMENT[product];
  for (const update of updates.toReversed()) {
    if (update.kind === 'book_doubted' && update.instrumentId === id) return undefined;
    if (update.kind === 'book' && update.instrumentId === id) return update.book;
  }
  return undefined;
}

const expectSound = ({ listened, arrived }: Played): void => {
  expect(accounted(listened.reader)).toBe(arrived);
  for (const product of PRODUCTS) {
    const book = liveBook(listened, product);
    if (book === undefined) continue;
    expect(book.status).toBe('live');
    expect(book.isCrossed).toBe(false);
  }
};

test.each(['advanced', 'exchange'] as const)(
  '%s: damaged frames never throw, are each counted, and no doubted or crossed book is live',
  (wire) => {
    let doubts = 0;
    const every = wounds('drop', 'double', 'swap', 'cut', 'letter', 'garbage', 'number');
    fc.assert(
      fc.property(fc.nat(1_000), every, (seed, hurt) => {
        const { listened } = play(wire, seed, 140, hurt, expectSound);
        doubts += ofKind(listened, 'book_doubted').length;
      }),
      { seed: 7, numRuns: 150 },
    );
    expect(doubts).toBeGreaterThan(100);
  },
);

test('advanced: whatever is lost, doubled, late or cut, a live book is the venue’s own at its sequence', () => {
  let compared = 0;
  let doubts = 0;
  fc.assert(
    fc.property(fc.nat(1_000), wounds('drop', 'double', 'swap', 'cut', 'garbage'), (seed, hurt) => {
      const { listened } = play('advanced', seed, 140, hurt, (played) => {
        for (const product of PRODUCTS) {
          const book = liveBook(played.listened, product);
          if (book === undefined) continue;
          expect(shown(book)).toBe(played.venue.truth(product, book.sequence));
          compared += 1;
        }
      });
      doubts += ofKind(listened, 'book_doubted').length;
    }),
    { seed: 8, numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(5_000);
  expect(doubts).toBeGreaterThan(100);
});

test.each(['advanced', 'exchange'] as const)(
  '%s: every book heals from what can be seen; a fault asks for it once, and again only when the picture itself was hit',
  (wire) => {
    const visible =
      wire === 'advanced'
        ? wounds('drop', 'double', 'swap', 'cut', 'garbage')
        : wounds('double', 'cut', 'garbage');
    fc.assert(
      fc.property(fc.nat(1_000), visible, (seed, hurt) => {
        // A picture that was lost itself is asked for again after ten seconds.
        const { listened, venue } = play(wire, seed, 520, hurt, () => undefined);
        for (const product of PRODUCTS) {
          const book = liveBook(listened, product);
          expect(book && shown(book)).toBe(venue.truth(product));
          const asked = listened.needs.filter(({ symbol }) => symbol === product).length;
          expect(asked).toBeLessThanOrEqual(2 * hurt.length);
        }
        expect(listened.needs.every(({ kind }) => kind === 'snapshot')).toBe(true);
      }),
      { seed: 9, numRuns: 40 },
    );
  },
);

test.each(['advanced', 'exchange'] as const)(
  '%s: an undamaged session is live throughout, without a fault',
  (wire) => {
    const { listened, venue } = play(wire, 3, 400, [], expectSound);
    for (const product of PRODUCTS) {
      const book = liveBook(listened, product);
      expect(book && shown(book)).toBe(venue.truth(product));
      expect(countsOf(listened, INSTRUMENT[product])).toMatchObject({
        snapshots: 1,
        bookGaps: 0,
        bookRepeated: 0,
        bookDisordered: 0,
        bookCrossed: 0,
        refused: 0,
        tradesRepeated: 0,
      });
    }
    expect(listened.needs).toEqual([]);
    expect(ofKind(listened, 'book_doubted')).toEqual([]);
  },
);

test.each([
  { wire: 'advanced', samples: Object.entries(ADVANCED) },
  { wire: 'exchange', samples: Object.entries(EXCHANGE) },
] as const)('$wire: broken sample messages never throw and are each counted', ({ wire, samples }) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(samples.length - 1), wounds('cut', 'letter', 'number', 'double')), {
        minLength: 1,
        maxLength: 30,
      }),
      (choices) => {
        const listened = LISTEN[wire]();
        let arrived = 0;
        for (const [n, [wound]] of choices) {
          const [channel, raw] = samples[n] ?? ['', ''];
          const frame: Frame = { wire: `coinbase-${wire}`, receivedAt: at(arrived), channel, raw };
          for (const one of wound === undefined ? [frame] : damage(frame, wound, () => frame)) {
            listened.reader.read(one);
            arrived += 1;
          }
        }
        expectSound({ listened, venue: new MadeVenue(wire, 0), arrived });
      },
    ),
    { seed: 10, numRuns: 400 },
  );
});

test.each(['advanced', 'exchange'] as const)(
  '%s: a value that cannot be written as a text, where a text belongs, is put aside',
  (wire) => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const raws = ['{"toString":0}', deep].flatMap((odd) => [
      `{"type":${odd}}`,
      `{"channel":${odd}}`,
      `{"type":"error","message":${odd}}`,
      `{"type":"subscriptions","channels":[{"name":"level2_batch","product_ids":[${odd}]}]}`,
      `{"channel":"subscriptions","events":[{"subscriptions":{"level2":[${odd}]}}]}`,
    ]);
    const listened = LISTEN[wire]();
    const script = (wire === 'advanced' ? coinbaseAdvancedProtocol : coinbaseExchangeProtocol)({
      environment: 'live',
    }).script('c1', PRODUCTS);
    for (const [n, raw] of raws.entries()) {
      script.take(raw, false);
      for (const channel of ['level2', 'rest:ticker'])
        listened.reader.read({ wire: `coinbase-${wire}`, receivedAt: at(n), channel, raw });
    }
    expect(accounted(listened.reader)).toBe(2 * raws.length);
  },
);
