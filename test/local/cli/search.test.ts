import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { beatAt, isoTime, MINUTE_MS, plusMs } from '../../../core/time.ts';
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

  test('of contracts also expiry, strike and who decides', async () => {
    server.peer.kalshi.push(
      kalshiQuarter(plusMs(quarter, 15 * MINUTE_MS), 'KXBTC15M', {
        strike_type: 'greater',
        floor_strike: 68_000.12,
      }),
    );
    const { stdout } = await search('kxbtc15m', '--venue', 'kalshi');
    expect(stdout).toContain('tick 0.01, lot 0.01, min notional 0 USD');
    expect(stdout).toContain('fees maker 0 bps, taker 700 bps of quantity x p x (1 - p)');
    expect(stdout).toContain(`contract expires ${isoTime(plusMs(quarter, 15 * MINUTE_MS))}, strike none`);
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

describe('universe --config', () => {
  const rules = (yaml: string): string => {
    const path = join(directory, 'rules.yaml');
    writeFileSync(
      path,
      `${readFileSync(config, 'utf8')}\nuniverse:\n  rules:\n${yaml}\nscores: { leagues: [nfl] }\n`,
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
