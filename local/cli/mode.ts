import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import type { Halt } from '../../adapters/store/halt-file.ts';
import { readHaltFile } from '../../adapters/store/halt-file.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { isSessionLocked } from '../../adapters/store/session-lock.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import type { Alert, AlertSender } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { sessionNames, sessionPath } from '../session/session-file.ts';
import type { HaltOutcome } from '../switch.ts';
import { halt, liftHalt, storeHalt } from '../switch.ts';
import { createOutbox } from '../watch/outbox.ts';
import type { CommonOptions } from './cli.ts';
import { personName } from './person.ts';
import { refuseWhatWouldHaltAgain } from './refuse-resume.ts';
import { chooseSession, openView } from './session-view.ts';
import { killStack, resumeStack } from './stack-mode.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';

/** One session as the kill switch left it. */
interface Killed {
  readonly session: string;
  /** False when only the HALT file holds it: the mode could not be stored. */
  readonly stored: boolean;
  /** The pid of a hanging desk that had to be ended. */
  readonly ended: number | null;
}

/**
 * `kill`: halts from outside, also when no desk runs or it hangs; the alert is in the outbox when it returns. Without a
 * name it halts every session of the directory, those whose desk is running first. 1 when there was no session to halt.
 */
export async function kill(
  options: CommonOptions & { readonly reason: string },
  terminal: Terminal,
): Promise<number> {
  const { dir, reason, stack } = options;
  if (stack !== undefined) return killStack({ ...options, stack }, terminal);
  const directory = resolve(dir);
  // A directory made for the HALT file would look as if something had been halted.
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new CommandError(
      `nothing was halted: there is no directory ${directory}. Name the desk's own with --dir`,
    );
  const sessions = options.session === undefined ? runningFirst(dir) : [chooseSession(dir, options.session)];
  const alert = killAlert(systemClock.now(), reason, sessions.length === 0 ? directory : null);
  const outcomes = await halt({
    directory: dir,
    paths: sessions.map((session) => sessionPath(dir, session)),
    reason,
    author: personName(),
    cause: 'person',
    clock: systemClock,
    endsHangingDesk: true,
    announce: () => outboxOf(dir, terminal).send(alert),
    note: (store) => noteAlert(store, alert),
  });
  const file = join(directory, 'HALT');
  if (options.json) {
    const killed = sessions.map((session, i) => killedOf(session, outcomes[i]));
    const haltFile = readHaltFile(dir) ? file : null;
    terminal.stdout(`${JSON.stringify({ halted: sessions.length > 0, haltFile, sessions: killed })}\n`);
  } else {
    const words = sessions.map((session, i) => killWords(session, outcomes[i], file));
    if (sessions.length === 0)
      words.push(
        `There is no session in ${directory}. A desk that runs on another directory is NOT halted: name its own with --dir.`,
        `${file} stands: whatever starts in this directory is halted.`,
      );
    terminal.stdout(`${words.join('\n')}\nOnly a person resumes: npx deckle resume --reason "..."\n`);
  }
  return sessions.length > 0 ? 0 : 1;
}

/** The running ones trade this very moment; any other one would when it is started again. */
function runningFirst(dir: string): readonly string[] {
  const names = sessionNames(dir);
  const running = new Set(names.filter((name) => mayRun(sessionPath(dir, name))));
  return [...names.filter((name) => running.has(name)), ...names.filter((name) => !running.has(name))];
}

/** A lock that cannot be read keeps nobody from being halted. */
function mayRun(path: string): boolean {
  try {
    return isSessionLocked(path);
  } catch {
    return true;
  }
}

const killedOf = (session: string, outcome: HaltOutcome | undefined): Killed =>
  outcome?.kind === 'halted'
    ? { session, stored: true, ended: outcome.ended }
    : { session, stored: false, ended: null };

function killWords(session: string, outcome: HaltOutcome | undefined, file: string): string {
  if (outcome?.kind !== 'halted')
    return `halted by ${file}: nothing new commits in session ${session}, but the mode could not be stored (${outcome?.why}).`;
  const { ended, before } = outcome;
  const hung =
    ended === null
      ? ''
      : ` The desk (pid ${ended}) hung with the store locked and was ended; its open transaction rolled back.`;
  const already = before ? ` It was halted already: ${before.reason}.` : '';
  return `halted: nothing is admitted and nothing fills in session ${session}.${already}${hung}`;
}

/** Sent by the command itself: the desk may hang, or not run. Its key is that of the alert a running desk would send. */
const killAlert = (at: EpochMs, reason: string, withoutSession: string | null): Alert => ({
  id: `mode/kill_switch/kill/${at}`,
  key: 'mode/kill_switch',
  kind: 'kill_switch',
  severity: 'critical',
  cleared: false,
  at,
  title: withoutSession === null ? 'Kill switch: trading stopped' : 'Kill switch: nothing was running here',
  text: `${
    withoutSession === null
      ? 'Trading is halted: nothing new is admitted, open orders are canceled, nothing fills.'
      : `Whatever starts in ${withoutSession} is halted; there is no session in it, and a desk that runs on another directory is not halted.`
  } Set at ${isoTime(at)} by ${personName()}: ${reason}. Only a person resumes: npx deckle resume --reason "..."`,
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
    await alerts(event, { records: createRecordStore(store), sender, metrics: NO_METRICS, log: NO_LOG });
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
  const { stack } = options;
  if (stack !== undefined) return resumeStack({ ...options, stack }, terminal);
  const view = await openView(options.dir, options.session);
  try {
    const byFile = readHaltFile(options.dir);
    const stored = openSqliteStore({ path: view.path, mode: 'existing' });
    try {
      const modes = createModeStore(stored, systemClock);
      const mode = await modes.mode();
      if (mode.mode === 'active' && !byFile) {
        say(options, terminal, 'trading is active already', mode);
        return 0;
      }
      await refuseWhatWouldHaltAgain(mode, view, options);
      if (byFile) await keepOthersHalted(options.dir, view.name, byFile);
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
    if (byFile && !liftHalt(options.dir, byFile))
      throw new CommandError(
        'trading was halted again at this very moment; look at it with npx deckle status, and try again',
      );
    await tellMode(options.dir, view.path, terminal);
    say(options, terminal, 'trading is active again', await view.modes.mode());
    return 0;
  } finally {
    await view.store.close();
  }
}

/** The HALT file may be all that halts another session; what it says is stored there before it is lifted. */
async function keepOthersHalted(directory: string, resumed: string, { reason, author }: Halt): Promise<void> {
  const refused: string[] = [];
  for (const session of sessionNames(directory).filter((name) => name !== resumed))
    try {
      const stored = { reason, author, cause: 'person', clock: systemClock } as const;
      await storeHalt(stored, sessionPath(directory, session));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      refused.push(`${session} (${error.message})`);
    }
  if (refused.length > 0)
    throw new CommandError(
      `${join(resolve(directory), 'HALT')} is all that halts ${refused.join(' and ')}, and it halts the whole directory. End its desk, or archive the session with npx deckle reset --session NAME, and resume then`,
    );
}

function say(options: CommonOptions, terminal: Terminal, words: string, mode: ModeState): void {
  if (options.json)
    terminal.stdout(
      `${JSON.stringify({ mode: mode.mode, version: mode.version, changedAt: isoTime(mode.changedAt) })}\n`,
    );
  else terminal.stdout(`${words}\n`);
}
