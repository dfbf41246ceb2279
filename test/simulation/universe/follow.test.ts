import { describe, expect, test } from 'vitest';
import { type InstrumentId, instrumentId, type VenueId } from '../../../core/market/instrument.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import type { KalshiAction } from '../../../local/venue-simulator/kalshi-lives.ts';
import { quarterHours } from '../../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { type ListedAction, listedVenue } from '../../../local/venue-simulator/listed-floor.ts';
import type { PolymarketAction } from '../../../local/venue-simulator/polymarket-lives.ts';
import { upDownSeries } from '../../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import { binanceListings } from '../../../local/venue-simulator/spot-listings.ts';
import { PUBLIC_KEYS, plansOf, QUARTER_CLOSE } from '../../local/venue-simulator/kalshi-trial.ts';
import { upDownPlan } from '../../local/venue-simulator/polymarket-trial.ts';
import type { SimSide } from '../feeds/sim-feed.ts';
import { deskWith } from './list-world.ts';
import { type Shown, UniverseFeed } from './universe-feed.ts';

const PACE = { stepMs: 1_000, levels: 5 };
const QUARTER_MS = 15 * MINUTE_MS;
/** A look comes five minutes after the other, and the follower's a minute after the other. */
const NOTICED_MS = 6 * MINUTE_MS;
/** From the opening of a book to the window that shows it as live. */
const LIVE_MS = 5 * SECOND_MS;
/** A contract that left the universe is followed for so long. */
const LINGER_MS = HOUR_MS;

interface Side extends SimSide {
  readonly rule: object;
}

const side = (venue: VenueId, rule: object, open: SimSide['open'], numbersUpdates = false): Side => ({
  venue,
  symbols: [],
  numbersUpdates,
  open,
  rule: { name: venue, venue, ...rule },
});

const kalshi = (actions: readonly KalshiAction[] = []): Side =>
  side('kalshi', { series: ['KXBTC15M'], rolling: true }, (timers, seed) =>
    kalshiVenue({ seed, timers, keys: PUBLIC_KEYS, series: [quarterHours('BTC', PACE)], actions }),
  );

const polymarket = (actions: readonly PolymarketAction[] = []): Side =>
  side('polymarket', { series: ['btc-updown-15m'], rolling: true }, (timers, seed) =>
    polymarketVenue({ seed, timers, series: [upDownSeries('btc', '15m', PACE)], plans: [], actions }),
  );

const binance = (actions: readonly ListedAction[]): Side =>
  side(
    'binance',
    { symbols: ['*USDT'] },
    (timers, seed) =>
      listedVenue({
        seed,
        timers,
        dialect: binanceDialect,
        listings: binanceListings({ count: 3, stepMs: 500 }),
        actions,
      }),
    true,
  );

const follow = (...sides: readonly Side[]): UniverseFeed =>
  new UniverseFeed({ config: deskWith(sides.map(({ rule }) => rule)), sides });

/** Instruments of the n-th quarter of an hour from the one that runs at the start. */
const QUARTER_OF: Readonly<Record<string, (n: number) => readonly InstrumentId[]>> = {
  kalshi: (n) => plansOf(quarterHours('BTC', PACE), n).map(({ ticker }) => instrumentId('kalshi', ticker)),
  polymarket: (n) => upDownPlan(n).tokens.map((token) => instrumentId('polymarket', token)),
};

