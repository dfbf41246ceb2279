import { userInfo } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { readHaltFile, removeHaltFile } from '../../adapters/store/halt-file.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { isSessionLocked } from '../../adapters/store/session-lock.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { rebasePeak } from '../../core/ledger/equity.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import { LANES } from '../../core/paper/order.ts';
import type { Alert, AlertSender } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { sessionNames, sessionPath } from '../session/session-file.ts';
import { halt } from '../switch.ts';
import { createOutbox } from '../watch/outbox.ts';
import type { CommonOptions } from './cli.ts';
import type { SessionView } from './session-view.ts';
import { chooseSession, openView } from './session-view.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';

const noMetrics: Metrics = { add: () => undefined, set: () => undefined };
const noLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One session as the kill switch left it. */
interface Killed {
  readonly session: string | null;
  /** False when only the HALT file holds it: nothing commits, but the mode could not be stored. */
  readonly stored: boolean;
  /** The pid of a hanging desk that had to be ended. */
  readonly ended: number | null;
  readonly words: string;
}

/**
 * `kill`: halts from outside, also when no desk runs or it hangs; the alert is in the outbox when it returns. Without a
 * name it halts the newest session and every one whose desk is running.
 */
export async function kill(
  options: CommonOptions & { readonly reason: string },
  terminal: Terminal,
): Promise<number> {
  const killed: Killed[] = [];
  for (const session of targets(options)) killed.push(await killOne(session, options, terminal));
  if (options.json)
    terminal.stdout(
      `${JSON.stringify({ halted: true, sessions: killed.map(({ words: _, ...one }) => one) })}\n`,
    );
  else
    terminal.stdout(
      `${killed.map((one) => one.words).join('\n')}\nOnly a person resumes: npx deckle resume --reason "..."\n`,
    );
  return 0;
}

function targets({ dir, session }: CommonOptions): readonly (string | null)[] {
  if (session !== undefined) return [chooseSession(dir, session)];
  const [newest, ...older] = sessionNames(dir);
  if (newest === undefined) return [null];
  return [newest, ...older.filter((name) => isSessionLocked(sessionPath(dir, name)))];
}

async function killOne(
  session: string | null,
  { dir, reason }: { readonly dir: string; readonly reason: string },
  terminal: Terminal,
): Promise<Killed> {
  const path = session === null ? null : sessionPath(dir, session);
  const alert = killAlert(systemClock.now(), reason);
  const outcome = await halt({
    directory: dir,
    path,
    reason,
    author: personName(),
    cause: 'person',
    clock: systemClock,
    endsHangingDesk: true,
    announce: () => outboxOf(dir, terminal).send(alert),
    note: (store) => noteAlert(store, alert),
  });
  if (outcome.kind === 'by_file') {
    const words = `halted by ${join(dir, 'HALT')}: nothing can commit, but the mode could not be stored (${outcome.why}).`;
    return { session, stored: false, ended: null, words };
  }
  const { ended } = outcome;
  const hung =
    ended === null
      ? ''
      : ` The desk (pid ${ended}) hung with the store locked and was ended; its open transaction rolled back.`;
  const words = `halted: nothing is admitted and nothing fills in session ${session}.${hung}`;
  return { session, stored: true, ended, words };
}

/** Sent by the command itself: the desk may hang, or not run. Its key is that of the alert a running desk would send. */
const killAlert = (at: EpochMs, reason: string): Alert => ({
  id: `mode/kill_switch/kill/${at}`,
  key: 'mode/kill_switch',
  kind: 'kill_switch',
  severity: 'critical',
  cleared: false,
  at,
  title: 'Kill switch: trading stopped',
  text: `Trading is halted: nothing new is admitted, open orders are canceled, nothing fills. Set at ${isoTime(at)} by ${personName()}: ${reason}. Only a person resumes: npx deckle resume --reason "..."`,
});

async function noteAlert(store: ItemStore, { key, kind, id, at }: Alert): Promise<void> {
  const records = createRecordStore(store);
  const before = await records.alert(key);
  const episodes = (before?.value.episodes ?? 0) + (before?.value.open ? 0 : 1);
  // Lost to the desk, which then tells people itself: twice is better than not at all.
  await records.commitAlert(before, { key, kind, open: true, eventId: id, sentAt: at, sent: true, episodes });
}

