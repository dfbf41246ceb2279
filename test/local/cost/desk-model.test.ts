import { expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { loadConfig } from '../../../adapters/config/load-config.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import type { DeskConfig } from '../../../core/config/desk-config.ts';
import type { Costing } from '../../../local/cost/cost-of.ts';
import { costOfDesk, costOfRun } from '../../../local/cost/cost-of.ts';
import type { DeskParameters } from '../../../local/cost/desk-parameters.ts';
import type { MeteredRun } from '../../../local/cost/metered-run.ts';
import { demoInput } from '../../../local/input.ts';

const PLACE = { region: 'us-east-1', task: 'small', spot: false } as const;

/** The parameters that the model would have to be given to describe a run. */
function parametersOf({ windows, hours, accounts, instruments, store, events }: MeteredRun): DeskParameters {
  const orders = events.get('order.accepted')?.count ?? 0;
  const decisions = orders + (events.get('order.denied')?.count ?? 0);
  // Whoever looks at the trading mode: each decision, the guard each minute, and each window that met a busy account.
  const busy = (store.readUnits.get('trading mode') ?? 0) - decisions - hours * 60;
  return {
    instruments,
    accounts,
    strategies: 3,
    windowsPerSecond: windows / (hours * 3_600),
    ordersPerHour: orders / hours,
    busySecondsPerOrder: (busy * hours * 3_600) / windows / orders,
    candleSeconds: 5,
  };
}

const config = (windowMs: number, seconds: number): DeskConfig => {
  const loaded = loadConfig('deckle.yaml', sha256);
  if (loaded.kind === 'invalid') throw new Error('deckle.yaml is not valid');
  const { feed, demo } = loaded.config;
  return { ...loaded.config, feed: { ...feed, windowMs }, demo: { ...demo, seconds } };
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

test.each([
  { windowMs: 1_000, seconds: 900 },
  { windowMs: 250, seconds: 240 },
])(
  'the model prices a desk as a metered run of it does, at windows of $windowMs ms',
  async ({ windowMs, seconds }) => {
    const desk = config(windowMs, seconds);
    const run = await costOfRun(desk, demoInput(desk), PLACE, {
      clock: systemClock,
      signal: new AbortController().signal,
    });
    const model = costOfDesk(parametersOf(run.run), PLACE);
    expect(model.bill.variableUsd / run.bill.variableUsd).toBeGreaterThan(0.9);
    expect(model.bill.variableUsd / run.bill.variableUsd).toBeLessThan(1.1);
    for (const line of compare(run, model)) {
      expect.soft(line.model / line.run, line.what).toBeGreaterThan(0.6);
      expect.soft(line.model / line.run, line.what).toBeLessThan(1.7);
    }
  },
);

const TARGET: DeskParameters = {
  instruments: 10,
  windowsPerSecond: 1,
  accounts: 1,
  strategies: 1,
  ordersPerHour: 12,
  busySecondsPerOrder: 30,
  candleSeconds: 60,
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
