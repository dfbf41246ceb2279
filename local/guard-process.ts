import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../adapters/clock.ts';
import { createRuntimeStore } from '../adapters/store/runtime-store.ts';
import { isSessionLocked } from '../adapters/store/session-lock.ts';
import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import type { Alert } from '../core/ports.ts';
import type { Heartbeat } from '../core/risk/liveness.ts';
import { judgeLiveness, SILENCE_MS_MAX } from '../core/risk/liveness.ts';
import type { EpochMs } from '../core/time.ts';
import { isoTime } from '../core/time.ts';
import { halt } from './switch.ts';
import { createOutbox } from './watch/outbox.ts';

/**
 * The liveness guard: a process of its own on the desk's file. It reads the heartbeat and the session's lock, never the
 * desk. Silence, of the heart or of the work, is alerted and halted; a desk whose process died is alerted, and then there is nothing left to guard.
 */
const CHECK_EVERY_MS = 1_000;
const PAUSE_MS_MAX = 10_000;

const { values } = parseArgs({ options: { session: { type: 'string' } } });
if (!values.session) {
  process.stderr.write('the liveness guard is started by the desk, with --session FILE\n');
  process.exit(2);
}
const path = values.session;
const directory = dirname(path);
const outbox = createOutbox({
  path: join(directory, 'outbox.jsonl'),
  terminal: (line) => process.stderr.write(`${line}\n`),
});

// Ctrl+C reaches the whole process group: the desk ends in order and says so, and then so does its guard.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => process.exit(0));

let since = systemClock.now();
let lookedAt = since;
let isSilent = false;
let heartbeat: Heartbeat | undefined;
for (;;) {
  const now = systemClock.now();
  // A file that cannot be read just now shows no newer beat; when that lasts it is silence like any other.
  await attempt(async () => {
    heartbeat = await readHeartbeat();
  });
  // A guard that was itself asleep, with the whole machine, has seen no silence: it begins to watch anew.
  if (now - lookedAt > PAUSE_MS_MAX) since = now;
  lookedAt = now;
  switch (judgeLiveness(heartbeat, isSessionLocked(path), since, now)) {
    case 'stand_down':
      process.exit(0);
      break;
    case 'gone':
      await attempt(() => outbox.send(deskAlert('gone', heartbeat, now)));
      process.exit(0);
      break;
    case 'silent':
      if (!isSilent) await silence(heartbeat, now);
      isSilent = true;
      break;
    case 'well':
      isSilent = false;
      break;
  }
  await systemClock.wait(CHECK_EVERY_MS);
}

/** Says it before anything that could block: a stopped desk may hold the store's lock. */
async function silence(heartbeat: Heartbeat | undefined, now: EpochMs): Promise<void> {
  await attempt(() => outbox.send(deskAlert('silent', heartbeat, now)));
  await attempt(() =>
    halt({
      directory,
      paths: [path],
      reason: `the desk has ${isBeating(heartbeat, now) ? 'settled nothing' : 'not beaten'} for ${SILENCE_MS_MAX / 1_000} s`,
      author: 'guard',
      cause: 'feed_silence',
      clock: systemClock,
      endsHangingDesk: false,
    }),
  );
}

/** The guard outlives whatever fails to be read, written or said: a full disk must not take the halt away too. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(
      `the liveness guard goes on after: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

/** Whether a silent desk still beats, and only gets nowhere. */
function isBeating(heartbeat: Heartbeat | undefined, now: EpochMs): boolean {
  return heartbeat !== undefined && now - heartbeat.at < SILENCE_MS_MAX;
}

function deskAlert(what: 'gone' | 'silent', heartbeat: Heartbeat | undefined, now: EpochMs): Alert {
  const last = heartbeat
    ? `Its last sign of life was at ${isoTime(heartbeat.at)} (pid ${heartbeat.pid}), its last progress at ${isoTime(heartbeat.progressAt)}.`
    : 'It gave no sign of life.';
  const hangs = `The desk hangs: no ${isBeating(heartbeat, now) ? 'progress' : 'heartbeat'}`;
  const text =
    what === 'gone'
      ? `${last} Nothing trades while it is gone. Start it again with npm start: it reconciles before it trades.`
      : `${last} Its process is alive but hangs; trading is halted from outside. Look at it, end it if need be, then: npx deckle resume --reason "..."`;
  return {
    id: `desk/${path}/${what}/${now}`,
    key: `desk/${path}`,
    kind: 'feed_down',
    severity: 'critical',
    cleared: false,
    at: now,
    title: what === 'gone' ? 'The desk is gone: its process died' : hangs,
    text,
  };
}

async function readHeartbeat(): Promise<Heartbeat | undefined> {
  const store = openSqliteStore({ path, mode: 'existing', busyTimeoutMs: 250 });
  try {
    return await createRuntimeStore(store).heartbeat();
  } finally {
    await store.close();
  }
}