const outboxOf = (directory: string, terminal: Terminal): AlertSender =>
  createOutbox({
    path: join(directory, 'outbox.jsonl'),
    terminal: (line) => terminal.stderr(`${line}\n`),
  });

/** The news of the mode as the store has it now; a desk that runs takes it as told. */
async function tellMode(directory: string, path: string, terminal: Terminal): Promise<void> {
  const store = openSqliteStore({ path, mode: 'existing' });
  try {
    const mode = await createModeStore(store, systemClock).mode();
    const id = `mode.changed/${mode.version}`;
    const event = { type: 'mode.changed', version: 1, id, at: mode.changedAt, mode, was: 'halted' } as const;
    const sender = outboxOf(directory, terminal);
    await alerts(event, { records: createRecordStore(store), sender, metrics: noMetrics, log: noLog });
  } finally {
    await store.close();
  }
}

/** `resume`: a person says why it is safe. What would halt again at once is refused with what to do first. */
export async function resume(
  options: CommonOptions & { readonly reason: string; readonly rebasePeak?: true },
  terminal: Terminal,
): Promise<number> {
  if (options.reason.trim() === '') throw new CommandError('give a reason: it goes into the audit trail', 2);
  const view = await openView(options.dir, options.session);
  try {
    const byFile = readHaltFile(options.dir) !== undefined;
    const stored = openSqliteStore({ path: view.path, mode: 'existing' });
    try {
      const modes = createModeStore(stored, systemClock);
      const mode = await modes.mode();
      if (mode.mode === 'active' && !byFile) {
        say(options, terminal, 'trading is active already', mode);
        return 0;
      }
      await refuseWhatWouldHaltAgain(mode, view, options);
      const next: Omit<ModeState, 'version'> = {
        mode: 'active',
        cause: 'person',
        reason: options.reason,
        author: personName(),
        changedAt: systemClock.now(),
        until: null,
      };
      if ((await modes.setMode(mode, next)) === 'conflict')
        throw new CommandError(
          'the trading mode changed at this very moment; look at it with npx deckle status, and try again',
        );
    } finally {
      await stored.close();
    }
    // Last: until here the file held everything halted.
    removeHaltFile(options.dir);
    await tellMode(options.dir, view.path, terminal);
    say(options, terminal, 'trading is active again', await view.modes.mode());
    return 0;
  } finally {
    await view.store.close();
  }
}

async function refuseWhatWouldHaltAgain(
  mode: ModeState,
  view: SessionView,
  options: { readonly rebasePeak?: true },
): Promise<void> {
  if (mode.cause === 'daily_loss' && mode.until !== null)
    throw new CommandError(
      `the daily loss limit was reached: ${mode.reason}. It ends by itself at ${isoTime(mode.until)}`,
    );
  if (mode.cause === 'reconciliation')
    for (const account of view.accounts) {
      const found = (await view.records.reconciliation(account))?.discrepancies.length ?? 0;
      if (found > 0)
        throw new CommandError(
          `account ${account} still has ${found} discrepancies; look at them with npx deckle reconcile`,
        );
    }
  if (mode.cause === 'drawdown') {
    if (!options.rebasePeak)
      throw new CommandError(
        `${mode.reason}. The guard would halt again within a minute; add --rebase-peak to measure the drawdown from the current equity from now on`,
      );
    for (const account of view.accounts)
      for (const lane of LANES) {
        const record = await view.ledger.equity(account, lane);
        if (record && (await view.ledger.commitEquity(record, rebasePeak(record.value))) === 'conflict')
          throw new CommandError('the account was marked at this very moment; try again');
      }
  }
}

function say(options: CommonOptions, terminal: Terminal, words: string, mode: ModeState): void {
  if (options.json)
    terminal.stdout(
      `${JSON.stringify({ mode: mode.mode, version: mode.version, changedAt: isoTime(mode.changedAt) })}\n`,
    );
  else terminal.stdout(`${words}\n`);
}

/** Who gives the command, for the audit trail. */
function personName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'a person';
  }
}
