import { isoTime } from '../../../core/time.ts';
import type { Outage } from './session-status.ts';

/** An outage that has lasted, for people: what has no connection since when, why, and what is done meanwhile. */
export function outageWords({ name, since, symbols, why, isPolling }: Outage): string {
  const some = symbols.length === 1 ? symbols[0] : `${symbols.length} of what it follows`;
  const meanwhile = isPolling ? ' It is asked by REST meanwhile.' : '';
  return `${name}: no connection for ${some} since ${isoTime(since)}: ${why}.${meanwhile}`;
}

/** The end of one: all is connected again, or nothing is left that needs a connection. */
export const endWords = ({ name, since }: Outage, idleBecause: string | null): string =>
  `${name}: ${idleBecause ?? 'connected again'}; it was not connected since ${isoTime(since)}.`;
