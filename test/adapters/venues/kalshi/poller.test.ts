import { expect, test } from 'vitest';
import { KalshiPoller } from '../../../../adapters/venues/kalshi/poller.ts';
import { epochMs } from '../../../../core/time.ts';

const REST = 'https://host/trade-api/v2';
const START = 1_790_462_800_000;
const symbolsOf = (length: number): string[] => Array.from({ length }, (_, n) => `KXM-${n}`);

const rounds = (poller: KalshiPoller, symbols: readonly string[], count: number, everyMs = 4_000) =>
  Array.from({ length: count }, (_, n) =>
    poller.round(symbols, epochMs(START + n * everyMs)).map(({ request }) => request.url.slice(REST.length)),
  );

test('asks for books each round, for trades from where it left off, and for the status now and then', () => {
  const [first, second, third, , , sixth] = rounds(new KalshiPoller(REST, 4_000), ['KXM-0'], 6);
  const trades = (at: number) => `/markets/trades?ticker=KXM-0&min_ts=${at}&limit=1000`;
  const books = '/markets/orderbooks?tickers=KXM-0';
  expect(first).toEqual([books, '/markets?limit=1000&tickers=KXM-0', trades(1_790_462_790)]); // 10 s back
  expect(second).toEqual([books]); // trades at least 5 s apart
  expect(third).toEqual([books, trades(1_790_462_790)]);
  expect(sixth?.slice(0, 2)).toEqual([books, '/markets?limit=1000&tickers=KXM-0']); // after 20 s
});

test('names the market that an answer of trades is about', () => {
  const requests = new KalshiPoller(REST, 4_000).round(['KXM-0'], epochMs(START));
  expect(requests.map(({ channel, symbols }) => [channel, symbols])).toEqual([
    ['rest:orderbooks', ['KXM-0']],
    ['rest:markets', ['KXM-0']],
    ['rest:trades:KXM-0', ['KXM-0']],
  ]);
});

test('takes turns with the trades of many markets, never more than two requests a second', () => {
  const asked = rounds(new KalshiPoller(REST, 4_000), symbolsOf(20), 4);
  expect(asked.every((urls) => urls.length <= 8)).toBe(true);
  const trades = asked.flat().filter((url) => url.startsWith('/markets/trades'));
  expect(new Set(trades.map((url) => url.split('&')[0])).size).toBe(20); // 6 + 7 + 7 in three rounds
});

test('takes turns with the books, too, where they alone are too many', () => {
  const symbols = symbolsOf(1_000);
  const asked = rounds(new KalshiPoller(REST, 4_000), symbols, 2);
  expect(asked.every((urls) => urls.length <= 8)).toBe(true);
  const books = asked.flat().filter((url) => url.startsWith('/markets/orderbooks'));
  const seen = new Set(books.flatMap((url) => url.match(/KXM-\d+/g) ?? []));
  expect(seen.size).toBe(1_000);
});

test('goes back no further than a minute after a pause', () => {
  const poller = new KalshiPoller(REST, 4_000);
  poller.round(['KXM-0'], epochMs(START));
  const later = poller.round(['KXM-0'], epochMs(START + 3_600_000));
  expect(later.at(-1)?.request.url).toContain(`min_ts=${1_790_462_800 + 3_600 - 60 - 10}&`);
});

test('asks for nothing where nothing is followed, and forgets who is not', () => {
  const poller = new KalshiPoller(REST, 4_000);
  expect(poller.round([], epochMs(START))).toEqual([]);
  const since = (symbol: string, ms: number) =>
    poller
      .round([symbol], epochMs(START + ms))
      .at(-1)
      ?.request.url.split('min_ts=')[1];
  expect(since('KXM-0', 0)).toBe('1790462790&limit=1000');
  since('KXM-1', 4_000);
  since('KXM-1', 8_000);
  expect(since('KXM-0', 12_000)).toBe('1790462802&limit=1000'); // anew: 12 s - 10 s
});
