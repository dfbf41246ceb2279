import { beforeEach, describe, expect, test } from 'vitest';
import { createCatalogueReader } from '../../../adapters/venues/catalogues.ts';
import { RestPacer } from '../../../adapters/venues/session/rest-pacer.ts';
import type { RawVenues } from '../../../core/config/venues-schema.ts';
import type { CatalogueReading } from '../../../core/ports.ts';
import { epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { CatalogueQuery } from '../../../core/universe/catalogue-queries.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import {
  binanceSymbol,
  coinbaseProduct,
  kalshiQuarter,
  ListingPeer,
  mexcSymbol,
  polymarketQuarter,
  tokensOf,
} from '../../support/listing-peer.ts';
import { runTimers } from '../../support/run-timers.ts';

/** 2026-11-21T12:00:00Z. */
const NOON = epochMs(1_795_262_400_000);

let timers: VirtualTimers;
let peer: ListingPeer;
beforeEach(() => {
  timers = new VirtualTimers(NOON);
  peer = new ListingPeer(timers);
});

const pacerOf = () => new RestPacer({ transport: peer, timers, random: () => 0 });
const readerOf = (access: RawVenues = {}) => createCatalogueReader({ access, pacer: pacerOf(), timers });
const ask = (
  query: Pick<CatalogueQuery, 'venue' | 'wanted'>,
  access?: RawVenues,
): Promise<CatalogueReading> =>
  runTimers(timers, readerOf(access).read({ name: 'asked', rules: [], ...query }, timers.now()));
const all = (venue: CatalogueQuery['venue'], access?: RawVenues) =>
  ask({ venue, wanted: { kind: 'all' } }, access);

function listingsOf(reading: CatalogueReading) {
  if (reading.kind === 'failed') throw new Error(reading.why);
  return reading.listings;
}
const symbolsOf = (reading: CatalogueReading): readonly string[] =>
  listingsOf(reading).map(({ instrument }) => instrument.symbol);
const seconds = (): number => (timers.now() - NOON) / SECOND_MS;

describe('all that an exchange lists', () => {
  test('Binance: its symbols with the prices and the turnover of the day', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'), binanceSymbol('ETHUSDT', { quoteVolume: '5' }));
    const reading = await all('binance');
    expect(
      listingsOf(reading).map(({ instrument, volume24h, bestAsk, depth }) => [
        instrument.id,
        volume24h,
        bestAsk,
        depth,
      ]),
    ).toEqual([
      ['binance:BTCUSDT', '1000000', '100.01', '2000'], // 10 x 99.99 + 10 x 100.01
      ['binance:ETHUSDT', '5', '100.01', '2000'],
    ]);
    expect(peer.asked).toEqual([
      'https://data-api.binance.vision/api/v3/exchangeInfo?showPermissionSets=false',
      'https://data-api.binance.vision/api/v3/ticker/24hr',
    ]);
  });

  test('MEXC: with its published fees', async () => {
    peer.mexc.push(mexcSymbol('BTCUSDT'));
    expect(listingsOf(await all('mexc'))).toMatchObject([
      { instrument: { id: 'mexc:BTCUSDT' }, volume24h: '1000000', fees: { makerBps: '0', takerBps: '5' } },
    ]);
  });

  test('Coinbase: the products of either interface', async () => {
    peer.coinbase.push(coinbaseProduct('BTC-USD'));
    expect(listingsOf(await all('coinbase'))).toMatchObject([
      { instrument: { id: 'coinbase:BTC-USD' }, volume24h: '1000000' },
    ]);
    const older = { interface: 'exchange', environment: 'live', hosts: { ws: null, rest: null }, rest: PACE };
    expect(listingsOf(await all('coinbase', { coinbase: older } as RawVenues))).toMatchObject([
      { instrument: { id: 'coinbase:BTC-USD' }, volume24h: null },
    ]);
    expect(peer.asked).toEqual([
      'https://api.coinbase.com/api/v3/brokerage/market/products?product_type=SPOT',
      'https://api.exchange.coinbase.com/products',
    ]);
  });

  test('an empty list is no list', async () => {
    expect(await all('binance')).toEqual({
      kind: 'failed',
      why: 'binance: its list holds no instrument that can be read',
    });
    peer.binance.push(binanceSymbol('BTCUSDT', {}, { status: 7 }));
    expect(await all('binance')).toMatchObject({
      kind: 'failed',
      why: /no instrument that can be read: BTC/,
    });
  });

  test('what cannot be read is said, and the others are there', async () => {
    peer.mexc.push(mexcSymbol('BTCUSDT'), mexcSymbol('FINEUSDT', {}, { quotePrecision: 11 }));
    const reading = await all('mexc');
    expect(symbolsOf(reading)).toEqual(['BTCUSDT']);
    expect(reading).toMatchObject({ problems: ['FINEUSDT quotePrecision: finer than 10^-8, 11'] });
  });

  test('other addresses and environments are asked where the configuration names them', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'));
    const access = (more: object) =>
      ({ binance: { environment: 'testnet', rest: PACE, ...more } }) as RawVenues;
    await all('binance', access({ hosts: { ws: null, rest: null } }));
    await all('binance', access({ hosts: { ws: null, rest: 'http://127.0.0.1:9/binance' } }));
    expect(peer.asked.map((url) => url.split('/api/')[0])).toEqual([
      'https://testnet.binance.vision',
      'https://testnet.binance.vision',
      'http://127.0.0.1:9/binance',
      'http://127.0.0.1:9/binance',
    ]);
  });
});

