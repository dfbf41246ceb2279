import { SECOND_MS } from '../../core/time.ts';
import { FAULT_KINDS, type Fault, type FaultEffect, type FaultKind } from './faults.ts';

/** What a person may say of a kind beside its time, in whole numbers. */
interface Value {
  readonly means: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

const VALUES: Readonly<Partial<Record<FaultKind, Value>>> = {
  oversize: { means: 'bytes', usual: 1 << 20, least: 1, most: 64 << 20 },
  drop: { means: 'percent of the messages', usual: 10, least: 1, most: 100 },
  close_storm: { means: 'seconds between two cuts', usual: 2, least: 1, most: 3_600 },
  slow_snapshot: { means: 'seconds', usual: 5, least: 1, most: 3_600 },
  late_ack: { means: 'seconds', usual: 5, least: 1, most: 3_600 },
  http: { means: 'status', usual: 503, least: 400, most: 599 },
  upgrade: { means: 'status', usual: 503, least: 400, most: 599 },
  clock_skew: { means: 'seconds', usual: 30, least: -86_400, most: 86_400 },
};
const USUAL_SECONDS = 30;
/** Those that speak of limits say how long to wait. */
const RETRY_AFTER_S = 10;
const FORM = /^([a-z_]+)(?:=(-?\d{1,8}))?@(\d{1,6})(?:\+(\d{1,6}))?$/;

/** How faults are named, for people. */
export const FAULTS_HELP = `
A --fault is KIND@SECONDS or KIND@SECONDS+SECONDS: from so long after the start, for so long (${USUAL_SECONDS} s unless told). Those of
messages strike one message, the first in their time. Faults of answers and openings are felt by who asks or connects meanwhile:
--fault http=429@60+30 --fault close_storm@60+1 makes everybody connect in a time of refusals. Not every venue has something for each
to strike. Some take a number:
${FAULT_KINDS.map((kind) => `  ${kind}${valueWords(kind)}`).join('\n')}`;

/** The fault of a text such as `http=429@60+30`. @throws RangeError in words, when there is none. */
export function namedFault(text: string): Fault {
  const [, name, value, at, span = USUAL_SECONDS] = FORM.exec(text) ?? [];
  if (name === undefined) throw new RangeError('must be KIND@SECONDS or KIND@SECONDS+SECONDS, e.g. gap@60');
  const kind = FAULT_KINDS.find((one) => one === name);
  if (kind === undefined)
    throw new RangeError(`knows no kind '${name}'; there are ${FAULT_KINDS.join(', ')}`);
  if (Number(span) === 0) throw new RangeError('must last for a second at least');
  const timed = { atMs: Number(at) * SECOND_MS, forMs: Number(span) * SECOND_MS };
  return { ...effectOf(kind, checked(kind, value)), ...timed };
}

function valueWords(kind: FaultKind): string {
  const value = VALUES[kind];
  return value === undefined ? '' : `=${value.usual} (${value.means}, ${value.least} to ${value.most})`;
}

/** @throws RangeError in words, when the kind takes none, or another one. */
function checked(kind: FaultKind, text: string | undefined): number {
  const known = VALUES[kind];
  if (text === undefined) return known?.usual ?? 0;
  if (known === undefined) throw new RangeError(`must not give '${kind}' a number: it takes none`);
  const { means, least, most } = known;
  const value = Number(text);
  if (value < least || value > most)
    throw new RangeError(`must give '${kind}' ${means} from ${least} to ${most}`);
  return value;
}

function effectOf(kind: FaultKind, value: number): FaultEffect {
  switch (kind) {
    case 'garbage':
      return { kind, as: 'half' };
    case 'oversize':
      return { kind, bytes: value };
    case 'drop':
      return { kind, share: value / 100 };
    case 'close_storm':
      return { kind, everyMs: value * SECOND_MS };
    case 'slow_snapshot':
    case 'late_ack':
    case 'clock_skew':
      return { kind, byMs: value * SECOND_MS };
    case 'http':
      return { kind, status: value, ...((value === 418 || value === 429) && { retryAfterS: RETRY_AFTER_S }) };
    case 'upgrade':
      return { kind, status: value };
    default:
      return { kind };
  }
}
