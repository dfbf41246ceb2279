import { describe, expect, test } from 'vitest';
import { type Money, money, type Price, price } from '../../../core/amounts.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { DAY_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { UNIVERSE_MAX, type UniverseRule } from '../../../core/universe/rules.ts';
import { selectUniverse } from '../../../core/universe/select-universe.ts';
import type { UniverseMember } from '../../../core/universe/universe.ts';
import { asset, at, contract, input, NOON, quarter, rule, symbolsOf } from './listings.ts';

const member = (listing: Listing, of = 'all'): UniverseMember => ({
  instrument: listing.instrument,
  rule: of,
  reason: `${of}: as it came`,
  since: at(-60),
});

test('without rules there is nothing', () => {
  expect(selectUniverse(input({ rules: [], listings: [asset('BTCUSDT')] }))).toEqual({
    members: [],
    added: [],
    removed: [],
    found: [],
    leftOut: [],
  });
});

test('who comes is told with what speaks for it, who stays keeps its place, who goes is told with the reason', () => {
  const [btc, eth, old] = [
    asset('BTCUSDT'),
    asset('ETHUSDT'),
    asset('OLDUSDT', { tradable: false, status: 'BREAK' }),
  ];
  const before = [member(eth), member(old)];
  expect(selectUniverse(input({ listings: [eth, old, btc], before }))).toEqual({
    members: [
      {
        instrument: btc.instrument,
        rule: 'all',
        reason: 'all: 24 h volume 1000.00, spread 2.00 bps, depth 500.00',
        since: NOON,
      },
      member(eth),
    ],
    added: [
      { instrumentId: 'binance:BTCUSDT', reason: 'all: 24 h volume 1000.00, spread 2.00 bps, depth 500.00' },
    ],
    removed: [
      { instrumentId: 'binance:OLDUSDT', reason: "all: not_tradable, the venue's status is 'BREAK'" },
    ],
    found: [{ rule: 'all', listed: 3, members: 2 }],
    leftOut: [
      {
        rule: 'all',
        reason: 'not_tradable',
        count: 1,
        examples: [{ instrumentId: 'binance:OLDUSDT', detail: "the venue's status is 'BREAK'" }],
      },
    ],
  });
});

test('the rules of an instrument that stays are those that its venue lists now', () => {
  const btc = asset('BTCUSDT');
  const finer = { ...btc, instrument: { ...btc.instrument, tickSize: price('0.001') } };
  expect(selectUniverse(input({ listings: [finer], before: [member(btc)] })).members).toEqual([
    { ...member(btc), instrument: finer.instrument },
  ]);
});

describe('the scope of a rule', () => {
  const all = [asset('BTCUSDT'), asset('ETHUSDT'), asset('ETHBTC'), asset('BTC-USD', {}, 'coinbase')];
  const inScope = (more: Partial<UniverseRule>) => symbolsOf(input({ listings: all, rules: [rule(more)] }));

  test.each([
    [{ symbols: ['*USDT'] }, ['BTCUSDT', 'ETHUSDT']],
    [{ symbols: ['ETH*'], exclude: ['*BTC'] }, ['ETHUSDT']],
    [{ symbols: ['BTCUSDT', 'NONE'] }, ['BTCUSDT']],
    [{ symbols: [] }, ['BTCUSDT', 'ETHBTC', 'ETHUSDT']],
    [{ venue: 'coinbase' }, ['BTC-USD']],
    [{ venue: 'kalshi' }, []],
  ] as const)('%j is about %j', (more, expected) => {
    expect(inScope(more)).toEqual(expected);
  });

  test('a series is matched by its name, not by how a symbol begins', () => {
    const listings = [
      quarter(0),
      contract('KXBTC15MX-1', { series: 'KXBTC15MX' }),
      contract('LONE', { series: null }),
    ];
    const rules = [rule({ venue: 'kalshi', series: ['KXBTC15M'] })];
    expect(symbolsOf(input({ listings, rules }))).toEqual(['KXBTC15M-0']);
  });

  test('what is outside is not counted as left out; what is excluded is', () => {
    const selection = selectUniverse(
      input({ listings: all, rules: [rule({ symbols: ['*USDT'], exclude: ['ETH*'] })] }),
    );
    expect(selection.found).toEqual([{ rule: 'all', listed: 2, members: 1 }]);
    expect(selection.leftOut).toEqual([
      {
        rule: 'all',
        reason: 'excluded',
        count: 1,
        examples: [{ instrumentId: 'binance:ETHUSDT', detail: "ETH* is under 'exclude' of rule all" }],
      },
    ]);
  });
});

