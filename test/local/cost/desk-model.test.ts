import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { loadConfig } from '../../../adapters/config/load-config.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import type { DeskConfig } from '../../../core/config/desk-config.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { SECOND_MS } from '../../../core/time.ts';
import type { Costing } from '../../../local/cost/cost-of.ts';
import { costOfDesk, costOfRun } from '../../../local/cost/cost-of.ts';
import type { DeskParameters } from '../../../local/cost/desk-parameters.ts';
import type { MeteredRun } from '../../../local/cost/metered-run.ts';
import type { Purpose } from '../../../local/cost/purpose.ts';
import type { DemoListing } from '../../../local/demo-market/demo-listing.ts';
import { demoListings } from '../../../local/demo-market/demo-listing.ts';
import { demoMarket } from '../../../local/demo-market/demo-market.ts';
import type { DeskInput } from '../../../local/input.ts';
import { DEMO_START, demoInput } from '../../../local/input.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-cost-model-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SINCE: Purpose = 'reconcile from its checkpoint';
const PLACE = { region: 'us-east-1', task: 'small', spot: false } as const;

/** The parameters that the model would have to be given to describe a run. */
function parametersOf(
  { windows, hours, accounts, instruments, store, events }: MeteredRun,
  { strategies }: DeskConfig,
  candleSeconds: number,
): DeskParameters {
  const orders = events.get('order.accepted')?.count ?? 0;
  const decisions = orders + (events.get('order.denied')?.count ?? 0);
  // Whoever looks at the trading mode: each decision, the guard each minute, and each window that met a busy account.
  const busy = (store.readUnits.get('trading mode') ?? 0) - decisions - hours * 60;
  return {
    instruments,
    accounts,
    strategies: strategies.length,
    windowsPerSecond: windows / (hours * 3_600),
    ordersPerHour: orders / hours,
    busySecondsPerOrder: (busy * hours * 3_600) / windows / orders,
    candleSeconds,
    universe: { series: 0, exchanges: 0 },
  };
}

const load = (path: string): DeskConfig => {
  const loaded = loadConfig(path, sha256);
  if (loaded.kind === 'invalid') throw new Error(`${path}: ${JSON.stringify(loaded.issues)}`);
  return loaded.config;
};

const config = (windowMs: number, seconds: number): DeskConfig => {
  const { feed, demo, ...rest } = load('deckle.yaml');
  return { ...rest, feed: { ...feed, windowMs }, demo: { ...demo, seconds } };
};

/** Lines of a run and of the model, for whatever costs more than 30 cents in either. */
function compare(run: Costing, model: Costing): { what: string; run: number; model: number }[] {
  const usd = ({ bill }: Costing, price: string, what: string): number =>
    bill.lines.find((line) => line.price === price && line.what === what)?.usd ?? 0;
  return [...run.bill.lines, ...model.bill.lines]
    .map(({ price, what }) => ({
      what: `${price} ${what}`,
      run: usd(run, price, what),
      model: usd(model, price, what),
    }))
    .filter((line) => line.run > 0.3 || line.model > 0.3);
}

async function holdAgainstRun(
  desk: DeskConfig,
  input: DeskInput,
  candleSeconds: number,
): Promise<MeteredRun> {
  const run = await costOfRun(desk, input, PLACE, {
    clock: systemClock,
    signal: new AbortController().signal,
  });
  const model = costOfDesk(parametersOf(run.run, desk, candleSeconds), PLACE);
  expect(model.bill.variableUsd / run.bill.variableUsd).toBeGreaterThan(0.9);
  expect(model.bill.variableUsd / run.bill.variableUsd).toBeLessThan(1.1);
  for (const line of compare(run, model)) {
    expect.soft(line.model / line.run, line.what).toBeGreaterThan(0.6);
    expect.soft(line.model / line.run, line.what).toBeLessThan(1.7);
  }
  const since = (one: Costing): number =>
    one.bill.lines.find(({ price, what }) => price === 'tableReads' && what === SINCE)?.quantity ?? 0;
  // A run that met no quarter of an hour did not reconcile.
  if (run.run.events.has('reconciliation.finished')) {
    expect(since(model) / since(run)).toBeGreaterThan(0.85);
    expect(since(model) / since(run)).toBeLessThan(1.15);
  }
  return run.run;
}

