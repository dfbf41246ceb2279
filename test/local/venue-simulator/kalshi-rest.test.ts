import { describe, expect, test } from 'vitest';
import { candleRequest, toCandles } from '../../../adapters/venues/kalshi/candlesticks.ts';
import {
  eventsPage,
  marketsPage,
  seriesRequest,
  toListings,
  toSeries,
} from '../../../adapters/venues/kalshi/catalogue.ts';
import { bookRequests, marketRequests, tradeRequest } from '../../../adapters/venues/kalshi/requests.ts';
import { parseRest } from '../../../adapters/venues/kalshi/rest.ts';
import { readExchangeStatus } from '../../../adapters/venues/kalshi/status.ts';
import type { FrameRequest } from '../../../adapters/venues/session/protocol.ts';
import { beatAt, epochMs, HOUR_MS, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { gamePlans, gameSeries } from '../../../local/venue-simulator/kalshi-series.ts';
import type { KalshiVenueOptions } from '../../../local/venue-simulator/kalshi-venue.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { openContracts } from './contract-client.ts';
import { HOURS, kalshiTrial, QUARTER_CLOSE, QUARTERS, tickersOf } from './kalshi-trial.ts';
import { START } from './sim-world.ts';

const REST = 'https://external-api.kalshi.com/trade-api/v2';
const [A = '', B = ''] = tickersOf(HOURS);
const [RUNNING = ''] = tickersOf(QUARTERS);
const GAME = fixture('nfl', { gameId: '1', startsAt: plusMs(START, 86_400_000), home: 'NE', away: 'WAS' });

const open = (options: Partial<KalshiVenueOptions> = {}) => openContracts(kalshiTrial([], options).venue);
type World = ReturnType<typeof open>;

/** What the venue's own client makes of the answer to its own request. */
const parsedBy = (world: World, requests: readonly FrameRequest[]) =>
  requests.map(({ request, channel }) =>
    parseRest({ raw: world.read(request.url), channel, url: request.url }),
  );

describe('its lists are read by the catalogue', () => {
  test('a series with its fees, and none of an unknown name', () => {
    const world = open();
    expect(toSeries(world.read(seriesRequest('KXBTC15M', REST).url))).toEqual({
      ticker: 'KXBTC15M',
      title: 'BTC price up in next 15 mins?',
      category: 'Crypto',
      frequency: 'fifteen_min',
      settlementSource: 'CF Benchmarks',
      feeType: 'quadratic',
      feeMultiplier: '1',
    });
    expect(world.ask(seriesRequest('KXNOPE', REST).url).status).toBe(404);
  });

  test('markets by status, of which those that open later have no threshold yet', () => {
    const world = open();
    const of = (status: 'open' | 'unopened' | 'settled') =>
      toListings(world.read(marketsPage({ rest: REST, series: 'KXBTC15M', status }).url)).listings;
    const facts = [...of('open'), ...of('unopened'), ...of('settled')].map(
      ({ instrument: { symbol, contract }, status, tradable }) => [
        symbol,
        status,
        tradable,
        contract?.strike,
        contract?.closesAt,
      ],
    );
    expect(facts).toEqual([
      [
        RUNNING,
        'active',
        true,
        { kind: 'greater_or_equal', floor: expect.any(String), cap: null },
        START + QUARTER_CLOSE,
      ],
      [
        tickersOf(QUARTERS, 1)[0],
        'initialized',
        false,
        { kind: 'greater_or_equal', floor: null, cap: null },
        START + QUARTER_CLOSE + 15 * MINUTE_MS,
      ],
    ]);
  });

  test('prices in tenths of a cent where the market has them', () => {
    const { listings } = toListings(open().read(marketsPage({ rest: REST, series: 'KXBTCD' }).url));
    expect(listings.map(({ instrument }) => [instrument.tickSize, instrument.priceRanges?.length])).toEqual([
      [1_000_000n, undefined],
      [100_000n, 3],
    ]);
    for (const { bestBid, bestAsk } of listings) expect(Number(bestAsk) - Number(bestBid)).toBeGreaterThan(0);
  });

  test('a game with both of its teams, by the codes of the venue', () => {
    const series = gameSeries('nfl');
    const world = open({ series: [series], plans: gamePlans(GAME) });
    const facts = toSeries(world.read(seriesRequest(series.ticker, REST).url));
    if (typeof facts === 'string') throw new Error(facts);
    const page = toListings(
      world.read(eventsPage({ rest: REST, series: series.ticker }).url),
      new Map([[series.ticker, facts]]),
    );
    expect(page.problems).toEqual([]);
    expect(page.listings.map(({ game, fees, title }) => ({ game, fees: fees?.makerBps, title }))).toEqual(
      [
        ['NE', 'New England'],
        ['WAS', 'Washington'],
      ].map(([code, name], n, teams) => ({
        game: {
          eventId: 'KXNFLGAME-26SEP22WASNE',
          league: 'nfl',
          date: '2026-09-22',
          startsAt: null,
          teams: [
            { code, name },
            { code: teams[1 - n]?.[0], name: teams[1 - n]?.[1] },
          ],
        },
        fees: '175',
        title: 'Washington at New England',
      })),
    );
  });

  test('page by page', () => {
    const world = open();
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const asked = { rest: REST, ...(cursor && { cursor }) };
      const url = marketsPage(asked).url.replace('limit=1000', 'limit=2');
      const page = toListings(world.read(url));
      pages.push(page.listings.map(({ instrument }) => instrument.symbol));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toEqual([[RUNNING, A], [B]]);
  });

  test('quotes that are up to a quarter of a minute old, and say so', () => {
    const world = open();
    const { url } = marketsPage({ rest: REST, series: 'KXBTCD' });
    const first = world.ask(url);
    world.until(14_999);
    const kept = world.ask(url);
    world.until(15_000);
    const fresh = world.ask(url);
    expect([kept.body === first.body, kept.headers['age'], fresh.body === first.body]).toEqual([
      true,
      '14',
      false,
    ]);
  });
});

describe('its answers are read by the reader', () => {
  test('markets by their tickers, with commas between them', () => {
    const [answer] = parsedBy(open(), marketRequests(REST, [A, 'KXNOPE', B]));
    expect(answer).toMatchObject({ kind: 'markets', isWhole: false });
    expect(
      answer?.kind === 'markets' && answer.markets.map(({ market }) => (market as { ticker: string }).ticker),
    ).toEqual([A, B]);
  });

  test('books by repeated parameters; what nobody knows has an empty one', () => {
    const [answer] = parsedBy(open(), bookRequests(REST, [A, `${A},${B}`]));
    if (answer?.kind !== 'orderbooks') throw new Error(answer?.kind);
    const [known, unknown] = answer.books;
    expect([known?.symbol, (known?.yes.length ?? 0) > 3, (known?.no.length ?? 0) > 3]).toEqual([
      A,
      true,
      true,
    ]);
    expect(unknown).toEqual({ symbol: `${A},${B}`, yes: [], no: [] });
  });

  test('one book, its best levels last, as deep as asked', () => {
    const world = open();
    const book = (depth: number) =>
      JSON.parse(world.read(`${REST}/markets/${A}/orderbook?depth=${depth}`)).orderbook_fp.yes_dollars;
    expect(book(2)).toEqual(book(0).slice(-2));
  });

  test('trades, newest first, with the ids of the stream', () => {
    const world = open();
    world.until(60_000);
    const [answer] = parsedBy(world, [tradeRequest(REST, A, plusMs(START, 30_000))]);
    if (answer?.kind !== 'trades') throw new Error(answer?.kind);
    const times = answer.trades.map(({ ts }) => Date.parse(String(ts)));
    expect(times.length).toBeGreaterThan(20);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(START + 30_000);
  });

  test.each(['/exchange/schedule', '/series/fee_changes', '/events/fee_changes'])('%s is known', (path) => {
    const raw = open().read(`${REST}${path}`);
    expect(parseRest({ raw, channel: 'rest:x' }).kind).toBe('not_modelled');
  });

  test('the exchange that trades, and one that is paused', () => {
    const world = open({ faults: [{ kind: 'paused', atMs: 1_000, forMs: 1_000 }] });
    const status = () => readExchangeStatus(world.ask(`${REST}/exchange/status`));
    const said = [status()];
    world.until(1_000);
    said.push(status());
    world.until(2_000);
    expect([...said, status()]).toEqual([null, 'trading is paused', null]);
  });
});

test('bars are those of the trades; a past is made up from the opening on, and not before', () => {
  const world = open();
  world.until(5 * MINUTE_MS);
  const now = plusMs(START, 5 * MINUTE_MS);
  const query = {
    rest: REST,
    symbols: [A, B],
    interval: '1m',
    from: plusMs(START, -120 * MINUTE_MS),
    to: now,
  } as const;
  const { candles, problems } = toCandles(world.read(candleRequest(query).url), '1m', now);
  expect(problems).toEqual([]);
  const traded = new Map<number, number>();
  for (const { at, lots } of world.venue.floor.market(A)?.trades(1_000) ?? []) {
    const minute = at - (at % MINUTE_MS);
    traded.set(minute, (traded.get(minute) ?? 0) + lots);
  }
  const bars = (candles.get(A) ?? []).filter(({ complete }) => complete);
  expect(bars[0]?.start).toBe(beatAt(START, HOUR_MS));
  const since = bars.filter(({ start }) => start >= beatAt(START, MINUTE_MS));
  expect(since.map(({ start, volume }) => [start, Number(volume) / 1e6])).toEqual(
    [...traded].filter(([start]) => start + MINUTE_MS <= now),
  );
});

test('too many requests are refused, and nothing is said of when to come back', () => {
  const world = open();
  const answers = Array.from({ length: 61 }, () => world.ask(`${REST}/exchange/status`));
  const last = answers.at(-1);
  expect([answers.at(-2)?.status, last?.status, last?.headers['retry-after']]).toEqual([200, 429, undefined]);
  expect(parseRest({ raw: last?.body ?? '', channel: 'rest:x' })).toMatchObject({
    kind: 'venue_error',
    detail: 'too_many_requests: too many requests',
  });
});

test('what was just created is not found for two seconds', () => {
  const world = open();
  const [later = ''] = tickersOf(QUARTERS, 2);
  world.until(QUARTER_CLOSE + 1_000);
  const path = `${REST}/markets/${later}`;
  expect(world.ask(path).status).toBe(404);
  world.until(QUARTER_CLOSE + 2 * SECOND_MS);
  expect(JSON.parse(world.read(path)).market).toMatchObject({ ticker: later, status: 'initialized' });
});

test('a settled market says what it paid, and is gone half an hour later', () => {
  const world = open();
  const path = `${REST}/markets/${RUNNING}`;
  world.until(QUARTER_CLOSE + 13_000);
  expect(JSON.parse(world.read(path)).market).toMatchObject({
    status: 'finalized',
    result: 'no',
    settlement_value_dollars: '0.0000',
    settlement_ts: new Date(epochMs(START + QUARTER_CLOSE + 12_000)).toISOString().replace('.000', ''),
    expiration_value: expect.stringMatching(/^\d+\.\d\d$/),
  });
  world.until(QUARTER_CLOSE + 31 * MINUTE_MS);
  expect(world.ask(path).status).toBe(404);
});