describe('a bound', () => {
  const days = (n: number): Listing =>
    contract('X', { closesAt: plusMs(NOON, n * DAY_MS), series: 'S' }, {}, 'binance');
  /** A game's market: it closes in two weeks, for a game that is put off. */
  const game = (n: number): Listing => ({ ...days(14), expectedAt: plusMs(NOON, n * DAY_MS) });
  const spread = (bestAsk: string | null): Listing => asset('X', { bestBid: '99', bestAsk });

  test.each<{
    readonly of: Partial<UniverseRule>;
    readonly listing: Listing;
    /** Whether it comes, and whether it would stay. */
    readonly comes: boolean;
    readonly stays: boolean;
    readonly why?: string;
  }>([
    { of: { volume24hMin: money('1000') }, listing: asset('X'), comes: true, stays: true },
    {
      of: { volume24hMin: money('1000') },
      listing: asset('X', { volume24h: '999.99999999' }),
      comes: false,
      stays: true,
      why: 'volume_low',
    },
    {
      of: { volume24hMin: money('1000') },
      listing: asset('X', { volume24h: '900' }), // 1000 less a tenth
      comes: false,
      stays: true,
      why: 'volume_low',
    },
    {
      of: { volume24hMin: money('1000') },
      listing: asset('X', { volume24h: '899.99999999' }),
      comes: false,
      stays: false,
      why: 'volume_low',
    },
    {
      of: { volume24hMin: money('1000') },
      listing: asset('X', { volume24h: null }),
      comes: false,
      stays: true,
      why: 'volume_unknown',
    },
    { of: { spreadMax: price('2') as Price }, listing: spread('101'), comes: true, stays: true },
    {
      of: { spreadMax: price('2') },
      listing: spread('101.2'),
      comes: false,
      stays: true,
      why: 'spread_wide',
    }, // 2.2
    {
      of: { spreadMax: price('2') },
      listing: spread('101.21'),
      comes: false,
      stays: false,
      why: 'spread_wide',
    },
    {
      of: { spreadMax: price('2') },
      listing: spread(null),
      comes: false,
      stays: true,
      why: 'spread_unknown',
    },
    { of: { spreadBpsMax: 200 }, listing: spread('101'), comes: true, stays: true }, // 2 of 100
    { of: { spreadBpsMax: 199 }, listing: spread('101'), comes: false, stays: true, why: 'spread_wide' },
    { of: { spreadBpsMax: 181 }, listing: spread('101'), comes: false, stays: false, why: 'spread_wide' }, // 199.1 forgiven
    { of: { spreadBpsMax: 0 }, listing: spread('99'), comes: true, stays: true },
    { of: { depthMin: money('500') as Money }, listing: asset('X'), comes: true, stays: true },
    {
      of: { depthMin: money('600') },
      listing: asset('X', { depth: '540' }),
      comes: false,
      stays: true,
      why: 'depth_low',
    },
    {
      of: { depthMin: money('600') },
      listing: asset('X', { depth: '539' }),
      comes: false,
      stays: false,
      why: 'depth_low',
    },
    {
      of: { depthMin: money('600') },
      listing: asset('X', { depth: null }),
      comes: false,
      stays: true,
      why: 'depth_unknown',
    },
    { of: { daysToExpiryMin: 2 }, listing: days(2), comes: true, stays: true },
    { of: { daysToExpiryMin: 2 }, listing: days(1.85), comes: false, stays: true, why: 'expiry_near' },
    { of: { daysToExpiryMin: 2 }, listing: days(1.75), comes: false, stays: false, why: 'expiry_near' },
    { of: { daysToExpiryMax: 2 }, listing: days(2.15), comes: false, stays: true, why: 'expiry_far' },
    { of: { daysToExpiryMax: 2 }, listing: days(2.25), comes: false, stays: false, why: 'expiry_far' },
    { of: { daysToExpiryMax: 2 }, listing: asset('X'), comes: false, stays: true, why: 'expiry_unknown' },
    { of: { daysToExpiryMax: 1 }, listing: game(0.4), comes: true, stays: true },
    { of: { daysToExpiryMax: 1 }, listing: game(-0.1), comes: true, stays: true }, // it goes on
    { of: { daysToExpiryMax: 1 }, listing: game(2), comes: false, stays: false, why: 'expiry_far' },
    { of: { daysToExpiryMax: 1 }, listing: days(14), comes: false, stays: false, why: 'expiry_far' },
    { of: { daysToExpiryMin: 1 }, listing: game(0.4), comes: false, stays: false, why: 'expiry_near' },
    {
      of: { daysToExpiryMin: 2 },
      listing: { ...days(1.5), expectedAt: plusMs(NOON, 14 * DAY_MS) }, // its close is sooner
      comes: false,
      stays: false,
      why: 'expiry_near',
    },
    { of: { daysToExpiryMax: 0.5 }, listing: days(0), comes: false, stays: false, why: 'expired' },
    { of: {}, listing: asset('X', { tradable: false }), comes: false, stays: false, why: 'not_tradable' },
  ])('$of: $listing.volume24h $listing.bestAsk $listing.depth comes $comes, stays $stays ($why)', (row) => {
    const { of, listing, comes, stays, why } = row;
    const rules = [rule(of)];
    const fresh = selectUniverse(input({ rules, listings: [listing] }));
    const held = selectUniverse(input({ rules, listings: [listing], before: [member(listing)] }));
    expect([fresh.members.length === 1, held.members.length === 1]).toEqual([comes, stays]);
    expect(fresh.leftOut.map(({ reason }) => reason)).toEqual(comes ? [] : [why]);
  });

  test('says what was found and what is wanted, and what is forgiven to who is there', () => {
    const thin = asset('X', { volume24h: '800' });
    const rules = [rule({ volume24hMin: money('1000') })];
    const fresh = selectUniverse(input({ rules, listings: [thin] }));
    const held = selectUniverse(input({ rules, listings: [thin], before: [member(thin)] }));
    expect(fresh.leftOut[0]?.examples[0]?.detail).toBe('24 h volume 800.0000; at least 1000 is wanted');
    expect(held.removed[0]?.reason).toBe(
      'all: volume_low, 24 h volume 800.0000; at least 1000, a tenth of which is forgiven, is wanted',
    );
  });
});

