import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { prefixes } from '../../adapters/store/table.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { reconcile } from '../../core/reconcile/reconcile.ts';
import { signalSchema } from '../../core/schemas.ts';
import { alertOf } from '../../lambdas/alerts/alert-of.ts';
import { replaySession } from '../../local/replay/replay-session.ts';
import { flagged, instrumentNamed } from '../support/desk.ts';
import type { CloudRun } from './cloud-run.ts';

/** Everything with an alarm that admits that a run was not like the sequential one. */
export const admissions = ({ desk, counts }: CloudRun): number =>
  flagged(desk.metrics) + desk.metrics.total('guard_actions_total') + counts.of('bus.deadLetter');

/** What a run broke, in words; empty when it kept every law but the one that needs its sequential twin. */
export async function brokenLaws(run: CloudRun, windows: readonly MarketWindow[]): Promise<string[]> {
  return [
    ...(await unlikeItsReplay(run, windows)),
    ...(await unreconciled(run)),
    ...(await uncounted(run)),
    ...(await undecided(run)),
    ...(await untold(run)),
    ...(await wrongAlerts(run)),
  ];
}

async function unlikeItsReplay({ desk }: CloudRun, windows: readonly MarketWindow[]): Promise<string[]> {
  const replay = await replaySession({
    windows: each(windows),
    recorded: desk.stored,
    config: desk.config,
    instrument: instrumentNamed,
    sha256,
  });
  return replay.ledgerHash === (await desk.hash()) ? [] : ['the recorded session replays to another hash'];
}

/** What does not reconcile in the end, or did not when the run's own reconciliations looked, most of them from a checkpoint. */
async function unreconciled({ desk, bus }: CloudRun): Promise<string[]> {
  const broken = bus.taken.flatMap((event) =>
    event.type === 'reconciliation.finished'
      ? event.discrepancies.map((one) => `at ${event.at} ${event.accountId} did not reconcile: ${one.detail}`)
      : [],
  );
  for (const { id } of desk.config.accounts) {
    const books = await loadBooks(desk.stored, id);
    for (const one of books ? reconcile(books, sha256) : [])
      broken.push(`account ${id} does not reconcile: ${one.kind} ${one.detail}`);
  }
  return broken;
}

/** Late decisions and holes that the ledger remembers and no metric told of. */
async function uncounted({ desk }: CloudRun): Promise<string[]> {
  let [late, holes] = [0, 0];
  for (const { id } of desk.config.accounts) {
    for await (const decision of desk.stored.decisions(id)) late += Number(decision.late);
    for await (const _ of desk.stored.holes(id)) holes += 1;
  }
  const counted = (name: 'risk_late_total' | 'fills_holes_total'): number => desk.metrics.total(name);
  return [
    ...(late > counted('risk_late_total')
      ? [`${late} decisions were late, ${counted('risk_late_total')} counted`]
      : []),
    ...(holes > counted('fills_holes_total')
      ? [`${holes} holes, ${counted('fills_holes_total')} counted`]
      : []),
  ];
}

/** Signals that were raised and stored and that nobody decided on, without a dead letter that would say so. */
async function undecided({ desk, bus }: CloudRun): Promise<string[]> {
  const decided = new Set<string>();
  for (const { id } of desk.config.accounts)
    for await (const decision of desk.stored.decisions(id)) decided.add(decision.signal.id);
  const missing: string[] = [];
  for await (const item of queryAll(desk.store, {
    pk: `FEED#${desk.config.feed.id}`,
    prefix: prefixes.raised(),
  }))
    for (const one of item['signals'] as readonly unknown[]) {
      const { id } = signalSchema.parse(one);
      if (!decided.has(id)) missing.push(id);
    }
  const letters = bus.deadLetters.filter(
    (one) => one.function === 'risk' || one.function === 'signals',
  ).length;
  return letters > 0 ? [] : missing.map((id) => `signal ${id} was raised and never decided`);
}

/** Orders, denials, fills, ends and modes in the ledger that the bus never heard of. */
async function untold({ desk, bus }: CloudRun): Promise<string[]> {
  const expected: string[] = [];
  for (const { id } of desk.config.accounts) {
    for await (const order of desk.stored.orders(id)) {
      expected.push(`order.accepted/${order.id}`);
      if (order.lanes.base.endedAt !== null) expected.push(`order.closed/${order.id}`);
    }
    for await (const { outcome, signal } of desk.stored.decisions(id))
      if (outcome === 'denied') expected.push(`order.denied/${signal.id}`);
    for await (const fill of desk.stored.fills(id, 'base')) expected.push(`fill.recorded/${fill.id}`);
  }
  // The first version was there before the run.
  const { version } = await desk.modes.mode();
  for (let n = 2; n <= version; n++) expected.push(`mode.changed/${n}`);
  const told = new Set(bus.taken.map((one) => one.id));
  return expected.filter((id) => !told.has(id)).map((id) => `the bus never heard of ${id}`);
}

/** Alerts that nobody was told of, or several times without a failure that gave a reason to tell them again. */
async function wrongAlerts({ desk, bus, sns, counts }: CloudRun): Promise<string[]> {
  const broken: string[] = [];
  const letters = bus.deadLetters.filter((one) => one.function === 'alerts').length;
  for (const id of new Set(sns.sent.map((one) => one.id))) {
    const times = sns.sent.filter((one) => one.id === id).length;
    if (times > 1 + counts.of('failed.alerts')) broken.push(`alert ${id} was sent ${times} times`);
  }
  const news = bus.taken.map((event) => alertOf(event, 'npx deckle'));
  for (const key of new Set(news.flatMap((one) => (one?.kind === 'opened' ? [one.key] : [])))) {
    const state = (await desk.records.alert(key))?.value;
    if (!state?.sent && letters === 0) broken.push(`news under ${key} was never sent`);
  }
  return broken;
}

async function* each(windows: readonly MarketWindow[]): AsyncGenerator<MarketWindow> {
  yield* windows;
}
