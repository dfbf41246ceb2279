import { expect, test } from 'vitest';
import {
  fillFromText,
  quickTicker,
  quickUpdate,
} from '../../../../adapters/venues/coinbase/exchange-quick.ts';
import { fillFromUpdate, LevelMessage } from '../../../../adapters/venues/coinbase/mapper.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { bookGrid } from '../../../../core/market/grid.ts';

const TICKER =
  '{"type":"ticker","sequence":51,"product_id":"BTC-USD","price":"64250.10","open_24h":"63100.00","volume_24h":"15328.12","low_24h":"62950.00","high_24h":"64800.00","volume_30d":"450000.1","best_bid":"64250.00","best_bid_size":"1.25","best_ask":"64250.01","best_ask_size":"0.40","side":"buy","time":"2026-09-21T14:13:22.789012Z","trade_id":995098700,"last_size":"0.0015"}';
const UPDATE =
  '{"type":"l2update","product_id":"BTC-USD","time":"2026-09-21T14:13:22.450000Z","changes":[["buy","64249.00","0.16"],["sell","64251.00","0"],["sell","7","123456789.00000001"]]}';
const GRIDS = { ticks: bookGrid(price('0.01')), lots: bookGrid(quantity('0.00000001')) };

test('a ticker in the usual layout is what JSON reads of it', () => {
  const { product_id, best_bid, best_ask } = JSON.parse(TICKER);
  expect(quickTicker(TICKER)).toEqual({ product_id, best_bid, best_ask });
});

test.each([
  UPDATE,
  UPDATE.replace(',["sell","64251.00","0"],["sell","7","123456789.00000001"]', ''),
  UPDATE.replace('"0.16"', '"0.000000001"'), // finer than the lot
  UPDATE.replace('"64249.00"', '"0"'), // no price
  UPDATE.replace('"7"', '"99999999999999999999"'), // too far away to be counted, so that it is left out
])('an update in the usual layout fills the levels that JSON and its schema fill: %s', (text) => {
  const [quick, careful] = [new LevelMessage(), new LevelMessage()];
  const update = quickUpdate(text);
  const parsed = JSON.parse(text);
  if (update === undefined) throw new Error('not read');
  expect([update.product_id, update.time]).toEqual([parsed.product_id, parsed.time]);
  expect(fillFromText(quick, update, GRIDS)).toEqual(fillFromUpdate(careful, parsed, GRIDS));
  expect(quick).toEqual(careful);
});

test.each([
  ['one field less', TICKER.replace('"open_24h":"63100.00",', '')],
  ['one field more', TICKER.replace('"side"', '"taker":"x","side"')],
  ['an empty price', TICKER.replace('"64250.00"', '""')],
  ['a price that is no text', TICKER.replace('"64250.00"', '64250')],
  ['an escaped letter', TICKER.replace('BTC-USD', 'BTC\\u002dUSD')],
  ['a number that JSON does not know', TICKER.replace(':51,', ':051,')],
  ['a second message behind it', TICKER + TICKER],
  ['a line behind it', `${TICKER}\n`],
  ['an end that is missing', TICKER.slice(0, -1)],
  ['no change', UPDATE.replace(/\[\[.*\]\]/, '[]')],
  ['a side that is none', UPDATE.replace('"buy"', '"bid"')],
  ['a change without a size', UPDATE.replace(',"0.16"', '')],
  ['a size below zero', UPDATE.replace('"0.16"', '"-0.16"')],
  ['a comma too many', UPDATE.replace('"]]', '"],]')],
  ['another order of fields', '{"type":"l2update","changes":[],"product_id":"BTC-USD","time":""}'],
  ['very many changes', UPDATE.replace('[["buy"', `[${'["buy","1","1"],'.repeat(2_000)}["buy"`)],
  ['nothing', ''],
])('%s is left to JSON', (_, text) => {
  expect([quickTicker(text), quickUpdate(text)]).toEqual([undefined, undefined]);
});
