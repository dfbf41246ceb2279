import { expect, test } from 'vitest';
import { bookHash } from '../../../../adapters/venues/polymarket/book-hash.ts';
import { FoldedBook } from '../../../../adapters/venues/polymarket/folded-book.ts';
import { HashCheck, type HashFacts } from '../../../../adapters/venues/polymarket/hash-check.ts';
import { complementOf, LastPrices, spellings } from '../../../../adapters/venues/polymarket/last-prices.ts';
import { toPicture } from '../../../../adapters/venues/polymarket/mapper.ts';
import { bookGrid } from '../../../../core/market/grid.ts';
import { epochMs } from '../../../../core/time.ts';
import { tokenInstrument } from './frames.ts';
import { HASH, HASHED_BOOK } from './samples.ts';

const INSTRUMENT = tokenInstrument('1');
const GRIDS = { ticks: bookGrid(INSTRUMENT.tickSize), lots: bookGrid(INSTRUMENT.lotSize) };

function folded(): FoldedBook {
  const picture = toPicture(HASHED_BOOK, GRIDS, epochMs(Number(HASHED_BOOK.timestamp)));
  if (!('bids' in picture)) throw new Error(picture.detail);
  const book = new FoldedBook(INSTRUMENT);
  book.load(picture);
  return book;
}

const known = (): HashFacts => ({ minOrderSize: '5', tickSize: '0.01', negRisk: false });
const mark = (hash = HASH) => ({
  market: '0x1',
  stamp: HASHED_BOOK.timestamp,
  occurredAt: null,
  at: null,
  hash,
});
const ALONE = { hints: [], isWhole: false };

function prices(...texts: readonly string[]): LastPrices {
  const last = new LastPrices();
  for (const text of texts) last.see(text);
  return last;
}

/** The hash of the book had its market's newest print been at another price. */
const hashWith = (lastPrice: string, negRisk = false): string => {
  const book = folded();
  const [bids, asks] = [book.sideText('bids'), book.sideText('asks')];
  const parts = {
    market: '0x1',
    asset: '1',
    stamp: HASHED_BOOK.timestamp,
    minOrderSize: '5',
    tickSize: '0.01',
  };
  return bookHash({ ...parts, bids, asks, negRisk, lastPrice });
};

test('the sample of the hash is reproduced', () => {
  expect(hashWith('0.5')).toBe(HASH);
});

test.each([
  ['the newest print', prices('0.4', '0.5'), []],
  ['the print before it', prices('0.5', '0.4'), []],
  ['the price of the change itself', prices('0.4'), ['0.5']],
  ['a price with other decimals', prices('0.500'), []],
])('the hash is tried with %s', (_which, last, hints) => {
  const check = new HashCheck('1', known());
  expect(check.check(folded(), mark(), last, { hints, isWhole: false })).toBe('agrees');
  expect(check.isTrusted).toBe(true);
});

test('a print on the other token has the rest of the dollar', () => {
  expect([complementOf('0.83'), complementOf('none')]).toEqual(['0.17', 'none']);
  const check = new HashCheck('1', known());
  expect(
    check.check(folded(), mark(hashWith('0.830')), prices('0.4'), { hints: ['0.17'], isWhole: false }),
  ).toBe('agrees');
});

test.each([
  ['0.83', ['0.83', '0.830', '0.83']],
  ['0.830', ['0.830', '0.830', '0.83']],
  ['1', ['1', '1.000', '1']],
  ['none', ['none']],
])('%s may be written %j', (text, expected) => {
  expect(spellings(text)).toEqual(expected);
});

test('a market without a print has its hash, too', () => {
  const check = new HashCheck('1', known());
  expect(check.check(folded(), mark(hashWith('')), prices(), ALONE)).toBe('agrees');
});

test('nothing is said without a hash or without a tick', () => {
  const check = new HashCheck('1', { ...known(), tickSize: undefined });
  expect(check.check(folded(), mark(), prices('0.5'), ALONE)).toBe('unknown');
  expect(new HashCheck('1', known()).check(folded(), mark(''), prices('0.5'), ALONE)).toBe('unknown');
});

test('what is not known is guessed, and learned when the guess fits', () => {
  const facts: HashFacts = { minOrderSize: undefined, tickSize: '0.01', negRisk: undefined };
  const check = new HashCheck('1', facts);
  expect(check.check(folded(), mark('other'), prices('0.5'), ALONE)).toBe('unknown');
  expect(check.check(folded(), mark(hashWith('0.5', true)), prices('0.5'), ALONE)).toBe('agrees');
  expect(facts).toEqual({ minOrderSize: '5', tickSize: '0.01', negRisk: true });
});

test('a hash that never agrees is not tried for ever, but with every whole book', () => {
  const check = new HashCheck('1', known());
  const verdicts = Array.from({ length: 25 }, () =>
    check.check(folded(), mark('other'), prices('0.5'), ALONE),
  );
  expect(verdicts.filter((one) => one === 'differs')).toHaveLength(20);
  expect(verdicts.at(-1)).toBe('unknown');
  expect(check.check(folded(), mark(), prices('0.5'), { hints: [], isWhole: true })).toBe('agrees');
});

test('a hash that agreed and then differs again and again proves nothing any more', () => {
  const check = new HashCheck('1', known());
  check.check(folded(), mark(), prices('0.5'), ALONE);
  const verdicts = Array.from({ length: 6 }, () =>
    check.check(folded(), mark('other'), prices('0.5'), ALONE),
  );
  expect(verdicts).toEqual([...Array(5).fill('differs'), 'unknown']);
});
