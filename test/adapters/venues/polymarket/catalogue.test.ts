import { expect, test } from 'vitest';
import {
  eventRequest,
  listingsRequest,
  marketRequest,
  searchRequest,
  toListings,
} from '../../../../adapters/venues/polymarket/catalogue.ts';
import { parseRollingSlug, rollingMarkets } from '../../../../adapters/venues/polymarket/rolling.ts';
import { ONE, price, quantity } from '../../../../core/amounts.ts';
import { epochMs, isoTime } from '../../../../core/time.ts';
import { GAMMA_MARKET, N, Y } from './samples.ts';

const page = (...markets: readonly object[]) => toListings(JSON.stringify({ markets }));
const first = (more: object) => page({ ...GAMMA_MARKET, ...more }).listings[0];

test('a market of the catalogue is one listing for each outcome', () => {
  const { listings, next, problems } = page({
    ...GAMMA_MARKET,
    volume24hr: 1057192.140909,
    bestBid: 0.5,
    bestAsk: 0.51,
    events: [{ id: '7', slug: 'btc-5m', title: 'Bitcoin', series: [{ slug: 'btc-up-or-down-5m' }] }],
  });
  expect([listings.length, next, problems]).toEqual([2, null, []]);
  expect(listings[0]).toEqual({
    instrument: {
      id: `polymarket:${Y}`,
      venue: 'polymarket',
      symbol: Y,
      baseAsset: Y,
      quoteAsset: 'pUSD',
      tickSize: price('0.01'),
      lotSize: quantity('0.001'),
      quantityMin: quantity('5'),
      quantityMax: quantity('1000000000000'),
      notionalMin: 0n,
      priceMin: price('0.01'),
      priceMax: price('0.99'),
      contract: {
        event: 'btc-5m',
        title: 'Bitcoin Up or Down - March 12, 5:20AM-5:25AM ET',
        outcome: 'Up',
        opposite: N,
        series: 'btc-updown-5m',
        opensAt: Date.UTC(2026, 2, 12, 9, 20),
        closesAt: Date.UTC(2026, 2, 12, 9, 25),
        strike: null,
        settlementSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
      },
    },
    tradable: true,
    status: 'active',
    title: 'Bitcoin Up or Down - March 12, 5:20AM-5:25AM ET (Up)',
    volume24h: '1057192.140909',
    bestBid: '0.5',
    bestAsk: '0.51',
    depth: null,
    fees: {
      model: 'quadratic',
      makerBps: '0',
      takerBps: '700',
      detail: 'crypto_fees_v2, rate 0.07, exponent 1, rebate of makers 0.2',
    },
    game: null,
  });
  expect(listings[1]).toMatchObject({
    instrument: { symbol: N, contract: { outcome: 'Down', opposite: Y } },
    title: 'Bitcoin Up or Down - March 12, 5:20AM-5:25AM ET (Down)',
    // What is left of the dollar.
    bestBid: '0.49',
    bestAsk: '0.5',
  });
});

test('a side without orders has no best price', () => {
  expect([first({ bestBid: 0, bestAsk: 1 })?.bestBid, first({ bestBid: 0, bestAsk: 1 })?.bestAsk]).toEqual([
    null,
    null,
  ]);
  const [, no] = page({ ...GAMMA_MARKET, bestBid: 0, bestAsk: 0.4 }).listings;
  expect([no?.bestBid, no?.bestAsk]).toEqual(['0.6', null]);
});

test('the version decides which ids trade, even where both are there', () => {
  const positions = ['111', '222'];
  const symbols = (more: object) =>
    page({ ...GAMMA_MARKET, ...more }).listings.map(({ instrument }) => instrument.symbol);
  expect(symbols({ positionIds: positions })).toEqual([Y, N]);
  expect(symbols({ version: undefined, positionIds: positions })).toEqual([Y, N]);
  expect(symbols({ version: 'v2', positionIds: positions })).toEqual(positions);
  expect(symbols({ version: 'v2', positionIds: JSON.stringify(positions) })).toEqual(positions);
});

