import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { CONTRACT_LEVELS_MAX } from '../../../../adapters/venues/levels.ts';
import { polymarketProtocol } from '../../../../adapters/venues/polymarket/client.ts';
import {
  at,
  book,
  bookOf,
  change,
  countsOf,
  entry,
  heard,
  type Listened,
  polled,
  rest,
  START,
  shown,
  tokenInstrument,
  ws,
} from './frames.ts';
import { BOOK, MARKET, Y } from './samples.ts';

const { messageBytesMax } = polymarketProtocol().limits;
/** Far more than a frame of the greatest size takes (a fifth of a second to a second), far less than minutes. */
const LONG_MS = 10_000;

/** So many texts as fit into the greatest frame. */
const fill = (one: string): string =>
  Array<string>(Math.floor(messageBytesMax / (one.length + 1)) - 100)
    .fill(one)
    .join(',');
const wholeBook = (levels: string): string =>
  `{"event_type":"book","market":"${MARKET}","asset_id":"${Y}","timestamp":"${START + 5}","hash":"","asks":[],"bids":[${levels}]}`;
const changes = (entries: string): string =>
  `{"event_type":"price_change","market":"${MARKET}","timestamp":"${START + 5}","price_changes":[${entries}]}`;
const at6 = (n: number): string => (n / 1e6).toFixed(6);
/** Of prices that the finest market has, and more of them than any market. */
const LEVELS = Array.from({ length: 16_000 }, (_, n) => [at6(n + 1), '5'] as const);

/** A book whose tick is so fine that a hostile venue could fill it with a million prices. */
const FINE = { instruments: [tokenInstrument(Y, '0.0001')] };

/** That nothing of it is shown, a note tells of it, it is asked for anew, and its memory holds no levels. */
function lost(listened: Listened): void {
  expect(shown(listened)).toMatch(/^stale - \/ -$/);
  expect([bookOf(listened)?.isComplete('bids', 0), bookOf(listened)?.levels('bids', 9).length]).toEqual([
    false,
    0,
  ]);
  expect(listened.needs.map(({ kind }) => kind)).toContain('snapshot');
}

test.each([
  { what: 'zeros for levels', raw: () => wholeBook(fill('0')) },
  { what: 'empty objects for levels', raw: () => wholeBook(fill('{}')) },
  { what: 'levels of one price', raw: () => wholeBook(fill('{"price":"0.5","size":"1"}')) },
  { what: 'zeros for changes', raw: () => changes(fill('0')) },
  {
    what: 'changes of one price',
    raw: () => changes(fill(`{"asset_id":"${Y}","price":"0.5","size":"1","side":"BUY"}`)),
  },
  { what: 'messages that are none', raw: () => `[${fill('0')}]` },
  {
    what: 'small changes',
    raw: () => `[${fill(changes(`{"asset_id":"${Y}","price":"0.4","size":"1","side":"BUY"}`))}]`,
  },
])('the greatest frame with nothing but $what is read in time and leaves the book stale', ({ raw }) => {
  const listened = heard([ws(BOOK)]);
  const hostile = ws(raw(), 10);
  expect(hostile.raw.length).toBeGreaterThan(0.9 * messageBytesMax);
  const before = performance.now();
  listened.reader.read(hostile);
  expect(performance.now() - before).toBeLessThan(LONG_MS);
  lost(listened);
  const { malformed } = listened.reader.frames;
  expect(malformed + countsOf(listened).refused).toBeGreaterThan(0);
  for (const { detail } of listened.notes) expect(detail.length).toBeLessThan(500);
  listened.reader.read(ws({ ...BOOK, timestamp: String(START + 20) }, 20));
  expect(shown(listened)).toBe('live 0.5×15 / 0.52×25');
});

test.each<{ what: string; hostile: (ms: number) => Frame; words: RegExp }>([
  {
    what: 'more levels than a dollar has prices',
    hostile: (ms) => ws(book(LEVELS, []), ms),
    words: /bids: 16000 levels are more than a dollar has prices/,
  },
  {
    what: 'a price twice',
    hostile: (ms) =>
      ws(
        book(
          [
            ['0.4', '1'],
            ['0.40', '2'],
          ],
          [],
        ),
        ms,
      ),
    words: /bids: a price comes twice/,
  },
  {
    what: 'a price off the grid',
    hostile: (ms) => ws(book([['0.41234567', '1']], []), ms),
    words: /bids.0.price: not a multiple of the step/,
  },
])('a picture with $what is refused, and with it the book', ({ hostile, words }) => {
  const listened = heard([ws(BOOK), hostile(10)], { instruments: [tokenInstrument(Y, '0.001')] });
  lost(listened);
  expect(countsOf(listened).refused).toBe(1);
  expect(listened.notes).toEqual([{ kind: 'refused', detail: expect.stringMatching(words) }]);
});

test('what is no picture of a book bears no witness either, and shows nothing where it is all there is', () => {
  const twice = [
    book(
      [
        ['0.4', '1'],
        ['0.40', '2'],
      ],
      [],
    ),
  ];
  expect(shown(heard([ws(BOOK), rest('books', twice, 10, 'c1')]))).toBe('live 0.5×15 / 0.52×25');
  expect(shown(heard([polled('books', [BOOK]), polled('books', twice, 10)]))).toBe('stale - / -');
});

test('changes that fill a side level by level are followed up to what a dollar has room for', () => {
  const best = '0.012/0.9';
  const entries = LEVELS.slice(0, CONTRACT_LEVELS_MAX).map(([price]) => entry(`BUY ${price} 1 (0.01/0.9)`));
  const full = heard([ws(book([], [['0.9', '1']])), ws(change(entries, START + 1), 1)], FINE);
  expect(shown(full)).toBe('live 0.01×1 / 0.9×1');
  full.reader.read(ws(change([entry(`BUY 0.012 1 (${best})`)], START + 2), 2));
  lost(full);
  expect(countsOf(full).refused).toBe(1);
  full.reader.tick(at(3));
});