describe('the limit', () => {
  const ranked = [
    asset('A', { volume24h: '100' }),
    asset('B', { volume24h: '95' }),
    asset('C', { volume24h: '95' }),
    asset('D', { volume24h: null }),
  ];
  test('keeps the best by volume, equal ones by name, and says the rank of the others', () => {
    const selection = selectUniverse(input({ listings: ranked, rules: [rule({ limit: 2 })] }));
    expect(selection.members.map(({ instrument }) => instrument.symbol)).toEqual(['A', 'B']);
    expect(selection.leftOut).toEqual([
      {
        rule: 'all',
        reason: 'limit',
        count: 2,
        examples: [
          { instrumentId: 'binance:C', detail: 'it ranks 3 by 24 h volume; the limit is 2' },
          { instrumentId: 'binance:D', detail: 'it ranks 4 by 24 h volume; the limit is 2' },
        ],
      },
    ]);
  });
  test.each([
    ['104', ['B', 'C']], // C counts 104.5
    ['105', ['A', 'B']],
  ])('who is there goes only for one with a tenth more: A at %s leaves %j', (volume24h, expected) => {
    const [, b, c] = ranked;
    if (!b || !c) throw new Error('they are there');
    const listings = [asset('A', { volume24h }), b, c];
    const before = [member(b), member(c)];
    expect(symbolsOf(input({ listings, before, rules: [rule({ limit: 2 })] }))).toEqual(expected);
  });
});

