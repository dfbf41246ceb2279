import { describe, expect, test } from 'vitest';
import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { deckleEvent } from '../../core/events.ts';
import { MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { gameOf } from '../core/market/sample-games.ts';
import { asset, at, NOON } from '../core/universe/listings.ts';
import {
  binanceSymbol,
  coinbaseProduct,
  kalshiQuarter,
  ListingPeer,
  mexcSymbol,
  polymarketQuarter,
  tokensOf,
} from '../support/listing-peer.ts';
import { universeFunction } from '../support/universe-function.ts';
import { configWith, openUniverse } from './universe-world.ts';

const MAJORS = { name: 'majors', venue: 'binance', symbols: ['*USDT'], volume24hMin: 1_000 };
const MEXC = { ...MAJORS, venue: 'mexc' };
const ROLLING = { name: 'btc', venue: 'kalshi', series: ['KXBTC15M'], rolling: true };
const quarters = (from: number, through: number) =>
  Array.from({ length: through - from + 1 }, (_, n) =>
    kalshiQuarter(plusMs(NOON, (from + n) * 15 * MINUTE_MS)),
  );
const nameAt = (n: number): string => kalshiQuarter(plusMs(NOON, n * 15 * MINUTE_MS)).name;

describe('a universe by its rules', () => {
  test('what is listed comes, what falls below a bound goes, and each change is told once with its reasons', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT'), binanceSymbol('ETHUSDT'), binanceSymbol('ETHBTC'));
    await world.look(0);
    expect(await world.members()).toEqual(['BTCUSDT', 'ETHUSDT']);
    const [first, ...none] = await world.news();
    expect(none).toEqual([]);
    expect(deckleEvent.safeParse(first).error).toBeUndefined();
    const because = 'majors: 24 h volume 1000000.00, spread 2.00 bps, depth 2000.00';
    expect(first).toEqual({
      type: 'universe.changed',
      version: 1,
      id: 'universe.changed/main/1',
      at: NOON,
      feedId: 'main',
      added: ['BTC', 'ETH'].map((coin) => ({ instrumentId: `binance:${coin}USDT`, reason: because })),
      removed: [],
      size: 2,
    });

    world.peer.binance.splice(
      1,
      1,
      binanceSymbol('ETHUSDT', { quoteVolume: '899' }),
      binanceSymbol('OAKUSDT'),
    );
    await world.look(15);
    expect(await world.members()).toEqual(['BTCUSDT', 'OAKUSDT']);
    expect(await world.news()).toMatchObject([
      {
        id: 'universe.changed/main/2',
        at: at(15),
        added: [{ instrumentId: 'binance:OAKUSDT', reason: because }],
        removed: [
          {
            instrumentId: 'binance:ETHUSDT',
            reason:
              'majors: volume_low, 24 h volume 899.0000; at least 1000, a tenth of which is forgiven, is wanted',
          },
        ],
        size: 2,
      },
    ]);
  });

  test('a look that changes nothing tells nothing, and stores rules that changed', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(0);
    await world.look(15);
    expect(await world.news()).toHaveLength(1);
    const [stored] = await world.items('FEED#main');
    world.peer.binance.splice(
      0,
      1,
      binanceSymbol(
        'BTCUSDT',
        {},
        {
          filters: [
            { filterType: 'PRICE_FILTER', minPrice: '0.1', maxPrice: '1000000', tickSize: '0.1' },
            { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
            { filterType: 'NOTIONAL', minNotional: '5' },
          ],
        },
      ),
    );
    await world.look(30);
    expect(await world.news()).toEqual([]);
    expect((await world.items('FEED#main'))[0]).not.toEqual(stored);
  });

  test('markets that roll are followed to the next, quarter by quarter', async () => {
    const world = openUniverse(configWith([ROLLING]));
    world.peer.kalshi.push(...quarters(-1, 8));
    const seen: (readonly string[])[] = [];
    for (const minute of [0, 15, 30]) {
      await world.look(minute);
      seen.push(await world.members());
    }
    expect(seen).toEqual([
      [nameAt(0), nameAt(1)],
      [nameAt(1), nameAt(2)],
      [nameAt(2), nameAt(3)],
    ]);
    const news = await world.news();
    expect(news.map(({ added, removed }) => [added.length, removed.length])).toEqual([
      [2, 0],
      [1, 1],
      [1, 1],
    ]);
    expect(news[1]?.removed).toEqual([
      {
        instrumentId: `kalshi:${nameAt(0)}`,
        reason: 'btc: expired, trading ended at 2026-11-21T12:15:00.000Z',
      },
    ]);
  });

  test('a series that lists its next market only when it opens is looked for at the roll, however rarely all is looked at', async () => {
    const config = configWith([ROLLING], { universe: { refreshMinutes: 60, rules: [ROLLING] } });
    const world = openUniverse(config);
    const looked: number[] = [];
    const live: number[] = [];
    for (let minute = 0; minute < 60; minute += 5) {
      world.peer.kalshi.splice(0, 9, ...quarters(Math.floor(minute / 15), Math.floor(minute / 15)));
      if ((await world.look(minute)) !== undefined) looked.push(minute);
      if ((await world.members()).includes(nameAt(Math.floor(minute / 15)))) live.push(minute);
    }
    // Before each end, for the next one may be there already, and at each end.
    expect(looked).toEqual([0, 10, 15, 25, 30, 40, 45, 55]);
    expect(live).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
  });

  test('a series that ends for good is looked for until the usual time has passed, then as rarely as all', async () => {
    const world = openUniverse(configWith([ROLLING], { universe: { refreshMinutes: 60, rules: [ROLLING] } }));
    world.peer.kalshi.push(...quarters(0, 0));
    const looked: number[] = [];
    for (let minute = 0; minute <= 180; minute += 5)
      if ((await world.look(minute)) !== undefined) looked.push(minute);
    const sought = Array.from({ length: 14 }, (_, n) => 10 + 5 * n).filter((minute) => minute < 75);
    // Gone at 15; the last look for it is at 70, and the usual one an hour later.
    expect(looked).toEqual([0, ...sought, 130]);
  });

  test('of all five venues at once, each by its own rule', async () => {
    const world = openUniverse(
      configWith([
        { name: 'binance', venue: 'binance', symbols: ['BTCUSDT'] },
        { name: 'coinbase', venue: 'coinbase', symbols: ['*-USD'] },
        { name: 'mexc', venue: 'mexc', symbols: ['*USDT'], limit: 1 },
        { name: 'kalshi', venue: 'kalshi', series: ['KXBTC15M'], rolling: true },
        { name: 'polymarket', venue: 'polymarket', series: ['btc-updown-15m'], rolling: true, limit: 2 },
      ]),
    );
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    world.peer.coinbase.push(coinbaseProduct('BTC-USD'), coinbaseProduct('BTC-EUR'));
    world.peer.mexc.push(mexcSymbol('BTCUSDT'), mexcSymbol('OAKUSDT', { quoteVolume: '5' }));
    world.peer.kalshi.push(...quarters(0, 1));
    const market = polymarketQuarter(NOON);
    world.peer.polymarket.push(market);
    const findings = await world.look(0);
    expect(await world.members()).toEqual([
      'BTCUSDT',
      'BTC-USD',
      nameAt(0),
      nameAt(1),
      'BTCUSDT',
      ...tokensOf(market),
    ]);
    expect(findings?.rules.map(({ rule, listed, members }) => [rule, listed, members])).toEqual([
      ['binance', 1, 1],
      ['coinbase', 1, 1],
      ['mexc', 2, 1],
      ['kalshi', 2, 2],
      ['polymarket', 2, 2],
    ]);
    expect(findings?.catalogues.map(({ venue, query, state }) => [venue, query, state])).toEqual([
      ['binance', 'symbols:binance', 'read'],
      ['coinbase', 'all', 'read'],
      ['mexc', 'all', 'read'],
      ['kalshi', 'series:KXBTC15M', 'read'],
      ['polymarket', 'series:btc-updown-15m', 'read'],
    ]);
  });

  test('an empty one is told, once, and again when it holds something', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT', { quoteVolume: '5' }));
    await world.look(0);
    await world.look(15);
    expect(await world.news()).toMatchObject([
      { id: 'universe.changed/main/1', size: 0, added: [], removed: [] },
    ]);
    world.peer.binance.push(binanceSymbol('ETHUSDT'));
    await world.look(30);
    expect(await world.news()).toMatchObject([{ id: 'universe.changed/main/2', size: 1 }]);
    world.peer.binance.pop();
    await world.look(45);
    expect(await world.news()).toMatchObject([
      { id: 'universe.changed/main/3', size: 0, removed: [{ instrumentId: 'binance:ETHUSDT' }] },
    ]);
    expect(world.logged.filter((event) => event === 'universe is empty')).toHaveLength(2);
  });

  test('taking the rules away takes the universe away, which nobody has to be told', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(0);
    await world.news();
    await world.look(1, configWith([]));
    expect(await world.members()).toEqual([]);
    expect(await world.news()).toEqual([]);
    expect(await world.look(16, configWith([]))).toBeUndefined();
  });
});

