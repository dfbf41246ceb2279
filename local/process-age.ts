import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Clock ticks per second in what Linux tells programs, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * How long the process of this pid has been running, in milliseconds, a second more or less; null when there is none, or
 * nobody can say. A pid may be given to another program, which is then younger than what its predecessor left behind.
 */
export function processAgeMs(pid: number): number | null {
  return ageInProc(pid) ?? ageByPs(pid);
}

/** From Linux's own files: `ps` is not installed everywhere. */
function ageInProc(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', startedTicks] = [fields[0], fields[19]];
    const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const seconds = upSeconds - Number(startedTicks) / TICKS_PER_SECOND;
    return hasEnded(state) || !Number.isFinite(seconds) ? null : Math.max(0, Math.round(seconds * 1_000));
  } catch {
    return null;
  }
}

function ageByPs(pid: number): number | null {
  try {
    const words = execFileSync('ps', ['-o', 'state=,etime=', '-p', String(pid)], { encoding: 'utf8' });
    const [state = '', elapsed = ''] = words.trim().split(/\s+/);
    return hasEnded(state) ? null : parseElapsed(elapsed);
  } catch {
    // No such process, or no such program as ps.
    return null;
  }
}

/** Milliseconds of what `ps` calls elapsed time, `[[days-]hours:]minutes:seconds`; null when it is none. */
export function parseElapsed(text: string): number | null {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(text);
  if (!match) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
}

/** A zombie runs no more; it waits for its parent to ask how it ended. */
const hasEnded = (state: string): boolean => state.startsWith('Z') || state.startsWith('X');