describe('a series that rolls', () => {
  const rolling = (more: Partial<UniverseRule> = {}): UniverseRule =>
    rule({ name: 'btc', venue: 'kalshi', series: ['KXBTC15M'], rolling: true, ...more });
  const followed = (now = NOON, more: Partial<UniverseRule> = {}) =>
    symbolsOf(
      input({
        now,
        rules: [rolling(more)],
        listings: [-15, 0, 15, 30, 45].map((minute) => quarter(minute, now)),
      }),
    );

  test.each([
    // Looked at each quarter of an hour, and wanted five minutes ahead: what takes over within 20 minutes is there.
    { minute: 0, expected: ['KXBTC15M-0', 'KXBTC15M-15'] },
    { minute: 9, expected: ['KXBTC15M-0', 'KXBTC15M-15'] },
    { minute: 10, expected: ['KXBTC15M-0', 'KXBTC15M-15', 'KXBTC15M-30'] },
    { minute: 15, expected: ['KXBTC15M-15', 'KXBTC15M-30'] },
  ])('is followed to the next market: $expected at minute $minute', ({ minute, expected }) => {
    expect(followed(at(minute))).toEqual(expected);
  });

  test('with a longer lead, further', () => {
    expect(followed(NOON, { leadMs: 30 * MINUTE_MS })).toEqual([
      'KXBTC15M-0',
      'KXBTC15M-15',
      'KXBTC15M-30',
      'KXBTC15M-45',
    ]);
  });

  test('says who takes over when, who has ended, and who is too far ahead', () => {
    const listings = [-15, 0, 15, 30].map((minute) => quarter(minute));
    const [ended] = listings;
    const before = ended ? [member(ended, 'btc')] : [];
    const selection = selectUniverse(input({ rules: [rolling()], listings, before }));
    expect(selection.added).toEqual([
      {
        instrumentId: 'kalshi:KXBTC15M-0',
        reason:
          'btc: current, until 2026-11-21T12:15:00.000Z, 24 h volume 1000.00, spread 408.16 bps, depth 500.00',
      },
      { instrumentId: 'kalshi:KXBTC15M-15', reason: 'btc: next, from 2026-11-21T12:15:00.000Z' },
    ]);
    expect(selection.removed).toEqual([
      {
        instrumentId: 'kalshi:KXBTC15M--15',
        reason: 'btc: expired, trading ended at 2026-11-21T12:00:00.000Z',
      },
    ]);
    expect(selection.leftOut.map(({ reason, count }) => [reason, count])).toEqual([
      ['expired', 1],
      ['not_current', 1],
    ]);
  });

  test('markets of later hours that are open already wait for their turn', () => {
    const hour = (n: number): Listing =>
      contract(`H${n}`, { series: 'KXBTCD', opensAt: at(-600), closesAt: at(60 * n) });
    const rules = [rolling({ series: ['KXBTCD'] })];
    const listings = [hour(1), hour(2), hour(3)];
    expect(symbolsOf(input({ rules, listings }))).toEqual(['H1']);
    expect(symbolsOf(input({ rules, listings, now: at(45) }))).toEqual(['H1', 'H2']);
  });

  test('over a pause the next one is there when it opens', () => {
    const monday = contract('MON', { opensAt: at(600), closesAt: at(660) }, { tradable: false });
    const rules = [rolling()];
    expect(symbolsOf(input({ rules, listings: [monday], now: at(500) }))).toEqual([]);
    expect(symbolsOf(input({ rules, listings: [monday], now: at(585) }))).toEqual(['MON']);
  });

  test('bounds on the market are for what trades now, and the limit for each closing time', () => {
    const strike = (minute: number, n: number, volume24h: string): Listing =>
      contract(
        `S${minute}-${n}`,
        { opensAt: at(minute), closesAt: at(minute + 15) },
        { tradable: minute <= 0, volume24h },
      );
    const listings = [
      strike(0, 1, '50'),
      strike(0, 2, '900'),
      strike(0, 3, '800'),
      strike(0, 4, '700'),
      strike(15, 1, '0'),
      strike(15, 2, '0'),
      strike(15, 3, '0'),
    ];
    const rules = [rolling({ volume24hMin: money('100'), limit: 2 })];
    expect(symbolsOf(input({ rules, listings }))).toEqual(['S0-2', 'S0-3', 'S15-1', 'S15-2']);
  });

  test('a market that opens late, or whose list is some minutes old, is no reason to leave it', () => {
    const late = (now: number) => quarter(0, at(-1), { status: `${now}` });
    const rules = [rolling()];
    const before = [member(late(0), 'btc')];
    expect(symbolsOf(input({ rules, before, listings: [late(4)], now: at(4) }))).toEqual(['KXBTC15M-0']);
    expect(symbolsOf(input({ rules, before, listings: [late(5)], now: at(5) }))).toEqual([]);
  });
});