test.each([
  [{ version: 'v3' }, "version: only v1 and v2 are understood, not 'v3'"],
  [{ version: 'v2' }, 'positionIds: empty, the market has no order book yet'],
  [{ clobTokenIds: '' }, 'clobTokenIds: empty, the market has no order book yet'],
  [{ clobTokenIds: '["1"' }, 'clobTokenIds: not JSON'],
  [{ clobTokenIds: '[1, 2]' }, "clobTokenIds: expected a list of texts, not '[1, 2]'"],
  [{ clobTokenIds: '["0x1", "2"]' }, "clobTokenIds: no token id, '0x1'"],
  [{ outcomes: '["Yes"]' }, 'outcomes: 1 of them, but 2 tokens'],
  [{ conditionId: '0x12' }, "conditionId: no condition id, '0x12'"],
  [{ orderPriceMinTickSize: null }, 'tick: missing or no decimal'],
  [{ active: 'yes' }, 'active: Invalid input: expected boolean, received string'],
])('a market with %j is a problem: %s', (more, problem) => {
  expect(page({ ...GAMMA_MARKET, ...more }, GAMMA_MARKET)).toMatchObject({
    listings: [{}, {}],
    problems: [`btc-updown-5m-1773307200: ${problem}`],
  });
});

test.each([
  [{ feesEnabled: false }, { makerBps: '0', takerBps: '0', detail: 'crypto_fees_v2' }],
  [{ feeSchedule: null }, null],
  [{ feeSchedule: { rate: 0.25, exponent: 2, takerOnly: true } }, { makerBps: '0', takerBps: null }],
  [{ feeSchedule: { rate: 0.05, exponent: 1, takerOnly: false } }, { makerBps: '500', takerBps: '500' }],
])('fees of %j', (more, fees) => {
  if (fees === null) expect(first(more)?.fees).toBeNull();
  else expect(first(more)?.fees).toMatchObject(fees);
});

const GAME = {
  slug: 'nfl-lac-buf-2026-01-26',
  question: 'Chargers vs. Bills',
  outcomes: '["Chargers", "Bills"]',
  sportsMarketType: 'moneyline',
  gameStartTime: '2026-01-26 18:25:00+00',
  eventStartTime: null,
};

test('a market on who wins a game names the game by its teams and start', () => {
  expect(first(GAME)?.game).toEqual({
    eventId: 'nfl-lac-buf-2026-01-26',
    league: 'nfl',
    teams: [
      { code: null, name: 'Chargers' },
      { code: null, name: 'Bills' },
    ],
    date: null,
    startsAt: Date.UTC(2026, 0, 26, 18, 25),
  });
});

test('of each token of such a market the team whose win pays it is first', () => {
  const { listings } = page({ ...GAMMA_MARKET, ...GAME });
  expect(listings.map(({ game }) => game?.teams.map(({ name }) => name))).toEqual([
    ['Chargers', 'Bills'],
    ['Bills', 'Chargers'],
  ]);
});

test.each([
  ['a spread', { sportsMarketType: 'spreads', line: -3.5 }],
  ['another sport', { slug: 'atp-djokovic-musetti-2026-01-26' }],
  ['three outcomes', { outcomes: '["A","Draw","B"]', clobTokenIds: '["1","2","3"]' }],
])('%s is no game that can be joined', (_what, more) => {
  expect(first({ ...GAME, ...more })?.game).toBeNull();
});

test('a line is the strike of its market', () => {
  const strike = first({ ...GAME, sportsMarketType: 'spreads', line: -3.5 })?.instrument.contract?.strike;
  expect(strike).toEqual({ kind: 'spreads', floor: '-3.5', cap: null });
});

test('outcomes of a market with more than two have no opposite and no mirrored price', () => {
  const { listings } = page({
    ...GAMMA_MARKET,
    outcomes: '["A","B","C"]',
    clobTokenIds: '["1","2","3"]',
    bestBid: 0.4,
  });
  expect(listings.map(({ instrument, bestBid }) => [instrument.contract?.opposite, bestBid])).toEqual([
    [null, '0.4'],
    [null, null],
    [null, null],
  ]);
});