test.each([
  { windowMs: 5_000, seconds: 1_800 },
  { windowMs: 1_000, seconds: 900 },
  { windowMs: 250, seconds: 240 },
])(
  'the model prices a desk as a metered run of it does, at windows of $windowMs ms',
  async ({ windowMs, seconds }) => {
    const desk = config(windowMs, seconds);
    await holdAgainstRun(desk, demoInput(desk), 5);
  },
);

test('the model prices one account that rests orders in ten instruments as a metered run of it does', async () => {
  const listings = tenListings();
  const desk = tenInstruments(listings.map(({ instrument }) => instrument.id));
  const { seed, seconds, scenario } = desk.demo;
  const run = await holdAgainstRun(
    desk,
    {
      ...demoInput(desk),
      instruments: listings.map((one) => one.instrument),
      open: async () =>
        demoMarket({ seed, startAt: DEMO_START, durationMs: seconds * SECOND_MS, scenario, listings }),
    },
    15,
  );
  expect(run).toMatchObject({ instruments: 10, accounts: 1, windows: seconds });
});

/** The demo's two listings, five times under other names. */
const tenListings = (): DemoListing[] =>
  ['', 'A', 'B', 'C', 'D'].flatMap((suffix) =>
    demoListings.map((listing) => {
      const baseAsset = `${listing.instrument.baseAsset}${suffix}`;
      const symbol = `${baseAsset}USDT`;
      const id = instrumentId('binance', symbol);
      return { ...listing, instrument: { ...listing.instrument, id, symbol, baseAsset } };
    }),
  );

/** The demo's patient strategy alone, on these instruments, with limits that leave room for all of them. */
function tenInstruments(ids: readonly string[]): DeskConfig {
  const path = join(directory, 'ten.yaml');
  const text = readFileSync('deckle.yaml', 'utf8')
    .replaceAll('interval: 5s', 'interval: 15s')
    .replace('exposureTotalMax: 4000', 'exposureTotalMax: 20000')
    .replace('instruments: [binance:ELMUSDT]', `instruments: [${ids.join(', ')}]`);
  writeFileSync(path, text);
  const { accounts, strategies, demo, ...rest } = load(path);
  return {
    ...rest,
    accounts: accounts.filter((one) => one.id === 'main'),
    strategies: strategies.filter((one) => one.id === 'joiner'),
    demo: { ...demo, seconds: 900 },
  };
}

const TARGET: DeskParameters = {
  instruments: 10,
  windowsPerSecond: 1,
  accounts: 1,
  strategies: 1,
  ordersPerHour: 12,
  busySecondsPerOrder: 30,
  candleSeconds: 60,
  universe: { series: 0, exchanges: 0 },
};
const total = (some: Partial<DeskParameters>): number =>
  costOfDesk({ ...TARGET, ...some }, PLACE).bill.totalUsd;

test('ten times the instruments cost less than twice as much', () => {
  expect(total({ instruments: 100 })).toBeGreaterThan(total({}));
  expect(total({ instruments: 100 })).toBeLessThan(2 * total({}));
});

test('the bill follows windows: fewer of them cost less, more accounts and orders cost more', () => {
  expect(total({ windowsPerSecond: 0.2 })).toBeLessThan(total({}));
  expect(total({ accounts: 2 })).toBeGreaterThan(total({}));
  expect(total({ ordersPerHour: 24 })).toBeGreaterThan(total({}));
  expect(total({ ordersPerHour: 0 })).toBeLessThan(total({}));
});
