import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import type { Detached } from './detached.ts';
import { endDetached, findDetached, isRunning, logPath, logTail, startDetached } from './detached.ts';
import { EndpointError } from './endpoint-error.ts';
import { ROOT } from './places.ts';
import { requireOutput } from './stack-outputs.ts';

const NAME = 'feeds';
/** It flushes its log and gives up its lease first. */
const GRACE_MS = 15_000;
const START_MS_MAX = 20_000;
const LOOK_EVERY_MS = 200;
/** Its own first line, written when it serves its health. */
const STARTED = 'feeds process starts';

/** The feeds process as this tree runs it on the host. */
export const FEEDS_ENTRY = join(ROOT, 'bin', 'feeds.ts');

/** What the feeds process reads from its environment, beside what the SDK reads. */
export function feedsEnvironment(outputs: StackOutputs, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    DECKLE_STAGE: 'local',
    DECKLE_TABLE: requireOutput(outputs, 'LedgerTableName'),
    DECKLE_BUS: requireOutput(outputs, 'BusName'),
    DECKLE_BUCKET: requireOutput(outputs, 'BucketName'),
    DECKLE_TRACE: 'on',
  };
}

/**
 * Starts the feeds process with the demo market in the pace of the clock, unless one runs on this table already.
 * One that runs on another table, of a stack that was made anew, is ended first.
 */
export async function startFeeds(
  directory: string,
  outputs: StackOutputs,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly how: 'started' | 'there'; readonly process: Detached }> {
  const about = requireOutput(outputs, 'LedgerTableName');
  const found = findDetached(directory, NAME);
  if (found?.about === about) return { how: 'there', process: found };
  await stopFeeds(directory);
  const process = await startDetached({
    name: NAME,
    directory,
    about,
    command: globalThis.process.execPath,
    // Any free port for its health: the usual one is the container's, and may be another program's on this machine.
    args: [FEEDS_ENTRY, 'run', '--port', '0'],
    env: feedsEnvironment(outputs, env),
    cwd: ROOT,
  });
  await requireStart(directory, process);
  return { how: 'started', process };
}

/** Waits until it says that it started. @throws EndpointError with what it said when it ends instead. */
async function requireStart(directory: string, process: Detached): Promise<void> {
  const until = performance.now() + START_MS_MAX;
  const saidBy = (): string => `its log (${feedsLog(directory)}) ends with:\n${logTail(directory, NAME, 5)}`;
  while (!logTail(directory, NAME).includes(STARTED)) {
    if (!isRunning(process)) throw new EndpointError(`the feeds process ended at once: ${saidBy()}`);
    if (performance.now() >= until) throw new EndpointError(`the feeds process did not start: ${saidBy()}`);
    await wait(LOOK_EVERY_MS);
  }
}

/** Ends the feeds process that was started in this directory. */
export const stopFeeds = (directory: string): Promise<'not_running' | 'ended' | 'killed'> =>
  endDetached(directory, NAME, 'SIGTERM', GRACE_MS);

export const feedsLog = (directory: string): string => logPath(directory, NAME);