const PACE = { spacingMs: null, burst: null, refreshSeconds: null, batch: null };

describe('some symbols', () => {
  const some = (venue: CatalogueQuery['venue'], ...symbols: string[]) =>
    ask({ venue, wanted: { kind: 'symbols', symbols } });

  test('Binance is asked for just these', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'), binanceSymbol('ETHUSDT'), binanceSymbol('OAKUSDT'));
    expect(symbolsOf(await some('binance', 'BTCUSDT', 'OAKUSDT'))).toEqual(['BTCUSDT', 'OAKUSDT']);
    expect(peer.asked.every((url) => url.includes('symbols=%5B%22BTCUSDT%22%2C%22OAKUSDT%22%5D'))).toBe(true);
  });

  test('one that Binance does not list costs itself alone', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'), binanceSymbol('ETHUSDT'));
    expect(symbolsOf(await some('binance', 'BTCUSDT', 'NONE', 'ETHUSDT'))).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(symbolsOf(await some('binance', 'NONE'))).toEqual([]);
  });

  test('Coinbase is asked for just these', async () => {
    peer.coinbase.push(coinbaseProduct('BTC-USD'), coinbaseProduct('ETH-USD'));
    expect(symbolsOf(await some('coinbase', 'ETH-USD', 'NO-USD'))).toEqual(['ETH-USD']);
  });

  test('Kalshi gives markets with the fees of their series', async () => {
    const market = kalshiQuarter(NOON);
    peer.kalshi.push(market, kalshiQuarter(plusMs(NOON, 900_000)));
    expect(listingsOf(await some('kalshi', market.name, 'KXNONE-1'))).toMatchObject([
      {
        instrument: { symbol: market.name, contract: { settlementSource: 'CF Benchmarks' } },
        fees: { model: 'quadratic', takerBps: '700', makerBps: '0' },
      },
    ]);
  });

  test('Polymarket gives the outcome of a token, and the other one of its market', async () => {
    const market = polymarketQuarter(NOON);
    peer.polymarket.push(market);
    const [up, down] = tokensOf(market);
    expect(symbolsOf(await some('polymarket', up))).toEqual([up, down]);
  });
});

describe('a series', () => {
  const series = (venue: CatalogueQuery['venue'], name: string, aheadMinutes = 0) =>
    ask({ venue, wanted: { kind: 'series', series: name, aheadMs: aheadMinutes * MINUTE_MS } });
  const quarters = [-1, 0, 1, 2].map((n) => plusMs(NOON, n * 15 * MINUTE_MS));

  test('Kalshi: what is open, with its event; what opens later only where it is wanted', async () => {
    peer.kalshi.push(...quarters.map((opensAt) => kalshiQuarter(opensAt)), kalshiQuarter(NOON, 'KXETH15M'));
    const [, open, next, last] = peer.kalshi.map(({ name }) => name);
    const reading = await series('kalshi', 'KXBTC15M');
    expect(listingsOf(reading)).toMatchObject([
      {
        instrument: {
          symbol: open,
          contract: { title: `Event KXBTC15M-${NOON / SECOND_MS}`, series: 'KXBTC15M' },
        },
        tradable: true,
      },
    ]);
    expect(symbolsOf(await series('kalshi', 'KXBTC15M', 20))).toEqual([next, last, open]);
  });

  test('a series that Kalshi does not know is said, and is no failure', async () => {
    expect(await series('kalshi', 'KXNONE')).toEqual({
      kind: 'read',
      listings: [],
      problems: ["series 'KXNONE': the venue knows none of this name"],
    });
  });

  test('Polymarket: markets that roll by the clock are asked for by their addresses, as far as is wanted', async () => {
    peer.polymarket.push(...quarters.map((opensAt) => polymarketQuarter(opensAt)));
    const [, now, next, last] = peer.polymarket;
    if (!now || !next || !last) throw new Error('they are there');
    expect(symbolsOf(await series('polymarket', 'btc-updown-15m'))).toEqual([...tokensOf(now)]);
    expect(symbolsOf(await series('polymarket', 'btc-updown-15m', 20))).toEqual([
      ...tokensOf(now),
      ...tokensOf(next),
    ]);
    expect(symbolsOf(await series('polymarket', 'btc-updown-15m', 30))).toEqual([
      ...tokensOf(now),
      ...tokensOf(next),
      ...tokensOf(last),
    ]);
  });

  test('one that the venue has not made yet is no failure', async () => {
    const market = polymarketQuarter(NOON);
    peer.polymarket.push(market);
    expect(symbolsOf(await series('polymarket', 'btc-updown-15m', 20))).toEqual([...tokensOf(market)]);
  });

  test('Polymarket: others by the number of their series', async () => {
    const games = ['nfl-buf-ne', 'nfl-sf-sea'].map((name) => ({ ...polymarketQuarter(NOON, 'nfl'), name }));
    peer.polymarket.push(...games, { ...polymarketQuarter(NOON, 'nba'), name: 'nba-bos-nyk' });
    expect(symbolsOf(await series('polymarket', 'nfl'))).toEqual(games.flatMap(tokensOf));
    expect(await series('polymarket', 'cricket')).toEqual({
      kind: 'read',
      listings: [],
      problems: ["series 'cricket': the venue knows none of this name"],
    });
  });
});

