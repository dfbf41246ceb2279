import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAggregateTrade, toDepth, toTouch, toTrade } from '../../../../adapters/venues/binance/mapper.ts';
import { parseMessage } from '../../../../adapters/venues/binance/message.ts';
import { HotScanner } from '../../../../adapters/venues/binance/scanner.ts';
import { FollowedInstrument } from '../../../../adapters/venues/followed-instrument.ts';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { LevelList } from '../../../../adapters/venues/levels.ts';
import { RefusedMessage } from '../../../../adapters/venues/refused-message.ts';
import { ELM, OAK } from '../../../core/market/samples.ts';
import { aggregate, depth, frame, touch, trade } from './frames.ts';

const known = new Map([OAK, ELM].map((one) => [one.symbol, new FollowedInstrument(one)]));

/** What the quick way makes of a frame, in the slow way's words; undefined when it leaves the frame to it. */
function quickly(one: Frame): unknown {
  const scanner = new HotScanner((symbol) => known.get(symbol));
  const kind = scanner.scan(one.raw, one.channel);
  if (kind === undefined) return undefined;
  if (scanner.found === undefined) return 'unfollowed';
  const content = {
    depthUpdate: scanner.depth,
    bookTicker: scanner.touch,
    trade: scanner.trade,
    aggTrade: scanner.trade,
  };
  return plain(kind, content[kind]);
}

function slowly(one: Frame): unknown {
  const message = parseMessage(one);
  if (!('body' in message) || !('s' in message.body)) return undefined;
  const grid = known.get(message.body.s)?.grids;
  if (grid === undefined) return 'unfollowed';
  switch (message.kind) {
    case 'trade':
      return plain(message.kind, toTrade(message.body, grid));
    case 'aggTrade':
      return plain(message.kind, toAggregateTrade(message.body, grid));
    case 'depthUpdate':
      return plain(message.kind, toDepth(message.body, grid));
    case 'bookTicker':
      return plain(message.kind, toTouch(message.body, grid));
  }
  return undefined;
}

/** Content as comparable values: levels as pairs. */
function plain(kind: string, content: object): unknown {
  if (content instanceof RefusedMessage) return undefined;
  const entries = Object.entries(content).map(([key, value]: [string, unknown]) => [
    key,
    value instanceof LevelList
      ? Array.from(value.ticks.slice(0, value.length), (at, n) => [at, value.lots[n]])
      : value,
  ]);
  return { kind, ...Object.fromEntries(entries) };
}

/** Plain decimals around a symbol's grid, most of them on it, some off it, some absurd. */
const decimal = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat(200_000), fc.constantFrom('', '.5', '.25', '.0025', '.10000000', '.001'))
      .map(([whole, rest]) => `${whole}${rest}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0',
      '0.000',
      '00.5',
      '1.000001',
      '1.00000000001',
      '99999999999999.9',
      '1.',
      '.5',
      '-1',
      '1e3',
      '',
      ' 1',
      '1'.repeat(29),
    ),
  },
);
const pair = fc.tuple(decimal, decimal);
const id = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 53 - 1));

const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc
    .tuple(id, fc.nat(50), fc.array(pair, { maxLength: 6 }), fc.array(pair, { maxLength: 6 }))
    .map(([first, more, bids, asks]) => depth(first, first + more, bids, asks, 5)),
  fc.tuple(id, pair, pair).map(([u, bid, ask]) => touch(u, bid, ask, 5)),
  fc.tuple(id, pair, fc.boolean()).map(([t, [p, q], isMaker]) => trade(t, p, q, isMaker, 5)),
  fc.tuple(id, fc.nat(5), pair).map(([first, more, [p, q]]) => aggregate(first, first + more, p, q, 5)),
);
const renamed = fc
  .tuple(anyFrame, fc.constantFrom('OAKUSDT', 'ELMUSDT', 'ASHUSDT'))
  .map(([one, symbol]) => ({ ...one, raw: one.raw.replace('OAKUSDT', symbol) }));

test('the quick way reads every usual message exactly as the slow way does', () => {
  let readQuickly = 0;
  fc.assert(
    fc.property(renamed, (one) => {
      const quick = quickly(one);
      if (quick !== undefined && quick !== 'unfollowed') readQuickly += 1;
      const slow = slowly(one);
      if (slow !== undefined) expect(quick).toEqual(slow);
      else if (quick !== 'unfollowed') expect(quick).toBeUndefined();
    }),
    { seed: 5, numRuns: 4_000 },
  );
  expect(readQuickly).toBeGreaterThan(1_000);
});

test('whatever the quick way accepts after any damage, the slow way reads the same', () => {
  const damage = fc.record({
    where: fc.nat(400),
    drop: fc.nat(3),
    insert: fc.constantFrom(
      '',
      '0',
      '9',
      '.',
      '"',
      ',',
      '}',
      ']',
      '[',
      '\\',
      '-',
      'e',
      ' ',
      'true',
      '\u0001',
    ),
  });
  fc.assert(
    fc.property(anyFrame, damage, (one, { where, drop, insert }) => {
      const from = where % (one.raw.length + 1);
      const broken = frame(one.channel, one.raw.slice(0, from) + insert + one.raw.slice(from + drop));
      const quick = quickly(broken);
      if (quick !== undefined && quick !== 'unfollowed') expect(quick).toEqual(slowly(broken));
    }),
    { seed: 6, numRuns: 6_000 },
  );
});

test.each([
  {
    what: 'another order of the fields',
    raw: '{"stream":"oakusdt@trade","data":{"s":"OAKUSDT","e":"trade"}}',
  },
  { what: 'white space', raw: ` ${trade(1, '100', '1').raw}` },
  { what: 'an envelope of another stream', raw: trade(1, '100', '1').raw.replace('oakusdt@', 'elmusdt@') },
  { what: 'an unknown field', raw: trade(1, '100', '1').raw.replace('"M":true', '"M":true,"X":1') },
])('$what is left to the slow way', ({ raw }) => {
  expect(quickly(frame('oakusdt@trade', raw))).toBeUndefined();
});