test.each([
  ['a page of markets', { markets: [GAMMA_MARKET], next_cursor: 'abc' }, 'abc'],
  ['the last page', { markets: [GAMMA_MARKET], next_cursor: 'LTE=' }, null],
  ['a bare list', [GAMMA_MARKET], null],
  ['one market', GAMMA_MARKET, null],
  ['one event', { id: '7', slug: 'the-event', markets: [GAMMA_MARKET] }, null],
  ['a page of events', { events: [{ slug: 'the-event', markets: [GAMMA_MARKET] }], next_cursor: 'd' }, 'd'],
])('%s is read', (_what, answer, next) => {
  expect(toListings(JSON.stringify(answer))).toMatchObject({ listings: [{}, {}], next, problems: [] });
});

test('a market inside an event is one of that event', () => {
  const event = {
    slug: 'the-event',
    title: 'The event',
    seriesSlug: 'its-series',
    markets: [{ ...GAMMA_MARKET, slug: 'm' }],
  };
  const [listing] = toListings(JSON.stringify(event)).listings;
  expect(listing?.instrument.contract).toMatchObject({ event: 'the-event', series: 'its-series' });
});

test.each(['', '{', '5', '{"type":"validation error"}', '<html>'])(
  '%j holds no markets and does not throw',
  (text) => {
    expect(toListings(text)).toEqual({ listings: [], next: null, problems: [`no markets: ${text}`] });
  },
);

test('the catalogue is asked by page, by name, and by words', () => {
  expect(listingsRequest().url).toBe(
    'https://gamma-api.polymarket.com/markets/keyset?limit=100&active=true&closed=false&order=volume24hr&ascending=false',
  );
  expect(listingsRequest('a=b').url).toContain('&after_cursor=a%3Db');
  expect(marketRequest('m', 'http://127.0.0.1:8').url).toBe('http://127.0.0.1:8/markets/slug/m');
  expect(eventRequest('e').url).toBe('https://gamma-api.polymarket.com/events/slug/e');
  expect(searchRequest('fed july').url).toContain('/public-search?q=fed%20july&');
});

test.each([
  ['btc-updown-5m', '2026-03-12T09:20:00.000Z', 'btc-updown-5m-1773307200', 'btc-updown-5m-1773307500'],
  ['btc-updown-5m', '2026-03-12T09:24:59.999Z', 'btc-updown-5m-1773307200', 'btc-updown-5m-1773307500'],
  ['eth-updown-15m', '2026-03-12T09:24:59.999Z', 'eth-updown-15m-1773306900', 'eth-updown-15m-1773307800'],
])('%s at %s is %s, then %s', (series, time, current, next) => {
  const now = epochMs(Date.parse(time));
  expect(isoTime(now)).toBe(time);
  const markets = rollingMarkets(series, now);
  expect(markets?.map(({ slug }) => slug)).toEqual([current, next]);
  expect(markets?.[0].endsAt).toBe(markets?.[1].startsAt);
  expect(markets?.map(({ slug }) => parseRollingSlug(slug))).toEqual(markets);
});

test('other series do not roll, and a start between two markets is none', () => {
  expect(rollingMarkets('btc-updown-4h', epochMs(0))).toBeUndefined();
  // 09:15 is a quarter of an hour, 09:20 is not.
  expect(parseRollingSlug('btc-updown-15m-1773306900')).toMatchObject({ endsAt: 1_773_307_800_000 });
  expect(parseRollingSlug('btc-updown-15m-1773307200')).toBeUndefined();
  const others = ['btc-updown-5m-1773307201', 'btc-updown-4h-1773307200', 'btc-updown-5m', 'fed-1773307200'];
  expect(others.map(parseRollingSlug)).toEqual([undefined, undefined, undefined, undefined]);
});

test('every dollar of a market is shared by its outcomes: prices stop one tick before', () => {
  const { instrument } = first({ orderPriceMinTickSize: 0.0025 }) ?? {};
  expect(instrument && instrument.priceMin + instrument.priceMax).toBe(ONE);
});
