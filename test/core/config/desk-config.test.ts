import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { money } from '../../../core/amounts.ts';
import { parseConfig } from '../../../core/config/desk-config.ts';
import { configOf, rawConfig } from '../../support/desk.ts';
import { COIN, GEM } from '../../support/values.ts';

type Path = readonly (string | number)[];
/** The document with one field set, or left out when the value is undefined. */
function withField(path: Path, value: unknown): Record<string, unknown> {
  const document = structuredClone(rawConfig());
  let place = document as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
  const [last = ''] = path.slice(-1);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return document;
}
const issuesOf = (document: unknown) => {
  const result = parseConfig(document, sha256);
  return result.kind === 'invalid' ? result.issues.map(({ path, message }) => `${path} ${message}`) : [];
};

test('a valid document becomes a configuration: strategies and their instruments sorted, amounts exact', () => {
  const config = configOf(rawConfig());
  expect(config.strategies.map((one) => one.id)).toEqual(['improve', 'join', 'take']);
  expect(config.strategies[0]?.instruments).toEqual([COIN.id, GEM.id]);
  expect(config.accounts[0]?.openingEquity).toBe(money('5000'));
  expect(config.venues.binance?.fees.takerRate).toBe(100_000n);
  expect(config.reconcileEveryMs).toBe(900_000);
});

test('names what was not written and is a default', () => {
  const { defaulted } = configOf(rawConfig());
  expect(defaulted).toContain('feed.depth');
  expect(defaulted).toContain('accounts[0].limits.dataAgeMsMax');
  expect(defaulted).toContain('strategies[0].execution.collarBps');
  expect(defaulted).toContain('demo.seed');
  expect(defaulted).not.toContain('feed.windowMs');
  expect(configOf(withField(['feed', 'depth'], 10)).defaulted).not.toContain('feed.depth');
});

test('the hash follows the content and not the order in which it is written', () => {
  const turned = Object.fromEntries(Object.entries(rawConfig()).reverse());
  const { hash } = configOf(rawConfig());
  expect(configOf(turned).hash).toBe(hash);
  expect(configOf(withField(['accounts', 0, 'openingEquity'], '5001')).hash).not.toBe(hash);
});

const latency = { minMs: 1, medianMs: 2, p99Ms: 3 };
const ASSETS = { latency, fees: { version: 'one', makerBps: 10, takerBps: 10, charge: 'quote' } };
const CONTRACTS = { latency, fees: { version: 'one', makerRate: 0, takerRate: '0.07', roundTo: '0.0001' } };

