/**
 * Windows per second through fills, signals and risk on SQLite, in memory and on disk, window close to order accepted, and
 * what the use cases themselves compute. The demo market's windows, built beforehand. Run: `npm run bench:pipeline`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../adapters/config/load-config.ts';
import { sha256 } from '../adapters/sha256.ts';
import { storedLedgerHash } from '../adapters/store/books.ts';
import { haltOverlay } from '../adapters/store/halt-file.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import { keys } from '../adapters/store/table.ts';
import type { MarketWindowEvent } from '../core/events.ts';
import type { Clock } from '../core/ports.ts';
import { epochMs } from '../core/time.ts';
import { demoInput, knownRules } from '../local/input.ts';
import { createServices } from '../local/services.ts';
import { createMetrics } from '../local/watch/metrics.ts';
import { demoWindows } from './demo-windows.ts';
import { machine, quantile } from './machine.ts';
import { StoreStopwatch } from './store-stopwatch.ts';

const ROUNDS = 5;

const loaded = loadConfig(new URL('../deckle.yaml', import.meta.url).pathname, sha256);
if (loaded.kind === 'invalid')
  throw new Error('deckle.yaml is not valid: npx deckle config validate says why');
const { config } = loaded;
const input = demoInput(config);

/** What one run over all windows amounts to and took; times in milliseconds. */
interface Round {
  readonly totalMs: number;
  /** Per window: all of it, and what of it was not the store's. */
  readonly windowMs: readonly number[];
  readonly computeMs: readonly number[];
  /** Per accepted decision: from the publication of its window to its commit. */
  readonly acceptedMs: readonly number[];
  readonly decisions: number;
  readonly hash: string;
}

async function main(): Promise<void> {
  print(`${machine()}; ${ROUNDS} rounds`);
  const events = await demoWindows(config, input);
  print(
    `${events.length} windows of ${input.description}, ${config.strategies.length} strategies, SQLite in WAL mode`,
  );

  const inMemory = await measure(() => ({ path: ':memory:' }), events);
  const directory = mkdtempSync(join(tmpdir(), 'deckle-bench-'));
  let files = 0;
  const onDisk = await measure(() => {
    files += 1;
    return { path: join(directory, `${files}.db`), overlay: haltOverlay(directory, keys.mode) };
  }, events).finally(() => rmSync(directory, { recursive: true, force: true }));

  const hashes = new Set([...inMemory, ...onDisk].map(({ hash }) => hash));
  if (hashes.size !== 1) throw new Error(`the rounds do not agree on the ledger: ${[...hashes].join(', ')}`);
  report('in memory', inMemory);
  report('on disk', onDisk);
  print(`ledger hash of every round: ${[...hashes].join('')}`);
}

/** A round on each store that `open` describes; the first warms up and is not counted. */
async function measure(
  options: () => Parameters<typeof openSqliteStore>[0],
  events: readonly MarketWindowEvent[],
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const store = openSqliteStore(options());
    try {
      const done = await run(store, events);
      if (round > 0) rounds.push(done);
    } finally {
      await store.close();
    }
  }
  return rounds;
}

async function run(store: ItemStore, events: readonly MarketWindowEvent[]): Promise<Round> {
  const stopwatch = new StoreStopwatch(store);
  const decidedAt: { readonly at: number; readonly accepted: boolean }[] = [];
  const log = {
    // Risk writes this line when the decision is committed.
    info: (event: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (event === 'decision')
        decidedAt.push({ at: performance.now(), accepted: fields?.['outcome'] === 'accepted' });
    },
    warn: (event: string): never => refuse(event),
    error: (event: string): never => refuse(event),
  };
  const services = createServices({
    config,
    store: stopwatch,
    sha256,
    clock,
    metrics: createMetrics(),
    log: () => log,
    alertSender: { send: async () => undefined },
    reportSink: { write: async () => undefined },
    instrument: knownRules(config, input, []),
  });
  for (const { id, currency, openingEquity } of config.accounts)
    await services.ledger.openAccount(id, currency, openingEquity);
  await services.modes.setMode(await services.modes.mode(), ACTIVE);

  const windowMs: number[] = [];
  const computeMs: number[] = [];
  const acceptedMs: number[] = [];
  let decisions = 0;
  const startedAt = performance.now();
  for (const event of events) {
    const storeBefore = stopwatch.ms;
    const from = performance.now();
    await services.publisher.publish([event]);
    await services.bus.drain();
    const took = performance.now() - from;
    windowMs.push(took);
    computeMs.push(took - (stopwatch.ms - storeBefore));
    for (const { at, accepted } of decidedAt.splice(0)) {
      decisions += 1;
      if (accepted) acceptedMs.push(at - from);
    }
  }
  const totalMs = performance.now() - startedAt;
  const accounts = config.accounts.map(({ id }) => id);
  const hash = await storedLedgerHash(services.ledger, accounts, sha256);
  return { totalMs, windowMs, computeMs, acceptedMs, decisions, hash };
}

function report(where: string, rounds: readonly Round[]): void {
  const perSecond = rounds.map(({ windowMs, totalMs }) => (windowMs.length / totalMs) * 1_000);
  const [first] = rounds;
  print(`${where}: fills, signals, risk`);
  line(
    'windows per second',
    `best ${whole(Math.max(...perSecond))}, median ${whole(quantile(perSecond, 0.5))}`,
  );
  line('window settled', times(rounds.flatMap(({ windowMs }) => windowMs)));
  line('window close to order accepted', times(rounds.flatMap(({ acceptedMs }) => acceptedMs)));
  line('use cases without the store', times(rounds.flatMap(({ computeMs }) => computeMs)));
  line('decisions per round', `${first?.decisions}, of which ${first?.acceptedMs.length} accepted`);
}

const clock: Clock = {
  now: () => epochMs(0),
  wait: async () => refuse('one window settles before the next, so nothing has to wait'),
};

const ACTIVE = {
  mode: 'active',
  cause: 'start',
  reason: 'bench',
  author: 'bench',
  changedAt: epochMs(0),
  until: null,
} as const;

/** A run with a fault in it would be measured as something it is not. */
function refuse(what: string): never {
  throw new Error(`this run should have been smooth: ${what}`);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const times = (ms: readonly number[]): string =>
  `p50 ${quantile(ms, 0.5).toFixed(2)} ms, p95 ${quantile(ms, 0.95).toFixed(2)} ms, max ${quantile(ms, 1).toFixed(2)} ms`;
const line = (what: string, figures: string): void => print(`  ${what.padEnd(32)} ${figures}`);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
