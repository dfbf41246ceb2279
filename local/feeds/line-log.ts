import type { Log } from '../../core/metrics.ts';
import type { Clock } from '../../core/ports.ts';
import { logLine } from '../watch/log-line.ts';

/** A log of JSON lines, as a container's log driver takes them. */
export function lineLog(clock: Pick<Clock, 'now'>, part: string, print: (text: string) => void): Log {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields?: Readonly<Record<string, unknown>>): void =>
      print(`${logLine(clock.now(), level, part, event, fields)}\n`);
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