describe.each([
  // Books open with the quarter, and its end is told by the clock.
  {
    name: 'kalshi',
    open: kalshi,
    opensAt: (n: number) => QUARTER_CLOSE + (n - 1) * QUARTER_MS,
    endsWithinMs: LIVE_MS,
    aheadIsLive: false,
  },
  // Books are open half an hour before it; that orders are taken no more is in the list only, which is asked every half minute.
  {
    name: 'polymarket',
    open: polymarket,
    opensAt: () => 0,
    endsWithinMs: 30 * SECOND_MS + LIVE_MS,
    aheadIsLive: true,
  },
])('quarters of an hour at $name', ({ name, open, opensAt, endsWithinMs, aheadIsLive }) => {
  test('are taken up before their turn, are live and right in it, pay, and are left an hour later', async () => {
    const world = follow(open());
    const rounds = 6;
    await world.until(rounds * QUARTER_MS);
    const past = [1, 2, 3, 4].flatMap((n) =>
      (QUARTER_OF[name]?.(n) ?? []).map((id) => ({ n, id, shown: world.shown.get(id) })),
    );
    expect(past.length).toBeGreaterThanOrEqual(4);
    for (const { n, id, shown = expect.fail(`${id} was never shown`) } of past) {
      const turnAt = QUARTER_CLOSE + (n - 1) * QUARTER_MS;
      const [liveFrom = Number.POSITIVE_INFINITY, liveThrough = 0] = shown.liveAt;
      expect([id, shown.from < turnAt]).toEqual([id, true]);
      expect(liveFrom).toBeLessThanOrEqual(Math.max(opensAt(n), shown.from) + LIVE_MS);
      expect(liveThrough).toBeGreaterThanOrEqual(turnAt + QUARTER_MS - LIVE_MS);
      expect(liveThrough).toBeLessThanOrEqual(turnAt + QUARTER_MS + endsWithinMs);
      expect(['0', '1']).toContain(shown.payout);
    }
    expect(leftAt(world, QUARTER_OF[name]?.(0) ?? [])).toBe(true);
    const expected = (aheadIsLive ? [rounds, rounds + 1] : [rounds]).flatMap(
      (n) => QUARTER_OF[name]?.(n) ?? [],
    );
    expect(world.live()).toEqual(expected.toSorted());
    expect([world.feed.wrong, world.feed.missed, world.feed.checks > 1_000]).toEqual([[], 0, true]);
  });
});

/** The first quarter ends, its universe forgets it at the next look, and the feed an hour after that. */
function leftAt({ shown }: UniverseFeed, ids: readonly InstrumentId[]): boolean {
  const through = ids.map((id) => shown.get(id)?.through ?? 0);
  const earliest = QUARTER_CLOSE + LINGER_MS;
  return through.every((at) => at > earliest && at <= earliest + 2 * NOTICED_MS);
}

test('a quarter that ends early by the venue’s will gives way to the next one, which the list tells a quarter of a minute later', async () => {
  const world = follow(kalshi([{ kind: 'roll', atMs: 50 * SECOND_MS, series: 'KXBTC15M' }]));
  const [first = '', next = ''] = [0, 1].flatMap((n) => QUARTER_OF['kalshi']?.(n) ?? []);
  await world.until(40 * SECOND_MS);
  expect(world.live()).toEqual([first]);
  await world.until(53 * SECOND_MS);
  expect(world.live()).toEqual([]);
  await world.until(70 * SECOND_MS);
  expect(world.live()).toEqual([next]);
  expect(world.feed.wrong).toEqual([]);
});

test('what an exchange lists anew is followed and live within a look, and what it delists is left with it', async () => {
  const world = follow(
    binance([
      { kind: 'list', atMs: 4 * MINUTE_MS, plan: 'SOLUSDT' },
      { kind: 'delist', atMs: 9 * MINUTE_MS, symbol: 'BTCUSDT' },
    ]),
  );
  await world.until(16 * MINUTE_MS);
  const [btc, eth, sol] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) =>
    world.shown.get(instrumentId('binance', symbol)),
  );
  expect(world.live()).toEqual(['binance:ETHUSDT', 'binance:SOLUSDT']);
  expect([btc?.from, eth?.from].every((from) => (from ?? HOUR_MS) < 3 * SECOND_MS)).toBe(true);
  expect(between(sol, 'from', 4 * MINUTE_MS, 4 * MINUTE_MS + NOTICED_MS)).toBe(true);
  expect((sol?.liveAt[0] ?? HOUR_MS) - (sol?.from ?? 0)).toBeLessThanOrEqual(LIVE_MS);
  expect(between(btc, 'through', 9 * MINUTE_MS, 9 * MINUTE_MS + NOTICED_MS)).toBe(true);
  expect([world.feed.wrong, world.feed.missed]).toEqual([[], 0]);
});

const between = (shown: Shown | undefined, field: 'from' | 'through', least: number, most: number): boolean =>
  shown !== undefined && shown[field] > least && shown[field] <= most;

test('lists that do not answer leave the feed as it is, live', async () => {
  const down = { kind: 'http', status: 503, atMs: 30 * SECOND_MS, forMs: 20 * MINUTE_MS } as const;
  const open = kalshi();
  const world = follow({
    ...open,
    open: (timers, seed) =>
      kalshiVenue({
        seed,
        timers,
        keys: PUBLIC_KEYS,
        series: [quarterHours('BTC', PACE)],
        faults: [{ ...down, path: '/events' }],
      }),
  });
  await world.until(QUARTER_CLOSE + 13 * MINUTE_MS);
  expect([world.live(), world.feed.wrong]).toEqual([QUARTER_OF['kalshi']?.(1), []]);
});
