import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atEnd } from './at-end.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DECKLE = fileURLToPath(new URL('../../bin/deckle.ts', import.meta.url));
/** A condition that has not come true by then never will. */
const WAIT_MS_MAX = 30_000;
const LOOK_EVERY_MS = 20;

/** A program that ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process and a process group of its own. Whatever is left of its group dies with the test. */
export interface Running {
  readonly pid: number;
  /** What it said so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  /** To the process itself, not to its children. */
  signal(signal: NodeJS.Signals): void;
  /** To the process and its children. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Resolves when it has said so. @throws Error with all it said when it ends before. */
  says(text: string): Promise<void>;
}

/** Starts the command line as a person would. */
export const startDeckle = (...args: readonly string[]): Running => startProgram(DECKLE, ...args);

/** Runs a command to its end. */
export const deckle = (...args: readonly string[]): Promise<Ended> => startDeckle(...args).ended;

/** Starts a program of this repository under the Node that runs the tests. */
export function startProgram(path: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} did not start`);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  let isOver = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    // A guard that outlives its desk holds the pipes open, so the end of the output cannot be waited for in every case.
    child.once('exit', (code, signal) => {
      isOver = true;
      const tell = (): void => resolve({ code, signal, ...said });
      if (signal === null) child.once('close', tell);
      else setImmediate(tell);
    });
  });
  atEnd(() => signalIfThere(-pid, 'SIGKILL'));
  return {
    pid,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    ended,
    signal: (signal) => signalIfThere(pid, signal),
    signalGroup: (signal) => signalIfThere(-pid, signal),
    says: (text) =>
      until(`'${text}'`, () => {
        if (said.stdout.includes(text) || said.stderr.includes(text)) return true;
        if (isOver) throw new Error(`it ended without saying '${text}':\n${said.stdout}\n${said.stderr}`);
        return false;
      }),
  };
}

/** Looks until something is so. @throws Error that names it when it does not become so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  msMax = WAIT_MS_MAX,
): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += LOOK_EVERY_MS) {
    if (waited >= msMax) throw new Error(`${what} did not come within ${msMax} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whether the process is stopped by a signal. */
export const isStopped = (pid: number): boolean => processState(pid).startsWith('T');

/** Whether the process is there and not merely waiting to be collected. */
export const isAlive = (pid: number): boolean => !/^(?:Z.*)?$/.test(processState(pid));

/** The live processes in the group of this one, itself included. */
export function groupPids(pid: number): readonly number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,state='], { encoding: 'utf8' });
  return processes
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, group, state]) => Number(group) === pid && !state?.startsWith('Z'))
    .map(([id]) => Number(id));
}

/** How many live processes are in the group of this one, itself included. */
export const groupSize = (pid: number): number => groupPids(pid).length;

function processState(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // ps ends with 1 when there is no such process.
    return '';
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
