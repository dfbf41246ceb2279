import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { beatAt, HOUR_MS, isoTime, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { quarterHours } from '../../../local/venue-simulator/kalshi-series.ts';
import { upDownSeries } from '../../../local/venue-simulator/polymarket-plans.ts';
import { SERVED_VENUES } from '../../../local/venue-simulator/served-venues.ts';
import { type SimServer, startSimServer } from '../../../local/venue-simulator/sim-server.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { command } from '../../lifecycle/in-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-simulated-lists-'));
const config = join(directory, 'desk.yaml');
const refused = join(directory, 'refused.yaml');
const servers: SimServer[] = [];
/** Behind the address of its server. */
const PATHS: Readonly<Record<string, string>> = { kalshi: '/trade-api/v2' };
const RULES = [
  { name: 'binance', venue: 'binance', symbols: ['BTCUSDT'] },
  { name: 'coinbase', venue: 'coinbase', symbols: ['*-USD'] },
  { name: 'mexc', venue: 'mexc', symbols: ['*USDT'], limit: 2 },
  { name: 'kalshi', venue: 'kalshi', series: ['KXBTC15M'], rolling: true },
  { name: 'polymarket', venue: 'polymarket', series: ['btc-updown-15m'], rolling: true },
];

/** The shipped live configuration with venues at these addresses. */
function write(file: string, hosts: ReadonlyMap<string, string>): void {
  const document = parseDocument(readFileSync('deckle.live.yaml', 'utf8'));
  for (const [venue, host] of hosts) {
    document.setIn(['venues', venue, 'hosts'], { rest: `${host}${PATHS[venue] ?? ''}` });
    document.setIn(['venues', venue, 'rest'], { spacingMs: 20 });
  }
  document.set('universe', { rules: RULES });
  writeFileSync(file, document.toString());
}

beforeAll(async () => {
  const hosts = new Map<string, string>();
  for (const name of ['binance', 'coinbase', 'mexc', 'kalshi', 'polymarket']) {
    const start = SERVED_VENUES.get(name) ?? expect.fail(`nobody serves ${name}`);
    const { venue } = start({ seed: 7, timers: systemTimers, count: 3, stepMs: 500, faultHours: 0 });
    const server = await startSimServer(venue);
    servers.push(server);
    hosts.set(name, server.hosts.rest);
  }
  write(config, hosts);
  const faults = [{ kind: 'region', atMs: 0, forMs: HOUR_MS }] as const;
  const away = await startSimServer(
    new SimVenue({ seed: 7, timers: systemTimers, dialect: binanceDialect, faults }),
  );
  servers.push(away);
  write(refused, hosts.set('binance', away.hosts.rest));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Found {
  readonly symbol: string;
  readonly [field: string]: unknown;
}

const search = async (file: string, ...args: readonly string[]) => {
  const said = await command('search', ...args, '--config', file, '--dir', directory, '--json');
  const { code, stdout } = said;
  expect(said.stderr).toBe('');
  const { venues, found } = JSON.parse(stdout) as { venues: Found[]; found: readonly Found[] };
  return { code, venues, found };
};

test.each([
  {
    venue: 'binance',
    words: ['btc', 'usdt'],
    symbols: ['BTCUSDT'],
    first: { tickSize: '0.01', lotSize: '0.00001', notionalMin: '1', status: 'TRADING', tradable: true },
  },
  {
    venue: 'mexc',
    words: ['eth'],
    symbols: ['ETHUSDT'],
    first: { tickSize: '0.01', lotSize: '0.0001', notionalMin: '1', status: '1', tradable: true },
  },
  {
    venue: 'coinbase',
    words: ['sol', 'usd'],
    symbols: ['SOL-USD', 'SOL-USDC'],
    first: { tickSize: '0.01', lotSize: '0.001', status: 'online', tradable: true },
  },
])('$venue: a search finds pairs with their rules', async ({ venue, words, symbols, first }) => {
  const { code, found } = await search(config, ...words, '--venue', venue);
  expect([code, found.map(({ symbol }) => symbol).toSorted()]).toEqual([0, symbols]);
  expect(found[0]).toMatchObject(first);
});

/** A quarter of an hour may end between two answers. */
const windowsAround = <Plan>(plans: (opensAt: ReturnType<typeof beatAt>) => readonly Plan[]) => {
  const now = beatAt(systemTimers.now(), 15 * MINUTE_MS);
  return [-1, 0, 1, 2].flatMap((n) => plans(plusMs(now, n * 15 * MINUTE_MS)));
};

test('kalshi: a search finds the markets of a series with strike, expiry and who decides', async () => {
  const { code, found } = await search(config, 'KXBTC15M', '--venue', 'kalshi');
  expect([code, found.length >= 1]).toEqual([0, true]);
  const plans = windowsAround((opensAt) => quarterHours('BTC').rolling?.plans(opensAt) ?? []);
  for (const one of found) {
    const plan = plans.find(({ ticker }) => ticker === one.symbol) ?? expect.fail(`${one.symbol}?`);
    // What an index has to reach is known from the opening on.
    const floor = one['tradable'] === true ? `${plan.strike?.floor}` : null;
    expect(one).toMatchObject({
      contract: {
        event: plan.event,
        series: 'KXBTC15M',
        closesAt: isoTime(plan.closesAt),
        settlementSource: 'CF Benchmarks',
        strike: { kind: 'greater_or_equal', floor },
      },
      fees: { model: 'quadratic', takerBps: '700' },
    });
  }
});

test('polymarket: a search finds both outcomes of open markets', async () => {
  const { code, found } = await search(config, 'btc', 'up', '--venue', 'polymarket');
  expect([code, found.length >= 2]).toEqual([0, true]);
  const tokens = windowsAround((opensAt) => upDownSeries('btc', '15m').rolling.plans(opensAt)).flatMap(
    (plan) => plan.tokens,
  );
  expect(found.filter(({ symbol }) => !tokens.includes(symbol))).toEqual([]);
});

test('all venues at once, one of which does not serve this place', async () => {
  const { code, venues } = await search(refused, 'btc');
  expect(code).toBe(1);
  expect(venues.map((one) => [one['venue'], one['read'], Number(one['found']) > 0])).toEqual([
    ['binance', false, false],
    ['coinbase', true, true],
    ['mexc', true, true],
    ['polymarket', true, true],
    ['kalshi', true, true],
  ]);
  expect(venues[0]?.['trouble']).toEqual([
    expect.stringMatching(/HTTP 451: it does not serve this location/),
  ]);
});

test('what the rules of a file find at the venues is shown without a desk', async () => {
  const { code, stdout } = await command('universe', '--config', config, '--json');
  const { rules, catalogues } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(rules).toMatchObject([{ members: 1 }, { members: 3 }, { members: 2 }, {}, {}]);
  expect(catalogues.map(({ state }: { state: string }) => state)).toEqual(Array(5).fill('read'));
});
