import { expect, test } from 'vitest';
import { createCatalogueStore } from '../../../adapters/store/catalogue-store.ts';
import { createGameStore } from '../../../adapters/store/game-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { stampedStore } from '../../../adapters/store/stamped-store.ts';
import { createUniverseStore } from '../../../adapters/store/universe-store.ts';
import { createCatalogueReader } from '../../../adapters/venues/catalogues.ts';
import { RestPacer } from '../../../adapters/venues/session/rest-pacer.ts';
import { MINUTE_MS, plusMs } from '../../../core/time.ts';
import { universe } from '../../../lambdas/universe/universe.ts';
import { itemBytes } from '../../../local/cost/item-size.ts';
import { MeteredStore } from '../../../local/cost/metered-store.ts';
import { HOURS_PER_MONTH, PRICES } from '../../../local/cost/prices.ts';
import { universeUse } from '../../../local/cost/universe-units.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../../core/universe/listings.ts';
import { configWith } from '../../lambdas/universe-world.ts';
import { readTables } from '../../markdown-table.ts';
import { NO_LOG } from '../../support/desk.ts';
import { binanceSymbol, kalshiQuarter, ListingPeer } from '../../support/listing-peer.ts';
import { seeded } from '../../support/random.ts';
import { runTimers } from '../../support/run-timers.ts';

const HOURS = 8;

/** What the function reads and writes in a month, as in some hours of being woken every five minutes. */
async function metered(rules: readonly object[]) {
  const timers = new VirtualTimers(NOON);
  const peer = new ListingPeer(timers);
  const random = seeded(5);
  for (let n = 0; n < 1_500; n += 1) {
    const ticker = {
      quoteVolume: String(Math.floor(random() * 1e9) / 100),
      bidPrice: (random() * 1e3).toFixed(2),
    };
    const name = Array.from({ length: 4 }, () => String.fromCharCode(65 + Math.floor(random() * 26))).join(
      '',
    );
    peer.binance.push(binanceSymbol(n === 0 ? 'BTCUSDT' : `${name}${n % 2 === 0 ? 'USDT' : 'USDC'}`, ticker));
  }
  for (let n = -2; n < 4 * HOURS + 4; n += 1)
    peer.kalshi.push(kalshiQuarter(plusMs(NOON, n * 15 * MINUTE_MS)));
  const config = configWith(rules);
  const meter = new MeteredStore(openSqliteStore({ path: ':memory:' }));
  const store = stampedStore(meter, { writer: 'universe', requestId: '0'.repeat(36) });
  const services = {
    config,
    universes: createUniverseStore(store),
    catalogues: createCatalogueStore(store),
    games: createGameStore(store),
    reader: createCatalogueReader({
      access: config.access,
      pacer: new RestPacer({ transport: peer, timers, random: () => 0 }),
      timers,
    }),
    log: NO_LOG,
  };
  meter.start();
  for (let minute = 0; minute < HOURS * 60; minute += 5) {
    timers.runUntil(plusMs(NOON, minute * MINUTE_MS));
    await runTimers(timers, universe(timers.now(), services));
  }
  const { writeUnits, readUnits } = meter.use;
  const { items } = await meter.query({ pk: 'CATALOGUE#binance#all' });
  await meter.close();
  const share = HOURS_PER_MONTH / HOURS;
  return {
    writes: (writeUnits.get('universe') ?? 0) * share,
    reads: (readUnits.get('universe') ?? 0) * share,
    /** The whole list of an exchange, as often as it was stored, and what that is billed. */
    lists: items.length * share,
    listUnits: Math.ceil((items[0] === undefined ? 0 : itemBytes(items[0])) / 1_024),
  };
}

/** The feed looks each minute, whatever the function does. */
const FOLLOWER = HOURS_PER_MONTH * 60;
const NAMED = { name: 'named', venue: 'binance', symbols: ['BTCUSDT'] };
const ROLLING = { name: 'btc', venue: 'kalshi', series: ['KXBTC15M'], rolling: true };
const WIDE = { name: 'majors', venue: 'binance', symbols: ['*USDT'], volume24hMin: 9_900_000 };

test('without rules nothing is written, and each wake reads the universe and what was found last', async () => {
  const { writes, reads } = await metered([]);
  expect(universeUse({ series: 0, exchanges: 0 })).toEqual({
    writeUnits: writes,
    readUnits: reads + FOLLOWER,
  });
});

test.each([
  { rules: [ROLLING], series: 1 },
  { rules: [NAMED, ROLLING], series: 2 },
])(
  'the model prices $series short lists as the function reads and writes them',
  async ({ rules, series }) => {
    const { writes, reads } = await metered(rules);
    const model = universeUse({ series, exchanges: 0 });
    expect(model.readUnits).toBe(reads + FOLLOWER);
    // Nobody rolls among symbols that a rule names.
    expect(model.writeUnits / writes).toBeGreaterThan(0.85);
    expect(model.writeUnits / writes).toBeLessThan(1.2);
  },
);

test('the whole list of an exchange is stored every four hours, however often it is read', async () => {
  const { writes, lists, listUnits } = await metered([WIDE]);
  const none = universeUse({ series: 0, exchanges: 0 }).writeUnits;
  const [one, two] = [1, 2].map((exchanges) => universeUse({ series: 0, exchanges }).writeUnits);
  expect(lists).toBe(HOURS_PER_MONTH / 4);
  // Made-up symbols are alike, so that their list packs smaller than the 250 KB of Binance's.
  const findings = writes - lists * listUnits;
  // Two units for what a look found, or one where that is short.
  expect(((one ?? 0) - lists * 250 - none) / findings).toBeGreaterThan(0.95);
  expect(((one ?? 0) - lists * 250 - none) / findings).toBeLessThan(2);
  expect((two ?? 0) - (one ?? 0)).toBe(lists * 250);
});

test('docs/cost.md says what universes cost', () => {
  const rows = [
    { what: 'no rules', series: 0, exchanges: 0 },
    { what: 'two series', series: 2, exchanges: 0 },
    { what: 'the whole list of one exchange', series: 0, exchanges: 1 },
    { what: 'two series and the lists of three exchanges', series: 2, exchanges: 3 },
  ].map(({ what, ...lists }) => {
    const { writeUnits, readUnits } = universeUse(lists);
    return {
      'A universe of': what,
      'write units a month': String(Math.round(writeUnits)),
      'read units a month': String(Math.round(readUnits)),
      cents: ((writeUnits * PRICES.tableWrites.usd + readUnits * PRICES.tableReads.usd) / 1e4).toFixed(1),
    };
  });
  const columns = ['A universe of', 'write units a month', 'read units a month', 'cents'];
  expect(readTables(new URL('../../../docs/cost.md', import.meta.url), columns)).toEqual(rows);
});
