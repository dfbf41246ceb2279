import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { createCatalogueStore } from '../../../adapters/store/catalogue-store.ts';
import { createRuntimeStore } from '../../../adapters/store/runtime-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { HOSTS } from '../../../adapters/venues/binance/requests.ts';
import { restHost } from '../../../adapters/venues/rest-host.ts';
import { easternDate } from '../../../core/market/eastern-time.ts';
import { feedId } from '../../../core/market/window.ts';
import { beatAt, HOUR_MS, isoTime, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { scoreboard, withStatus } from '../../adapters/venues/espn/samples.ts';
import { asset } from '../../core/universe/listings.ts';
import { command } from '../../lifecycle/in-process.ts';
import {
  binanceSymbol,
  coinbaseProduct,
  kalshiQuarter,
  mexcSymbol,
  polymarketQuarter,
  tokensOf,
} from '../../support/listing-peer.ts';
import { type ListingServer, openListingServer } from './listing-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-search-'));
const config = join(directory, 'desk.yaml');
const quarter = beatAt(systemClock.now(), 15 * MINUTE_MS);
let server: ListingServer;

beforeAll(async () => {
  server = await openListingServer();
  const live = readFileSync('deckle.live.yaml', 'utf8');
  writeFileSync(config, live.replace(/^venues:\n(?:[ #].*\n)+/m, `${server.venuesYaml}\n`));
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  const { peer } = server;
  for (const list of [peer.binance, peer.coinbase, peer.mexc, peer.kalshi, peer.polymarket, peer.asked])
    list.length = 0;
  peer.troubles.clear();
  server.boards.clear();
  peer.binance.push(
    binanceSymbol('BTCUSDT'),
    binanceSymbol('BTCUSDC', { quoteVolume: '5' }),
    binanceSymbol('OAKUSDT', {}, { status: 'BREAK' }),
  );
  peer.coinbase.push(coinbaseProduct('BTC-USD', { base_name: 'Bitcoin' }));
  peer.mexc.push(mexcSymbol('BTCUSDT'));
  peer.kalshi.push(kalshiQuarter(quarter));
  peer.polymarket.push(polymarketQuarter(quarter));
});

const search = (...args: readonly string[]) =>
  command('search', ...args, '--config', config, '--dir', join(directory, 'none'));

describe('search', () => {
  test('shows the rules, the fees and the market of what it finds, the likeliest first', async () => {
    const { code, stdout, stderr } = await search('btc', '--venue', 'binance');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`binance: 2 of 3 instruments
binance:BTCUSDT  BTC/USDT
  status   TRADING
  rules    tick 0.01, lot 0.00001, min notional 5 USDT, fees not published (the configuration says them)
  market   24 h volume 1000000, bid 99.99, ask 100.01
binance:BTCUSDC  BTC/USDC
  status   TRADING
  rules    tick 0.01, lot 0.00001, min notional 5 USDC, fees not published (the configuration says them)
  market   24 h volume 5, bid 99.99, ask 100.01
`);
  });

  test('of contracts also expiry, series, strike and who decides', async () => {
    server.peer.kalshi.push(
      kalshiQuarter(plusMs(quarter, 15 * MINUTE_MS), 'KXBTC15M', {
        strike_type: 'greater',
        floor_strike: 68_000.12,
      }),
    );
    const { stdout } = await search('kxbtc15m', '--venue', 'kalshi');
    expect(stdout).toContain('tick 0.01, lot 0.01, min notional 0 USD');
    expect(stdout).toContain('fees maker 0 bps, taker 700 bps of quantity x p x (1 - p)');
    expect(stdout).toContain(
      `contract expires ${isoTime(plusMs(quarter, 15 * MINUTE_MS))}, series KXBTC15M, strike none`,
    );
    expect(stdout).toContain('strike none, settled by CF Benchmarks');
    expect(stdout).toContain('strike greater 68000.12');
    expect(stdout).toContain('initialized (does not trade)');
  });

  test('asks all venues, and finds by titles and outcomes as well', async () => {
    const { code, stdout } = await search('up', '--json');
    expect(code).toBe(0);
    const { venues, found } = JSON.parse(stdout);
    expect(venues.map((one: { venue: string; found: number }) => [one.venue, one.found])).toEqual([
      ['binance', 0],
      ['coinbase', 0],
      ['mexc', 0],
      ['polymarket', 2], // of a market called up or down, both outcomes
      ['kalshi', 1],
    ]);
    expect(found.map((one: { symbol: string }) => one.symbol)).toEqual([
      ...tokensOf(polymarketQuarter(quarter)),
      kalshiQuarter(quarter).name,
    ]);
  });

  test('as JSON says every rule by its name', async () => {
    const { stdout } = await search('btcusdt', '--venue', 'mexc', '--json');
    expect(JSON.parse(stdout).found).toEqual([
      {
        instrumentId: 'mexc:BTCUSDT',
        venue: 'mexc',
        symbol: 'BTCUSDT',
        title: 'BTC/USDT',
        status: '1',
        tradable: true,
        quoteAsset: 'USDT',
        tickSize: '0.01',
        tickRanges: null,
        lotSize: '0.000001',
        quantityMin: '0.000001',
        notionalMin: '1',
        fees: {
          model: 'proportional',
          makerBps: '0',
          takerBps: '5',
          detail: 'makerCommission 0, takerCommission 0.0005',
        },
        volume24h: '1000000',
        bestBid: '99.99',
        bestAsk: '100.01',
      },
    ]);
  });

  test('several words must all be there', async () => {
    const { stdout } = await search('bitcoin', 'dollar', '--venue', 'coinbase');
    expect(stdout).toContain('coinbase: 1 of 1 instruments\ncoinbase:BTC-USD  Bitcoin / US Dollar');
  });

  test('what is not there is answered with the nearest symbols', async () => {
    const { code, stdout } = await search('BTCUSDX', '--venue', 'binance');
    expect(code).toBe(0);
    expect(stdout).toBe('binance: 0 of 3 instruments; the nearest symbols are BTCUSDC, BTCUSDT, OAKUSDT\n');
  });

  test('more than the limit is counted, not shown', async () => {
    const { stdout } = await search('btc', '--venue', 'binance', '--limit', '1');
    expect(stdout).toContain('and 1 more: give more words, or --limit 2');
    expect(stdout).not.toContain('BTCUSDC');
  });

  test('a venue that refuses is said in words, the others are shown, and the exit code is 1', async () => {
    server.peer.troubles.set('/mexc/', { status: 451 });
    const { code, stdout } = await search('btcusdt');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /mexc: could not be read\n {2}note: .* refuses us with HTTP 451: it does not serve this location/,
    );
    expect(stdout).toContain('binance:BTCUSDT');
  });

  test.each([
    { args: ['btc', '--venue', 'kraken'], words: '--venue must be one of binance, coinbase' },
    { args: [' '], words: 'say what to look for' },
    { args: ['btc', '--limit', '0'], words: 'must be at least 1' },
    { args: [], words: "missing required argument 'words'" },
  ])('$args is called wrongly: exit 2, and says $words', async ({ args, words }) => {
    const { code, stderr } = await search(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('a list that a session has stored', () => {
  const OWN = restHost('binance', {});
  /** A session whose desk read a list of this age at this host. */
  const stored = async (name: string, host: string | null, ageMs = 0) => {
    const dir = join(directory, name);
    mkdirSync(dir);
    const store = openSqliteStore({ path: join(dir, 'live-main.db') });
    const identity = { name: 'live-main', input: 'live', configHash: 'abc', accounts: [] };
    await createRuntimeStore(store).putIdentity({ ...identity, feedId: feedId('main') });
    const readAt = plusMs(systemClock.now(), -ageMs);
    const listings = [asset('BTCUSDT'), asset('BTCOAK')];
    await createCatalogueStore(store).put({ venue: 'binance', query: 'all', host, readAt, listings });
    await store.close();
    return dir;
  };
  const sourceOf = async (dir: string, ...more: readonly string[]) => {
    const { stdout } = await command('search', 'btc', '--venue', 'binance', '--dir', dir, '--json', ...more);
    const { venues, found } = JSON.parse(stdout);
    return [venues[0].source, found.map((one: { symbol: string }) => one.symbol)];
  };
  const network = globalThis.fetch;
  beforeEach(() => {
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      network(url.replace(OWN, `${server.host}/binance`), init),
    );
  });
  afterEach(() => void vi.unstubAllGlobals());

  const FROM_STORE = ['stored', ['BTCUSDT', 'BTCOAK']];
  const FROM_VENUE = ['venue', ['BTCUSDT', 'BTCUSDC']];
  test("is taken where it is the venue's own and young", async () => {
    const dir = await stored('own', OWN);
    expect((await sourceOf(dir))[0]).toBe('stored');
    expect(new Set((await sourceOf(dir))[1])).toEqual(new Set(FROM_STORE[1]));
  });

  test.each([
    ['a simulator', 'http://127.0.0.1:19170', 0],
    ['a testnet', HOSTS.testnet.rest, 0],
    ['nobody knows whom', null, 0],
    ['the venue, four hours ago', OWN, 4 * HOUR_MS],
  ] as const)('is not shown when it is of %s', async (what, host, ageMs) => {
    expect(await sourceOf(await stored(what.replaceAll(' ', '-'), host, ageMs))).toEqual(FROM_VENUE);
  });

  test('is never shown to whoever names a configuration', async () => {
    const dir = await stored('named', `${server.host}/binance`);
    expect(await sourceOf(dir, '--config', config)).toEqual(FROM_VENUE);
  });
});

describe('universe --config', () => {
  const rules = (yaml: string): string => {
    const path = join(directory, 'rules.yaml');
    writeFileSync(
      path,
      `${readFileSync(config, 'utf8')}\nuniverse:\n  rules:\n${yaml}\nscores: { leagues: [nfl], host: '${server.host}' }\n`,
    );
    return path;
  };

  test('says what the rules of a file find, leave out and why, without a desk', async () => {
    const path =
      rules(`    - { name: majors, venue: binance, symbols: ['*USDT', '*USDC'], volume24hMin: 1000 }
    - { name: btc, venue: kalshi, series: [KXBTC15M], rolling: true }`);
    const { code, stdout } = await command('universe', '--config', path);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/rules\.yaml: 2 instruments, as of 20/);
    expect(stdout).toContain(`rule majors: binance, symbols *USDT *USDC, 24 h volume from 1000, at most 20
  3 in its scope, 1 in the universe
  + binance:BTCUSDT  majors: 24 h volume 1000000.00, spread 2.00 bps, depth 2000.00
  - 1 left out: not tradable
      binance:OAKUSDT: the venue's status is 'BREAK'
  - 1 left out: volume low
      binance:BTCUSDC: 24 h volume 5.0000; at least 1000 is wanted
`);
    expect(stdout).toContain(`  + kalshi:${kalshiQuarter(quarter).name}  btc: current, until `);
    expect(stdout).toContain(`venue lists
  binance all: 3 instruments
  kalshi series:KXBTC15M: 1 instruments
`);
    expect(stdout).toContain('games joined to contracts');
  });

  const gamesToday = () => {
    const now = systemClock.now();
    const starts = (event: string) => event.replaceAll('2026-10-04T17:00Z', `${isoTime(now).slice(0, 16)}Z`);
    const scheduled = starts(withStatus({ name: 'STATUS_SCHEDULED', state: 'pre', period: 0 }));
    const other = scheduled
      .replaceAll('401772001', '401772002')
      .replace('"abbreviation":"NE","displayName":"New England Patriots"', '"abbreviation":"SF"')
      .replace('"abbreviation":"BUF","displayName":"Buffalo Bills"', '"abbreviation":"SEA"');
    server.boards.set('nfl', scoreboard(scheduled, other));
    const date = easternDate(now);
    const month = new Date(`${date}T12:00:00Z`).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
    const event = `KXNFLGAME-${date.slice(2, 4)}${month.toUpperCase()}${date.slice(8)}BUFNE`;
    server.peer.kalshi.push({
      ...kalshiQuarter(quarter, 'KXNFLGAME', { event_ticker: event, yes_sub_title: 'Buffalo' }),
      name: `${event}-BUF`,
    });
    server.peer.kalshi.push({
      ...kalshiQuarter(quarter, 'KXNFLGAME', { event_ticker: event, yes_sub_title: 'New England' }),
      name: `${event}-NE`,
    });
    return rules('    - { name: games, venue: kalshi, series: [KXNFLGAME] }');
  };

  test('asks for the scores of its leagues, so that contracts find their games', async () => {
    const { code, stdout, stderr } = await command('universe', '--config', gamesToday());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      '  nfl: 2 matched, 0 without a game, 0 that fit several; 1 games without a contract\n      nfl SEA at SF, ',
    );
  });

  test('scores that cannot be read are said, and no good end', async () => {
    const path = gamesToday();
    server.peer.troubles.set('/sports/', { status: 503 });
    const { code, stdout, stderr } = await command('universe', '--config', path);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^deckle: scores could not be read: nfl: .*scoreboard: HTTP 503/);
    expect(stdout).toContain('  nfl: 0 matched, 2 without a game');
  });

  test('as JSON, with the members by name', async () => {
    const path = rules(`    - { name: majors, venue: binance, symbols: [BTCUSDT] }`);
    const { code, stdout } = await command('universe', '--config', path, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      feedId: 'main',
      size: 1,
      rules: [{ rule: 'majors', words: 'binance, symbols BTCUSDT, at most 20', listed: 1, members: 1 }],
      catalogues: [{ venue: 'binance', query: 'symbols:majors', state: 'read' }],
      members: [{ instrumentId: 'binance:BTCUSDT', rule: 'majors' }],
      lastChange: { added: [{ instrumentId: 'binance:BTCUSDT' }], removed: [] },
    });
  });

  test('an empty one, or a venue that refuses, is no good end', async () => {
    const empty = rules(`    - { name: none, venue: binance, symbols: ['NONE*'] }`);
    expect((await command('universe', '--config', empty)).code).toBe(1);
    server.peer.troubles.set('/binance/', { status: 451 });
    const { code, stdout } = await command('universe', '--config', empty);
    expect(code).toBe(1);
    expect(stdout).toContain('its list could not be read: 0 instruments of before stay');
    expect(stdout).toMatch(/binance all: could not be read since .*, and none is kept \(.*HTTP 451/);
  });

  test('without rules it says so', async () => {
    const { code, stdout } = await command('universe', '--config', config);
    expect(code).toBe(0);
    expect(stdout).toContain("there are no rules under 'universe'");
  });

  test('a file with a wrong rule is called wrongly', async () => {
    const { code, stderr } = await command('universe', '--config', rules('    - { name: a, venue: kalshi }'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/universe\.rules\[0\]\.series \(line \d+\) must name a series/);
  });
});