describe('when it looks', () => {
  test('without rules it asks nobody and stores nothing', async () => {
    const world = openUniverse(configWith([]));
    expect(await world.look(0)).toBeUndefined();
    expect(world.peer.asked).toEqual([]);
    expect(await world.items('FEED#main')).toEqual([]);
  });

  test.each([
    { refreshMinutes: undefined, looks: [0, 15, 30] },
    { refreshMinutes: 5, looks: [0, 5, 10, 15, 20, 25, 30] },
    { refreshMinutes: 30, looks: [0, 30] },
  ])('woken every five minutes, at minutes $looks with refreshMinutes $refreshMinutes', async (row) => {
    const { refreshMinutes, looks } = row;
    const config = configWith([], {
      universe: { rules: [MAJORS], ...(refreshMinutes && { refreshMinutes }) },
    });
    const world = openUniverse(config);
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    const looked: number[] = [];
    // Schedules are some seconds early or late.
    for (const [n, minute] of [0, 5, 10, 15, 20, 25, 30].entries())
      if (await world.look(minute + (n % 2) / 4)) looked.push(minute);
    expect(looked).toEqual(looks);
  });

  test('at once under another configuration', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(0);
    expect(await world.look(1, configWith([{ ...MAJORS, symbols: ['OAK*'] }]))).toMatchObject({ size: 0 });
  });
});

