import { expect, test } from 'vitest';
import { SharedBooks } from '../../../../adapters/venues/coinbase/shared-books.ts';

test.each([
  { symbol: 'BTC-USDC', book: 'BTC-USD' },
  { symbol: 'BTC-USD', book: 'BTC-USD' },
  { symbol: 'USDT-USDC', book: 'USDT-USDC' },
  { symbol: 'EURC-USDC', book: 'EURC-USDC' },
  { symbol: 'USDC-EUR', book: 'USDC-EUR' },
])('before a list is read, $symbol shows the book of $book', ({ symbol, book }) => {
  expect(new SharedBooks().bookOf(symbol)).toBe(book);
});

test('a message about either product of a shared book is about both symbols', () => {
  const shared = new SharedBooks();
  expect(shared.symbolsOf('BTC-USD')).toEqual(['BTC-USD', 'BTC-USDC']);
  expect(shared.symbolsOf('BTC-USDC')).toEqual(['BTC-USD', 'BTC-USDC']);
  expect(shared.symbolsOf('BTC-EUR')).toEqual(['BTC-EUR']);
});

test('the product list overrules the rule in both directions', () => {
  const shared = new SharedBooks();
  expect(shared.symbolsOf('NEW-USD')).toEqual(['NEW-USD', 'NEW-USDC']);
  shared.learn('NEW-USDC', '');
  shared.learn('BTC-EURC', 'BTC-EUR');
  expect(shared.symbolsOf('NEW-USD')).toEqual(['NEW-USD']);
  expect(shared.symbolsOf('NEW-USDC')).toEqual(['NEW-USDC']);
  expect(shared.symbolsOf('BTC-EUR')).toEqual(['BTC-EUR', 'BTC-EURC']);
  shared.learn('NEW-USDC', 'NEW-USD');
  expect(shared.symbolsOf('NEW-USD')).toEqual(['NEW-USD', 'NEW-USDC']);
});
