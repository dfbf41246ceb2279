import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { FAULT_KINDS, type Fault, type FaultEffect, type FaultKind } from './faults.ts';

export interface SeededFaultsOptions {
  readonly seed: number;
  readonly hours: number;
  /** Half of the faults that can be about one symbol are about one of these. */
  readonly symbols: readonly string[];
  /** All but `checksum` unless told, which only some venues have. */
  readonly kinds?: readonly FaultKind[];
  /** Mean time from the end of one fault to the next; five minutes unless told. Never less than half of it. */
  readonly calmMs?: number;
  /** No fault lasts longer; as long as its kind is seen to last unless told. */
  readonly longestMs?: number;
  /** The end of the run in which nothing goes wrong, to recover in; five minutes unless told. */
  readonly settleMs?: number;
}

const USUAL: readonly FaultKind[] = FAULT_KINDS.filter((kind) => kind !== 'checksum');
const CALM_MS = 5 * MINUTE_MS;
const SETTLE_MS = 5 * MINUTE_MS;
/** These are felt by whoever subscribes, connects or asks anew only, so that connections are cut with them. */
const FELT_ANEW: ReadonlySet<FaultKind> = new Set([
  'slow_snapshot',
  'late_ack',
  'hidden_refusal',
  'http',
  'http_hang',
  'upgrade',
]);
/** These are about everybody. */
const EVERYBODY: ReadonlySet<FaultKind> = new Set([
  'http',
  'http_hang',
  'upgrade',
  'region',
  'clock_skew',
  'close_storm',
  'shutdown',
  'freeze',
]);

/**
 * Faults for a long run, one after the other with calm between them, in the order of their beginning: every kind comes
 * before one comes again. The same options give the same faults.
 */
export function seededFaults(options: SeededFaultsOptions): readonly Fault[] {
  const { seed, hours, symbols, kinds = USUAL, calmMs = CALM_MS, settleMs = SETTLE_MS } = options;
  const { longestMs = Number.POSITIVE_INFINITY } = options;
  if (kinds.length === 0) throw new RangeError('name at least one kind of fault');
  const random = new SeededRandom(seed, 'seeded faults');
  const faults: Fault[] = [];
  let left: FaultKind[] = [];
  for (let atMs = pause(calmMs, random); ; atMs += pause(calmMs, random)) {
    if (left.length === 0) left = shuffled(kinds, random);
    const kind = left.pop() ?? 'gap';
    const fault: Fault = {
      ...effectOf(kind, random),
      ...target(kind, symbols, random),
      atMs,
      forMs: Math.min(longestMs, spanOf(kind, random)),
    };
    if (atMs + fault.forMs > hours * HOUR_MS - settleMs) return faults;
    faults.push(fault);
    if (FELT_ANEW.has(kind))
      faults.push({ kind: 'close_storm', everyMs: SECOND_MS, atMs: atMs + 1, forMs: 1 });
    atMs += fault.forMs;
  }
}

const pause = (calmMs: number, random: SeededRandom): number =>
  Math.round(random.between(calmMs / 2, (calmMs * 3) / 2));

function shuffled(kinds: readonly FaultKind[], random: SeededRandom): FaultKind[] {
  const left = [...kinds];
  const order: FaultKind[] = [];
  while (left.length > 0) order.push(...left.splice(random.integer(0, left.length - 1), 1));
  return order;
}

function target(
  kind: FaultKind,
  symbols: readonly string[],
  random: SeededRandom,
): { readonly symbol?: string } {
  if (EVERYBODY.has(kind) || symbols.length === 0 || random.chance(0.5)) return {};
  return { symbol: random.pick(symbols) };
}

const seconds = (random: SeededRandom, least: number, most: number): number =>
  SECOND_MS * random.integer(least, most);

function spanOf(kind: FaultKind, random: SeededRandom): number {
  switch (kind) {
    case 'gap':
    case 'duplicate':
    case 'swap':
    case 'garbage':
    case 'oversize':
    case 'checksum':
    case 'ids_back':
      return 10 * SECOND_MS;
    case 'drop':
    case 'close_storm':
    case 'shutdown':
      return seconds(random, 5, 30);
    case 'freeze':
    case 'mute':
      return seconds(random, 20, 150);
    case 'slow_snapshot':
    case 'late_ack':
    case 'hidden_refusal':
    case 'http':
    case 'http_hang':
    case 'upgrade':
    case 'region':
      return seconds(random, 10, 60);
    case 'clock_skew':
    case 'paused':
      return seconds(random, 30, 300);
  }
}

function effectOf(kind: FaultKind, random: SeededRandom): FaultEffect {
  switch (kind) {
    case 'garbage':
      return { kind, as: random.pick(['half', 'letters', 'binary', 'no_text'] as const) };
    case 'oversize':
      return { kind, bytes: random.pick([1 << 20, 5 << 20]) };
    case 'drop':
      return { kind, share: random.between(0.01, 0.2) };
    case 'close_storm':
      return { kind, everyMs: seconds(random, 1, 5) };
    case 'slow_snapshot':
    case 'late_ack':
      return { kind, byMs: seconds(random, 1, 15) };
    case 'http':
      return httpFault(random);
    case 'upgrade':
      return { kind, status: random.pick([403, 429, 500, 503, 'hang'] as const) };
    case 'clock_skew':
      return { kind, byMs: (random.chance(0.5) ? 1 : -1) * seconds(random, 1, 60) };
    case 'gap':
    case 'duplicate':
    case 'swap':
    case 'checksum':
    case 'freeze':
    case 'mute':
    case 'shutdown':
    case 'hidden_refusal':
    case 'http_hang':
    case 'region':
    case 'ids_back':
    case 'paused':
      return { kind };
  }
}

/** Those that speak of limits say how long to wait. */
function httpFault(random: SeededRandom): FaultEffect {
  const status = random.pick([418, 429, 451, 500, 502, 503] as const);
  if (status === 418 || status === 429) return { kind: 'http', status, retryAfterS: random.integer(1, 30) };
  return { kind: 'http', status };
}