describe('several rules', () => {
  test('an instrument belongs to the first that admits it, and leaves when none does', () => {
    const btc = asset('BTCUSDT');
    const strict = rule({ name: 'strict', volume24hMin: money('2000') });
    const loose = rule({ name: 'loose' });
    const both = selectUniverse(input({ rules: [strict, loose], listings: [btc] }));
    expect(both.members.map((one) => one.rule)).toEqual(['loose']);
    expect(both.found).toEqual([
      { rule: 'strict', listed: 1, members: 0 },
      { rule: 'loose', listed: 1, members: 1 },
    ]);
    const alone = selectUniverse(input({ rules: [strict], listings: [btc], before: both.members }));
    expect(alone.removed).toEqual([
      {
        instrumentId: 'binance:BTCUSDT',
        reason: "loose: no_rule, there is no rule of this name under 'universe' any more",
      },
    ]);
  });

  test('what one rule forgives to its own, another one does not', () => {
    const btc = asset('BTCUSDT', { volume24h: '950' });
    const rules = [rule({ name: 'strict', volume24hMin: money('1000') }), rule({ name: 'loose' })];
    expect(
      selectUniverse(input({ rules, listings: [btc], before: [member(btc, 'loose')] })).members.map(
        (one) => one.rule,
      ),
    ).toEqual(['loose']);
    expect(
      selectUniverse(input({ rules, listings: [btc], before: [member(btc, 'strict')] })).members.map(
        (one) => one.rule,
      ),
    ).toEqual(['strict']);
  });

  test('a universe that is full leaves out what comes beyond, in the order of the rules', () => {
    const many = Array.from({ length: UNIVERSE_MAX }, (_, n) => asset(`A${String(n).padStart(3, '0')}`));
    const last = asset('LAST', {}, 'mexc');
    const rules = [rule({ name: 'one', limit: UNIVERSE_MAX }), rule({ name: 'two', venue: 'mexc' })];
    const selection = selectUniverse(input({ rules, listings: [last, ...many] }));
    expect(selection.members).toHaveLength(UNIVERSE_MAX);
    expect(selection.leftOut).toEqual([
      {
        rule: 'two',
        reason: 'full',
        count: 1,
        examples: [{ instrumentId: 'mexc:LAST', detail: 'the universe holds 300 instruments already' }],
      },
    ]);
  });
});

describe('a list that could not be read', () => {
  const btc = asset('BTCUSDT');
  const unread = new Set(['all']);

  test('takes nothing away and brings nothing', () => {
    const selection = selectUniverse(
      input({ unread, before: [member(btc)], listings: [asset('ETHUSDT'), { ...btc, tradable: false }] }),
    );
    expect(selection.members).toEqual([member(btc)]);
    expect(selection.found).toEqual([{ rule: 'all', listed: null, members: 1 }]);
    expect(selection.leftOut).toEqual([]);
  });

  test('but what has ended goes', () => {
    const rules = [rule({ venue: 'kalshi', series: ['KXBTC15M'], rolling: true })];
    const before = [member(quarter(-15)), member(quarter(0))];
    const selection = selectUniverse(input({ rules, unread, before }));
    expect(selection.members).toEqual([member(quarter(0))]);
    expect(selection.removed).toEqual([
      {
        instrumentId: 'kalshi:KXBTC15M--15',
        reason: 'all: expired, trading ended at 2026-11-21T12:00:00.000Z',
      },
    ]);
  });

  test('while one that was read says who is not listed any more', () => {
    expect(selectUniverse(input({ before: [member(btc)], listings: [] })).removed).toEqual([
      {
        instrumentId: 'binance:BTCUSDT',
        reason: 'all: not_listed, its venue does not list it any more, or the rule is not about it',
      },
    ]);
  });
});