describe('a venue that cannot be read', () => {
  test('is known by its last list: one failed request empties nothing', async () => {
    const world = openUniverse(configWith([ROLLING, MAJORS]));
    world.peer.kalshi.push(...quarters(0, 8));
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(0);
    world.peer.troubles.set('kalshi', { status: 500 });
    world.peer.troubles.set('binance', { status: 451 });
    const findings = await world.look(15);
    // What had been announced for this quarter is taken as open.
    expect(await world.members()).toEqual(['BTCUSDT', nameAt(1), nameAt(2)]);
    expect(findings?.catalogues).toMatchObject([
      {
        venue: 'kalshi',
        state: 'kept',
        readAt: NOON,
        failingSince: at(15),
        trouble: 'external-api.kalshi.com/trade-api/v2/series/KXBTC15M: HTTP 500, after 5 tries',
      },
      {
        venue: 'binance',
        state: 'kept',
        listings: 1,
        trouble: expect.stringMatching(/HTTP 451: it does not serve this location/),
      },
    ]);
    expect(world.logged.filter((event) => event === 'catalogue not read')).toHaveLength(2);
  });

  test.each([
    ['https://api.mexc.com', 'kept', ['BTCUSDT']],
    ['http://127.0.0.1:9000', 'missing', []],
    [null, 'missing', []],
  ] as const)('is known by a list of %s: %s', async (host, state, members) => {
    const timers = new VirtualTimers(NOON);
    const peer = new ListingPeer(timers);
    const { store, look, members: found } = universeFunction(configWith([MEXC]), timers, peer);
    const listings = [asset('BTCUSDT', { volume24h: '1000000' }, 'mexc')];
    await createCatalogueStore(store).put({ venue: 'mexc', query: 'all', host, readAt: NOON, listings });
    peer.troubles.set('mexc', { status: 451 });
    expect((await look())?.catalogues).toMatchObject([{ state }]);
    expect(await found()).toEqual(members);
  });

  test('for more than a day keeps what it brought until that ends', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(0);
    world.peer.troubles.set('binance', { status: 451 });
    const findings = await world.look(25 * 60);
    expect(findings).toMatchObject({
      size: 1,
      rules: [{ listed: null, members: 1 }],
      catalogues: [{ state: 'missing', readAt: null }],
    });
    expect(await world.members()).toEqual(['BTCUSDT']);
  });

  test('from the beginning is no empty universe before an hour has passed', async () => {
    const world = openUniverse(configWith([MAJORS]));
    world.peer.troubles.set('binance', { status: 451 });
    for (const minute of [0, 15, 30, 45]) await world.look(minute);
    expect(await world.news()).toEqual([]);
    const findings = await world.look(60);
    expect(findings?.catalogues).toMatchObject([{ state: 'missing', failingSince: NOON }]);
    expect(await world.news()).toMatchObject([{ size: 0 }]);
    world.peer.troubles.clear();
    world.peer.binance.push(binanceSymbol('BTCUSDT'));
    await world.look(75);
    expect(await world.news()).toMatchObject([{ size: 1, added: [{ instrumentId: 'binance:BTCUSDT' }] }]);
  });

  test('leaves the rules of other venues alone', async () => {
    const world = openUniverse(configWith([MAJORS, { ...MAJORS, name: 'mexc', venue: 'mexc' }]));
    world.peer.mexc.push(mexcSymbol('OAKUSDT'));
    world.peer.troubles.set('binance', 'silent');
    await world.look(0);
    expect(await world.members()).toEqual(['OAKUSDT']);
  });
});

