import { describe, expect, test } from 'vitest';
import { createCatalogueReader } from '../../../adapters/venues/catalogues.ts';
import { RestPacer } from '../../../adapters/venues/session/rest-pacer.ts';
import { MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { CatalogueQuery } from '../../../core/universe/catalogue-queries.ts';
import type { KalshiAction } from '../../../local/venue-simulator/kalshi-lives.ts';
import type { PolymarketAction } from '../../../local/venue-simulator/polymarket-lives.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../support/random.ts';
import { openContractWorld } from './contract-world.ts';
import { HOURS, kalshiTrial, plansOf, QUARTER_CLOSE, QUARTERS, tickersOf } from './kalshi-trial.ts';
import { FED, polymarketTrial, upDownPlan, WINDOW_CLOSE } from './polymarket-trial.ts';
import { START } from './sim-world.ts';

/** What the real reader of lists finds in a simulated venue at some moment. */
function listsOf(make: (timers: VirtualTimers) => SimVenue) {
  const timers = new VirtualTimers(START);
  const transport = new SimTransport({ seed: 7, timers, venues: [make(timers)] });
  const reader = createCatalogueReader({
    access: {},
    pacer: new RestPacer({ transport, timers, random: seeded(7) }),
    timers,
  });
  return async (query: CatalogueQuery, atMs: number): Promise<readonly string[]> => {
    timers.runUntil(plusMs(START, atMs));
    const asked = reader.read(query, timers.now());
    let isRead = false;
    void asked.finally(() => {
      isRead = true;
    });
    // Answers come in virtual time, and what is done with them in between.
    for (let n = 0; !isRead && n < 10_000; n += 1) {
      await Promise.resolve();
      if (n % 20 === 19) timers.runNext();
    }
    const reading = await asked;
    if (reading.kind === 'failed') throw new Error(reading.why);
    expect(reading.problems.filter((one) => !one.includes('knows none of this name'))).toEqual([]);
    return reading.listings
      .map(({ instrument, tradable }) => `${instrument.symbol}${tradable ? '' : ' -'}`)
      .toSorted();
  };
}

const asking = (venue: 'kalshi' | 'polymarket', of: CatalogueQuery['wanted']): CatalogueQuery => ({
  venue,
  name: 'some',
  wanted: of,
  rules: ['one'],
});
const wanted = (venue: 'kalshi' | 'polymarket', series: string): CatalogueQuery =>
  asking(venue, { kind: 'series', series, aheadMs: 15 * MINUTE_MS });

describe('Kalshi', () => {
  const series = wanted('kalshi', 'KXBTC15M');
  const lists = (actions: readonly KalshiAction[] = []) =>
    listsOf((timers) => kalshiTrial([], { actions }).venue(timers));
  const [running = ''] = tickersOf(QUARTERS);
  const [next = ''] = tickersOf(QUARTERS, 1);
  const [later = ''] = tickersOf(QUARTERS, 2);

  test('its series roll by the clock: what closes is listed no more, and what comes after it is', async () => {
    const read = lists();
    expect(await read(series, 0)).toEqual([running, `${next} -`]);
    expect(await read(series, QUARTER_CLOSE + 20 * SECOND_MS)).toEqual([next, `${later} -`]);
  });

  test('a market is added by script', async () => {
    const [plan] = plansOf(HOURS, 3);
    if (plan === undefined) throw new Error('no plan');
    const read = lists([
      { kind: 'list', atMs: 30_000, plan: { ...plan, series: 'KXBTC15M', opensAt: START } },
    ]);
    expect(await read(series, 20_000)).toEqual([running, `${next} -`]);
    expect(await read(series, 50_000)).toEqual([running, `${next} -`, plan.ticker].toSorted());
  });

  test('a market is removed by script', async () => {
    const read = lists([{ kind: 'delist', atMs: 30_000, symbol: running }]);
    expect(await read(series, 50_000)).toEqual([`${next} -`]);
  });

  test('a series is rolled by script', async () => {
    const read = lists([{ kind: 'roll', atMs: 30_000, series: 'KXBTC15M' }]);
    expect(await read(series, 50_000)).toEqual([next]);
  });

  test('lists of a series, or all, are emptied by script for a while', async () => {
    const read = lists([{ kind: 'empty', atMs: 30_000, forMs: 20_000, series: 'KXBTC15M' }]);
    expect([await read(series, 31_000), await read(wanted('kalshi', 'KXBTCD'), 32_000)]).toEqual([
      [],
      [...tickersOf(HOURS), ...tickersOf(HOURS, 1).map((ticker) => `${ticker} -`)].toSorted(),
    ]);
    expect(await read(series, 66_000)).toEqual([running, `${next} -`]);
    const all = lists([{ kind: 'empty', atMs: 30_000, forMs: 20_000 }]);
    expect(await all(wanted('kalshi', 'KXBTCD'), 32_000)).toEqual([]);
  });

  test('who follows a market that is removed shows an empty book, and no wrong one', () => {
    const world = openContractWorld(
      kalshiTrial([running, next], { actions: [{ kind: 'delist', atMs: 30_000, symbol: running }] }),
    );
    world.pass(50_000);
    expect(world.wrong).toEqual([]);
    expect(world.books.get(running)?.levels('bids', 1)).toEqual([]);
  });
});

describe('Polymarket', () => {
  const series = wanted('polymarket', 'btc-updown-15m');
  const lists = (actions: readonly PolymarketAction[] = []) =>
    listsOf((timers) => polymarketTrial([], { actions }).venue(timers));
  const [running, next, later] = [0, 1, 2].map((n) => upDownPlan(n));

  test('its series roll by the clock', async () => {
    const read = lists();
    expect(await read(series, 0)).toEqual([...(running?.tokens ?? []), ...(next?.tokens ?? [])].toSorted());
    expect(await read(series, WINDOW_CLOSE)).toEqual(
      [...(next?.tokens ?? []), ...(later?.tokens ?? [])].toSorted(),
    );
  });

  test('a market is added by script', async () => {
    const plan = { ...upDownPlan(), ...namesOf('another-market'), series: null };
    const read = lists([{ kind: 'list', atMs: 30_000, plan }]);
    const symbols = asking('polymarket', { kind: 'symbols', symbols: plan.tokens });
    expect([await read(symbols, 20_000), await read(symbols, 31_000)]).toEqual([
      [],
      [...plan.tokens].toSorted(),
    ]);
  });

  test('a market is removed, a series is rolled, and lists are emptied by script', async () => {
    const removed = lists([{ kind: 'delist', atMs: 30_000, symbol: running?.tokens[0] ?? '' }]);
    expect(await removed(series, 31_000)).toEqual([...(next?.tokens ?? [])].toSorted());
    const rolled = lists([{ kind: 'roll', atMs: 30_000, series: 'btc-updown-15m' }]);
    expect(await rolled(series, 31_000)).toEqual(
      [...(running?.tokens ?? []).map((token) => `${token} -`), ...(next?.tokens ?? [])].toSorted(),
    );
    const emptied = lists([{ kind: 'empty', atMs: 30_000, forMs: 20_000, series: 'btc-updown-15m' }]);
    expect([(await emptied(series, 31_000)).length, (await emptied(series, 51_000)).length]).toEqual([0, 4]);
  });

  test('who follows a market that is removed shows no wrong book', () => {
    const [plan] = FED;
    const world = openContractWorld(
      polymarketTrial(plan?.tokens ?? [], {
        actions: [{ kind: 'delist', atMs: 30_000, symbol: plan?.tokens[0] ?? '' }],
      }),
    );
    world.pass(50_000);
    expect([world.wrong, world.checks > 50]).toEqual([[], true]);
  });

  /** Of a market that is in no series. */
  function namesOf(slug: string) {
    const [template] = FED;
    return {
      slug,
      condition: `0x${'1'.repeat(64)}`,
      tokens: ['111', '222'] as const,
      event: template?.event ?? upDownPlan().event,
    };
  }
});
