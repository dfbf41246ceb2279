import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { parseConfig } from '../../../core/config/desk-config.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { configWith } from '../../lambdas/universe-world.ts';
import { configOf, rawConfig } from '../../support/desk.ts';

const VALID = { name: 'btc', venue: 'kalshi', series: ['KXBTC15M'] };

const issuesOf = (universe: unknown, scores?: unknown): readonly string[] => {
  const result = parseConfig({ ...rawConfig(), universe, ...(scores !== undefined && { scores }) }, sha256);
  return result.kind === 'valid' ? [] : result.issues.map(({ path, message }) => `${path} ${message}`);
};

test('without anything said there are no rules and no leagues', () => {
  const { universe, scores } = configOf(rawConfig());
  expect(universe).toEqual({ refreshMs: 15 * MINUTE_MS, rules: [] });
  expect(scores).toEqual({ leagues: [], host: null });
});

test('a rule has the documented defaults, and amounts are exact', () => {
  expect(configWith([{ ...VALID, volume24hMin: '1000.00000001', spreadMax: 0.02 }]).universe.rules).toEqual([
    {
      name: 'btc',
      venue: 'kalshi',
      symbols: [],
      series: ['KXBTC15M'],
      exclude: [],
      rolling: false,
      leadMs: 5 * MINUTE_MS,
      volume24hMin: 100_000_000_001n,
      spreadMax: 2_000_000n,
      spreadBpsMax: null,
      depthMin: null,
      daysToExpiryMin: null,
      daysToExpiryMax: null,
      limit: 20,
    },
  ]);
});

test('scores are asked for at another address where one is named', () => {
  const at = (host: string) => configWith([], { scores: { leagues: ['nfl'], host } }).scores.host;
  expect(at('http://127.0.0.1:9000/')).toBe('http://127.0.0.1:9000');
  expect(issuesOf({}, { host: '127.0.0.1:9000' })).toEqual([
    'scores.host must be an address that begins with http:// or https://',
  ]);
});

test('a league named twice is followed once', () => {
  expect(configWith([], { scores: { leagues: ['nfl', 'mlb', 'nfl'] } }).scores.leagues).toEqual([
    'nfl',
    'mlb',
  ]);
});

test.each([
  [{ rules: [{ ...VALID, venue: 'nyse' }] }, 'universe.rules[0].venue must be one of binance'],
  [
    { rules: [{ ...VALID, series: [] }] },
    'universe.rules[0].series must name a series, or symbols without * and ?',
  ],
  [
    { rules: [{ ...VALID, series: [], symbols: ['KXBTC*'] }] },
    'universe.rules[0].series must name a series, or symbols without * and ?',
  ],
  [
    { rules: [{ name: 'a', venue: 'binance', series: ['S'] }] },
    'universe.rules[0].series belongs to kalshi and polymarket only',
  ],
  [
    { rules: [{ name: 'a', venue: 'binance', rolling: true }] },
    'universe.rules[0].rolling needs the series that rolls',
  ],
  [
    { rules: [{ name: 'a', venue: 'binance', symbols: 'BTCUSDT' }] },
    'universe.rules[0].symbols must be a list',
  ],
  [{ rules: [{ name: 'a', venue: 'binance', symbols: [''] }] }, 'universe.rules[0].symbols[0] must be'],
  [{ rules: [{ name: 'a', venue: 'binance', limits: 5 }] }, 'universe.rules[0].limits is not a known field'],
  [{ rules: [{ name: 'a', venue: 'binance', volume24hMin: -1 }] }, 'universe.rules[0].volume24hMin must be'],
  [{ rules: [{ name: 'A B', venue: 'binance' }] }, 'universe.rules[0].name must be a name for the rule'],
  [{ refreshMinutes: 4, rules: [] }, 'universe.refreshMinutes must be minutes: at least 5'],
  [
    {
      rules: [
        { name: 'a', venue: 'binance' },
        { name: 'a', venue: 'binance' },
      ],
    },
    "universe.rules[1].name 'a' is used twice",
  ],
  [{ rules: [{ name: 'a', venue: 'mexc' }] }, "universe.rules[0].venue is mexc, which is not under 'venues'"],
  [
    { rules: Array.from({ length: 21 }, (_, n) => ({ name: `a${n}`, venue: 'binance' })) },
    'universe.rules must have at most 20 items',
  ],
] as const)('%j: %s', (universe, expected) => {
  const issues = issuesOf(universe);
  expect(issues).toHaveLength(1);
  expect(issues[0]).toContain(expected);
});

test('a league that nobody follows is named with those that there are', () => {
  expect(issuesOf({ rules: [] }, { leagues: ['cricket'] })).toEqual([
    'scores.leagues[0] must be one of nfl, nba, nhl, mlb',
  ]);
});

test('a symbol of Kalshi or Polymarket needs no series', () => {
  expect(
    configWith([{ name: 'a', venue: 'kalshi', symbols: ['FED-23DEC-T3.00'] }]).universe.rules,
  ).toHaveLength(1);
});