test('a list of some size is stored once in four hours, a small one each time', async () => {
  const world = openUniverse(configWith([MAJORS, ROLLING]));
  world.peer.kalshi.push(...quarters(0, 20));
  world.peer.binance.push(...Array.from({ length: 101 }, (_, n) => binanceSymbol(`A${n}USDT`)));
  for (const minute of [0, 60, 120, 180, 240]) await world.look(minute);
  expect(await world.items('CATALOGUE#binance#all')).toHaveLength(2);
  expect(await world.items('CATALOGUE#kalshi#series:KXBTC15M')).toHaveLength(5);
});

test('games are joined to contracts by league, date and team; what does not fit is listed with why, never guessed', async () => {
  const world = openUniverse(
    configWith([{ name: 'nfl', venue: 'kalshi', series: ['KXNFLGAME'] }], { scores: { leagues: ['nfl'] } }),
  );
  const market = (event: string, team: string, name: string) => ({
    ...kalshiQuarter(NOON, 'KXNFLGAME', { event_ticker: event, yes_sub_title: name }),
    name: `${event}-${team}`,
  });
  world.peer.kalshi.push(
    market('KXNFLGAME-26NOV22BUFNE', 'BUF', 'Buffalo'),
    market('KXNFLGAME-26NOV22BUFNE', 'NE', 'New England'),
    market('KXNFLGAME-26NOV22SFSEA', 'SF', 'San Francisco'),
    market('KXNFLGAME-26NOV22SFSEA', 'SEA', 'Seattle'),
  );
  await world.games.put([gameOf('nfl', 'BUF@NE', '2026-11-22T18:00Z', { gameId: '1' })], NOON);
  await world.games.put([gameOf('mlb', 'BOS@NYY', '2026-11-22T18:00Z')], NOON);
  const findings = await world.look(0);
  const none = { matched: 0, unmatched: 0, ambiguous: 0 };
  expect(findings?.games).toEqual({
    counts: { nfl: { matched: 2, unmatched: 2, ambiguous: 0 }, nba: none, nhl: none, mlb: none },
    matched: [
      {
        instrumentId: 'kalshi:KXNFLGAME-26NOV22BUFNE-BUF',
        league: 'nfl',
        gameId: '1',
        sides: ['away', 'home'],
      },
      {
        instrumentId: 'kalshi:KXNFLGAME-26NOV22BUFNE-NE',
        league: 'nfl',
        gameId: '1',
        sides: ['home', 'away'],
      },
    ],
    unmatched: ['SEA', 'SF'].map((team) => ({
      instrumentId: `kalshi:KXNFLGAME-26NOV22SFSEA-${team}`,
      league: 'nfl',
      reason: 'no_game',
      detail: expect.stringContaining('no nfl game of'),
    })),
    ambiguous: [],
    bareCounts: { nfl: 0, nba: 0, nhl: 0, mlb: 0 },
    bare: [],
  });
});

test('a game that was moved counts as it was last seen', async () => {
  const world = openUniverse(
    configWith([{ name: 'nfl', venue: 'kalshi', series: ['KXNFLGAME'] }], { scores: { leagues: ['nfl'] } }),
  );
  world.peer.kalshi.push({
    ...kalshiQuarter(NOON, 'KXNFLGAME', { event_ticker: 'KXNFLGAME-26NOV21BUFNE', yes_sub_title: 'Buffalo' }),
    name: 'KXNFLGAME-26NOV21BUFNE-BUF',
  });
  world.peer.kalshi.push({
    ...kalshiQuarter(NOON, 'KXNFLGAME', {
      event_ticker: 'KXNFLGAME-26NOV21BUFNE',
      yes_sub_title: 'New England',
    }),
    name: 'KXNFLGAME-26NOV21BUFNE-NE',
  });
  const moved = (start: string) => gameOf('nfl', 'BUF@NE', start, { gameId: '1' });
  await world.games.put([moved('2026-11-22T18:00Z')], NOON);
  await world.games.put([moved('2026-11-21T18:00Z')], plusMs(NOON, SECOND_MS));
  expect((await world.look(0))?.games?.counts.nfl).toEqual({ matched: 2, unmatched: 0, ambiguous: 0 });
});