test.each([
  ['https://mirror.example//', 'https://mirror.example'],
  ['http://127.0.0.1:9000/path/', 'http://127.0.0.1:9000/path'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
])('slashes at the end of the address %s are left out', (rest, asked) => {
  const { access } = configOf(withField(['venues', 'binance'], { ...ASSETS, hosts: { rest } }));
  expect(access.binance?.hosts).toEqual({ ws: null, rest: asked });
});

const WRONG: readonly (readonly [Path, unknown, string])[] = [
  [['feed', 'windowMs'], 50, 'feed.windowMs must be milliseconds: at least 100'],
  [['feed', 'windowMs'], 300, 'feed.windowMs must divide 1000 or be a multiple of it, e.g. 500, 1000, 5000'],
  [['feed', 'windowMs'], '1s', 'feed.windowMs must be milliseconds: a whole number from 100 to 5000'],
  [
    ['feed', 'id'],
    'Main Feed',
    'feed.id must be a name for the feed: small letters, digits and dashes, at most 40',
  ],
  [['feed', 'depht'], 5, 'feed.depht is not a known field; check its spelling'],
  [['venues', 'kraken'], {}, 'venues.kraken is not a known field; check its spelling'],
  [
    ['venues', 'binance', 'fees', 'makerBps'],
    -1,
    'venues.binance.fees.makerBps must be the maker fee in basis points (0 to 10000, at most 4 decimals), e.g. 10',
  ],
  [
    ['venues', 'binance', 'fees', 'takerBps'],
    10_001,
    'venues.binance.fees.takerBps must be the taker fee in basis points (0 to 10000, at most 4 decimals), e.g. 10',
  ],
  [
    ['venues', 'coinbase'],
    {
      environment: 'sandbox',
      fees: { version: 'test', makerBps: 1, takerBps: 1, charge: 'quote' },
      latency: { minMs: 1, medianMs: 1, p99Ms: 1 },
    },
    'venues.coinbase.environment must be live for the interface advanced, whose sandbox has no market data; or use the interface exchange',
  ],
  [
    ['venues', 'binance', 'hosts'],
    { rest: 'http:///' },
    'venues.binance.hosts.rest must be an address that begins with http:// or https://',
  ],
  [
    ['venues', 'coinbase'],
    { ...ASSETS, interface: 'exchange', rest: { batch: 50 } },
    'venues.coinbase.rest.batch must be null for the interface exchange, where no request is about several instruments',
  ],
  [
    ['venues', 'kalshi'],
    { ...CONTRACTS, rest: { spacingMs: 200 } },
    "venues.kalshi.rest.spacingMs must be at least 334 at the venue's own host, which refuses some of more than three requests a second",
  ],
  [
    ['venues', 'mexc'],
    { ...ASSETS, rest: { batch: 50 } },
    'venues.mexc.rest.batch is not a known field; check its spelling',
  ],
  [
    ['venues', 'binance', 'fees', 'charge'],
    'base',
    'venues.binance.fees.charge must be one of received, quote',
  ],
  [
    ['venues', 'binance', 'fees', 'version'],
    undefined,
    'venues.binance.fees.version must be a name for this fee schedule and its date, e.g. binance-spot-2026-05',
  ],
  [
    ['venues', 'binance', 'latency', 'medianMs'],
    10,
    'venues.binance.latency must ascend: minMs, medianMs, p99Ms',
  ],
  [
    ['venues', 'binance', 'latency', 'p99Ms'],
    1.5,
    'venues.binance.latency.p99Ms must be milliseconds: a whole number from 0 to 60000',
  ],
  [['accounts'], [], 'accounts needs at least one account'],
  [['accounts', 1, 'id'], 'alpha', "accounts[1].id 'alpha' is used twice; ids must differ"],
  [
    ['accounts', 0, 'openingEquity'],
    '-5',
    'accounts[0].openingEquity must be the money the account starts with with at most 8 decimals, e.g. 10000 (got "-5")',
  ],
  [
    ['accounts', 0, 'openingEquity'],
    0,
    'accounts[0].openingEquity must be the money the account starts with with at most 8 decimals, e.g. 10000 (got 0)',
  ],
  [
    ['accounts', 0, 'openingEquity'],
    '0.000000001',
    'accounts[0].openingEquity must be the money the account starts with with at most 8 decimals, e.g. 10000 (got "0.000000001")',
  ],
  [
    ['accounts', 0, 'limits', 'drawdownBpsMax'],
    0,
    'accounts[0].limits.drawdownBpsMax must be basis points below peak equity: at least 1',
  ],
  [
    ['accounts', 0, 'limits', 'dailyLossMax'],
    true,
    'accounts[0].limits.dailyLossMax must be an amount in the account currency, e.g. 200',
  ],
  [
    ['accounts', 0, 'limits', 'dailyLossMax'],
    undefined,
    'accounts[0].limits.dailyLossMax must be an amount in the account currency, e.g. 200',
  ],
  [
    ['accounts', 0, 'limits', 'openOrdersMax'],
    1_001,
    'accounts[0].limits.openOrdersMax must be a number of orders: at most 50',
  ],
  [['strategies'], [], 'strategies needs at least one strategy'],
  [['strategies', 0, 'type'], 'astrology', 'strategies[0].type is not a strategy; there are sma-crossover'],
  [['strategies', 0, 'account'], 'gamma', 'strategies[0].account names no account; there are alpha, beta'],
  [['strategies', 0, 'id'], 'take', "strategies[2].id 'take' is used twice; ids must differ"],
  [
    ['strategies', 0, 'instruments'],
    ['BTCUSDT'],
    'strategies[0].instruments[0] must be <venue>:<symbol> of a known venue, e.g. binance:BTCUSDT',
  ],
  [['strategies', 0, 'instruments'], [], 'strategies[0].instruments needs at least one instrument'],
  [['strategies', 0, 'params', 'slow'], 2, 'strategies[0].params.slow must be larger than fast'],
  [
    ['strategies', 0, 'execution', 'style'],
    'hope',
    'strategies[0].execution.style must be one of take, join, improve',
  ],
  [
    ['strategies', 2, 'execution', 'postOnly'],
    true,
    'strategies[2].execution.postOnly goes with style join or improve and timeInForce GTC only',
  ],
  [
    ['strategies', 0, 'execution', 'expireAfterMs'],
    10,
    'strategies[0].execution.expireAfterMs must be milliseconds: at least 1000',
  ],
  [
    ['strategies', 0, 'sizing', 'fractionBps'],
    10_001,
    'strategies[0].sizing.fractionBps must be basis points of equity: at most 10000',
  ],
  [
    ['strategies', 0, 'sizing', 'byConfidence'],
    'yes',
    'strategies[0].sizing.byConfidence must be true or false',
  ],
  [['guard'], { onDailyLoss: 'panic' }, 'guard.onDailyLoss must be one of reducing, halted'],
  [['reconcile'], { everyMinutes: 0 }, 'reconcile.everyMinutes must be minutes: at least 1'],
  [['demo'], { scenario: 'moon' }, 'demo.scenario must be one of fair, crash'],
  [
    ['instruments'],
    [{ ...listed(), tickSize: 0 }],
    'instruments[0].tickSize must be the smallest price step with at most 8 decimals, e.g. 0.01 (got 0)',
  ],
  [
    ['instruments'],
    [{ ...listed(), venue: 'kraken' }],
    'instruments[0].venue must be one of binance, coinbase, mexc, polymarket, kalshi',
  ],
];
function listed(): Record<string, unknown> {
  const amounts = {
    tickSize: '0.01',
    lotSize: '0.001',
    quantityMin: '0.001',
    quantityMax: '9',
    notionalMin: 0,
    priceMin: '1',
    priceMax: '9',
  };
  return { venue: 'binance', symbol: 'COINUSDT', baseAsset: 'COIN', quoteAsset: 'USDT', ...amounts };
}

test.each(WRONG)('%j set to %j: the path and the fix are named', (path, value, issue) => {
  expect(issuesOf(withField(path, value))).toContain(issue);
});

test('a listed instrument takes zero as its least notional', () => {
  expect(issuesOf(withField(['instruments'], [listed()]))).toEqual([]);
});

test('all issues are found at once', () => {
  const document = withField(['feed', 'windowMs'], 300);
  expect(
    issuesOf({
      ...document,
      guard: { onDailyLoss: 'reducing' },
      accounts: withField(['accounts', 1, 'id'], 'alpha')['accounts'],
    }),
  ).toHaveLength(3);
  expect(issuesOf({ feed: 1, accounts: 2 }).length).toBeGreaterThan(3);
});

test.each([null, undefined, 'text', 5, []])('what is no document is refused in words: %j', (document) => {
  expect(issuesOf(document)[0]).toMatch(/^the document /);
});
