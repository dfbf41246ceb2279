import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { klinesRequest } from '../../../adapters/venues/binance/klines.ts';
import { protocolOf } from '../../../adapters/venues/protocols.ts';
import type { FrameRequest } from '../../../adapters/venues/session/protocol.ts';
import { type RawVenues, venuesSchema } from '../../../core/config/venues-schema.ts';
import { epochMs } from '../../../core/time.ts';

const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const assets = { latency, fees: { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' } };
const contracts = { latency, fees: { version: 'test', makerRate: 0, takerRate: 0, roundTo: '0.01' } };

const { privateKey } = generateKeyPairSync('ed25519');
const keys = {
  kalshi: { keyId: 'one', privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) },
};

const tokens = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(77));
const names = ['A', 'B', 'C', 'D', 'E'];

/** All that is asked by REST of five instruments: rules, books, trades. */
function asked(venue: keyof RawVenues, access: object, symbols: readonly string[]): FrameRequest[] {
  const protocol = protocolOf(venue, venuesSchema.parse({ [venue]: access }), keys);
  if (protocol === undefined) throw new Error(`${venue} is not configured`);
  return [
    ...protocol.discovery.requests(symbols),
    ...protocol.poll(symbols, epochMs(1_790_000_000_000)),
    ...protocol.script('one', symbols).snapshot(symbols).requests,
  ];
}

const sizes = (requests: readonly FrameRequest[], channel: string): number[] =>
  requests.filter((one) => one.channel === channel).map(({ symbols }) => symbols.length);

test.each([
  { venue: 'binance', base: assets, symbols: names, channels: { 'rest:exchangeInfo': [2, 2, 1] } },
  { venue: 'coinbase', base: assets, symbols: names, channels: { 'rest:products': [2, 2, 1] } },
  {
    venue: 'kalshi',
    base: contracts,
    symbols: names,
    // Of rules in discovery and in the round; of books in the round and as pictures.
    channels: { 'rest:markets': [2, 2, 1, 2, 2, 1], 'rest:orderbooks': [2, 2, 1, 2, 2, 1] },
  },
  {
    venue: 'polymarket',
    base: contracts,
    symbols: tokens,
    // Rules of open and of closed markets of both versions, since theirs is not known. What an outcome pays names one symbol.
    channels: {
      'rest:books': [2, 2, 1, 2, 2, 1],
      'rest:markets': [2, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1],
      'rest:tokens': [1, 1, 1],
    },
  },
] as const)('$venue is asked about as many instruments at once as is configured', (one) => {
  const { venue, base, symbols, channels } = one;
  const requests = asked(venue, { ...base, rest: { batch: 2 } }, symbols);
  for (const [channel, expected] of Object.entries(channels))
    expect([channel, sizes(requests, channel)]).toEqual([channel, expected]);
});

const binance = (rest: object = {}) => {
  const protocol = protocolOf('binance', venuesSchema.parse({ binance: { ...assets, rest } }), keys);
  if (protocol === undefined) throw new Error('binance is not configured');
  return protocol;
};

test('a configured pace replaces the safe one', () => {
  const one = binance({ spacingMs: 200, burst: 2, refreshSeconds: 60, batch: 3 });
  expect(one.restLimits).toEqual({ spacingMs: 200, burst: 2, weightPerMinute: 4_800 });
  expect(one.discovery.everyMs).toBe(60_000);
  const coins = Array.from({ length: 7 }, (_, n) => `COIN${n}USDT`);
  expect(one.discovery.requests(coins).map((request) => request.symbols.length)).toEqual([3, 3, 1]);
});

test('history is asked for by bars', () => {
  const [from, through] = [epochMs(1_789_999_200_000), epochMs(1_790_000_100_000)];
  expect(binance().klines?.('AUSDT', '15m', from, through)).toEqual({
    request: klinesRequest('AUSDT', '15m', from, through),
    channel: 'rest:klines:15m:AUSDT',
    symbols: ['AUSDT'],
    weight: 2,
  });
});