describe('a venue that does not answer as it should', () => {
  test('is asked again, and the answer then counts', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'));
    peer.troubles.set('ticker', { status: 503 });
    const reading = readerOf().read(
      { venue: 'binance', name: 'all', rules: [], wanted: { kind: 'all' } },
      NOON,
    );
    timers.after(SECOND_MS, () => peer.troubles.clear());
    expect(symbolsOf(await runTimers(timers, reading))).toEqual(['BTCUSDT']);
    // Half a second after the first try, one after the second.
    expect(peer.asked.filter((url) => url.includes('ticker'))).toHaveLength(3);
  });

  test.each([
    {
      trouble: { status: 451, body: '{"msg":"restricted location"}' },
      why: /^data-api\.binance\.vision refuses us with HTTP 451: it does not serve this location; run the feed outside the United States/,
      within: 1,
    },
    {
      trouble: { status: 403 },
      why: /refuses us with HTTP 403: its firewall blocks this address/,
      within: 1,
    },
    {
      trouble: { status: 200, body: '<html>' },
      why: /^data-api\.binance\.vision answered with a page \(HTML\?\), not with JSON: it begins with '<html>'/,
      within: 1,
    },
    { trouble: { status: 200, body: '{"symbols":' }, why: /exchangeInfo not JSON/, within: 1 },
    { trouble: { status: 418 }, why: /no answer in the time there was/, within: 91 },
    { trouble: { status: 500 }, why: /HTTP 500, after 5 tries/, within: 91 },
    { trouble: new Error('getaddrinfo ENOTFOUND'), why: /ENOTFOUND, after 5 tries/, within: 91 },
    { trouble: 'silent', why: /no answer/, within: 91 },
  ] as const)('$trouble fails in words within $within s', async ({ trouble, why, within }) => {
    peer.binance.push(binanceSymbol('BTCUSDT'));
    peer.troubles.set('exchangeInfo', trouble);
    expect(await all('binance')).toEqual({ kind: 'failed', why: expect.stringMatching(why) });
    expect(seconds()).toBeLessThanOrEqual(within);
  });

  test('is not waited for when nobody wants its answer any more', async () => {
    const stop = new AbortController();
    const options = { access: {}, pacer: pacerOf(), timers, signal: stop.signal };
    const query = { venue: 'binance', name: 'all', rules: [], wanted: { kind: 'all' } } as const;
    peer.troubles.set('binance', 'silent');
    const reader = createCatalogueReader(options);
    const reading = reader.read(query, NOON);
    timers.after(SECOND_MS, () => stop.abort());
    const failed = { kind: 'failed', why: expect.stringContaining('whoever asked for it stopped') };
    expect(await runTimers(timers, reading)).toEqual(failed);
    expect(seconds()).toBe(1);
    expect(await runTimers(timers, reader.read(query, NOON))).toEqual(failed);
    expect(timers.nextAt()).toBeNull();
  });

  test('one of two answers that fails takes the other one back', async () => {
    peer.binance.push(binanceSymbol('BTCUSDT'));
    peer.troubles.set('exchangeInfo', { status: 451 });
    peer.troubles.set('ticker', 'silent');
    expect(await all('binance')).toMatchObject({ kind: 'failed' });
    expect(timers.nextAt()).toBeNull();
  });
});

describe('a search', () => {
  const search = (venue: CatalogueQuery['venue'], words: string) =>
    runTimers(timers, readerOf().search(venue, words));

  test('finds a series of Kalshi by its name, and says that the venue has no search for words', async () => {
    peer.kalshi.push(kalshiQuarter(NOON), kalshiQuarter(NOON, 'KXETH15M'));
    const [btc, eth] = peer.kalshi.map(({ name }) => name);
    expect(await search('kalshi', 'kxbtc15m')).toMatchObject({
      listings: [{ instrument: { symbol: btc } }],
      problems: [],
    });
    expect(await search('kalshi', 'bitcoin')).toMatchObject({
      listings: [{ instrument: { symbol: btc } }, { instrument: { symbol: eth } }],
      problems: ['the venue cannot be searched by words: name a series (KXBTC15M) to see all of it'],
    });
  });

  test("is Polymarket's own there", async () => {
    peer.polymarket.push(polymarketQuarter(NOON));
    expect(listingsOf(await search('polymarket', 'bitcoin up'))).toHaveLength(2);
    expect(peer.asked).toEqual([
      'https://gamma-api.polymarket.com/public-search?q=bitcoin%20up&events_status=active&keep_closed_markets=0',
    ]);
  });
});
