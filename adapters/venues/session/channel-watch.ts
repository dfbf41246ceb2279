import { type EpochMs, MINUTE_MS } from '../../../core/time.ts';
import type { ChannelRule, TakenMessage } from './protocol.ts';
import type { ChannelHealth } from './session-status.ts';

/** A symbol that stays mute is subscribed anew this often. */
const MUTE_RETRY_MS = 5 * MINUTE_MS;
/** After the first subscribing and one repetition. */
const TRIES_UNTIL_MUTE = 2;
/** What does not speak is quietly subscribed again as its channel's rule says, for so long. */
const AGAIN_SPAN_MS = MINUTE_MS;

/** One channel of one symbol: when it was asked for and when it spoke. */
interface Pulse {
  readonly rule: ChannelRule;
  readonly symbol: string;
  /** When it was subscribed for the first time. */
  since: EpochMs | null;
  /** When the newest subscribing went out; null while it waits for its turn. */
  sentAt: EpochMs | null;
  /** When it was subscribed again since then. */
  againAt: EpochMs | null;
  seenAt: EpochMs | null;
  /** When its silence was last asked about. */
  askedAt: EpochMs | null;
  /** How often it was subscribed without a word from it. */
  tries: number;
}

/** What is overdue now. */
export interface Overdue {
  /** No first data in time: to be subscribed anew. */
  readonly late: ReadonlySet<string>;
  /** Late for the second time: a new connection may help. They are in `late`, too. */
  readonly mute: ReadonlySet<string>;
  /** Nothing of these yet: to be subscribed again quietly. */
  readonly again: ReadonlySet<string>;
  /** Silent for longer than is usual. */
  readonly suspect: ReadonlySet<string>;
}

/** Watches whether each channel of each symbol on one connection speaks: an acknowledgement proves nothing, data does. */
export class ChannelWatch {
  private readonly rules: readonly ChannelRule[];
  private readonly channels = new Map<string, Map<string, Pulse>>();

  constructor(rules: readonly ChannelRule[]) {
    this.rules = rules;
    for (const { name } of rules) this.channels.set(name, new Map());
  }

  /** These are about to be subscribed. */
  expect(symbols: Iterable<string>): void {
    for (const symbol of symbols)
      for (const rule of this.rules) this.channels.get(rule.name)?.set(symbol, { ...UNSENT, rule, symbol });
  }

  forget(symbols: Iterable<string>): void {
    for (const symbol of symbols) for (const pulses of this.channels.values()) pulses.delete(symbol);
  }

  /** The subscribing of these went out: their deadlines begin. */
  sent(symbols: Iterable<string>, now: EpochMs): void {
    for (const symbol of symbols)
      for (const pulse of this.pulsesOf(symbol)) {
        pulse.since ??= now;
        pulse.sentAt = now;
        pulse.againAt = null;
        pulse.tries += 1;
      }
  }

  saw(proofs: TakenMessage['proves'], now: EpochMs): void {
    for (const { channel, symbol } of proofs) {
      const pulse = this.channels.get(channel)?.get(symbol);
      if (pulse !== undefined) pulse.seenAt = now;
    }
  }

  /** What has to be done now; who is named is not named again before another deadline has passed. */
  overdue(now: EpochMs): Overdue {
    const [late, mute, suspect] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const again = new Set<string>();
    for (const pulse of this.pulses()) {
      if (isLate(pulse, now)) {
        late.add(pulse.symbol);
        if (pulse.tries === TRIES_UNTIL_MUTE) mute.add(pulse.symbol);
      } else if (isDueAgain(pulse, now)) {
        again.add(pulse.symbol);
        pulse.againAt = now;
      } else if (isSuspect(pulse, now)) {
        suspect.add(pulse.symbol);
        pulse.askedAt = now;
      }
    }
    for (const symbol of late) for (const pulse of this.pulsesOf(symbol)) pulse.sentAt = null;
    for (const symbol of late) again.delete(symbol);
    return { late, mute, again, suspect };
  }

  /** Every symbol has shown data on each channel on which some must come; on any channel, where none need. */
  get isProven(): boolean {
    const needed = this.rules.filter(({ firstDataMs }) => firstDataMs !== null);
    for (const { name } of needed)
      for (const { seenAt } of this.channels.get(name)?.values() ?? []) if (seenAt === null) return false;
    return needed.length > 0 || [...this.symbols()].every((symbol) => this.hasSpoken(symbol));
  }

  /** Symbols of which a channel that must speak has not, for longer than this since it was subscribed. */
  unheard(ms: number, now: EpochMs): readonly string[] {
    const silent = [...this.pulses()].filter(
      ({ rule, since, seenAt }) =>
        rule.firstDataMs !== null && seenAt === null && since !== null && now - since > ms,
    );
    return [...new Set(silent.map(({ symbol }) => symbol))];
  }

  hasSpoken(symbol: string): boolean {
    return [...this.pulsesOf(symbol)].some(({ seenAt }) => seenAt !== null);
  }

  status(): readonly ChannelHealth[] {
    return [...this.channels].map(([channel, pulses]) => {
      const all = [...pulses.values()];
      const seen = all.flatMap(({ seenAt }) => seenAt ?? []);
      return {
        channel,
        symbols: all.length,
        shown: seen.length,
        lastDataAt: seen.reduce<EpochMs | null>((last, at) => (last === null || at > last ? at : last), null),
        mute: all.filter(isMute).map(({ symbol }) => symbol),
      };
    });
  }

  private *symbols(): Iterable<string> {
    const [first] = this.channels.values();
    if (first !== undefined) yield* first.keys();
  }

  private *pulses(): Iterable<Pulse> {
    for (const pulses of this.channels.values()) yield* pulses.values();
  }

  private *pulsesOf(symbol: string): Iterable<Pulse> {
    for (const pulses of this.channels.values()) {
      const pulse = pulses.get(symbol);
      if (pulse !== undefined) yield pulse;
    }
  }
}

const UNSENT = { since: null, sentAt: null, againAt: null, seenAt: null, askedAt: null, tries: 0 };

const isMute = ({ rule, seenAt, tries }: Pulse): boolean =>
  rule.firstDataMs !== null && seenAt === null && tries > TRIES_UNTIL_MUTE;

function isLate({ rule, sentAt, seenAt, tries }: Pulse, now: EpochMs): boolean {
  if (rule.firstDataMs === null || seenAt !== null || sentAt === null) return false;
  return now - sentAt >= (tries > TRIES_UNTIL_MUTE ? MUTE_RETRY_MS : rule.firstDataMs);
}

function isDueAgain({ rule: { againMs }, sentAt, againAt, seenAt }: Pulse, now: EpochMs): boolean {
  if (againMs === undefined || seenAt !== null || sentAt === null) return false;
  return now - (againAt ?? sentAt) >= againMs && now - sentAt < AGAIN_SPAN_MS;
}

function isSuspect({ rule, sentAt, seenAt, askedAt }: Pulse, now: EpochMs): boolean {
  if (rule.suspectMs === null || sentAt === null) return false;
  if (seenAt === null && rule.firstDataMs !== null) return false;
  return now - Math.max(sentAt, seenAt ?? sentAt, askedAt ?? sentAt) >= rule.suspectMs;
}
