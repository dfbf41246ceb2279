import type { EpochMs } from '../../../core/time.ts';
import type { WireId } from '../wire.ts';

/** One channel of a venue over all its connections. */
export interface ChannelHealth {
  readonly channel: string;
  readonly symbols: number;
  /** Of how many symbols data has come since their connection opened. */
  readonly shown: number;
  readonly lastDataAt: EpochMs | null;
  /** Symbols that do not speak though they were subscribed again. */
  readonly mute: readonly string[];
}

/** One connection. */
export interface LineStatus {
  readonly id: string;
  readonly state: 'connecting' | 'open' | 'ended';
  readonly openedAt: EpochMs | null;
  readonly lastMessageAt: EpochMs | null;
  readonly symbols: number;
  readonly channels: readonly ChannelHealth[];
  /** Symbols refused for now; they are asked for again, each alone. */
  readonly refused: readonly { readonly symbol: string; readonly why: string }[];
}

export interface SessionCounts {
  messages: number;
  garbage: number;
  oversize: number;
  resubscribed: number;
  /** Connections that opened. */
  opened: number;
  /** Connections that opened after one was lost. */
  reconnects: number;
  /** Connections that were lost. */
  lost: number;
  /** Attempts that never opened. */
  failedAttempts: number;
  rotations: number;
  snapshotsAsked: number;
  snapshotsFailed: number;
  pollRounds: number;
  pollsFailed: number;
}

/** How a venue's session is: for health, the metrics and the guard. */
export interface SessionStatus {
  readonly wire: WireId;
  readonly name: string;
  /** All symbols have an open connection; without sockets: answers come when they are due. Null while it is idle. */
  readonly connected: boolean | null;
  /** Since when `connected` is what it is. */
  readonly since: EpochMs;
  readonly lastMessageAt: EpochMs | null;
  readonly reconnects: number;
  /** Symbols that are polled for want of a connection. */
  readonly polling: readonly string[];
  readonly closedBecause: string | null;
  /** Why there is nothing to connect for, in words; null while there is. */
  readonly idleBecause: string | null;
  /** Why there is no connection, in words a user can act on; null while there is. */
  readonly trouble: string | null;
  /** Trying again cannot help: keys, or what else only a person can put right. */
  readonly gaveUp: boolean;
  /** Symbols that are not carried, each with the reason. */
  readonly refused: readonly { readonly symbol: string; readonly why: string }[];
  readonly channels: readonly ChannelHealth[];
  readonly connections: readonly LineStatus[];
  readonly counts: Readonly<SessionCounts>;
}

/** A time in which some symbols had no connection, long enough to tell. */
export interface Outage {
  readonly wire: WireId;
  readonly name: string;
  readonly since: EpochMs;
  readonly symbols: readonly string[];
  /** In words a user can act on. */
  readonly why: string;
  /** Pictures come by polling meanwhile. */
  readonly isPolling: boolean;
}

/** Told as it happens. */
export interface SessionEvents {
  /** Some symbols have had no connection for a minute; once until `reconnected`. */
  disconnected?(outage: Outage): void;
  /** All have one again; or nothing is left that needs one, for the reason `idleBecause`. */
  reconnected?(outage: Outage, idleBecause: string | null): void;
  /** For the log, at most 120 characters of a venue's words. */
  note?(detail: string): void;
}

export const noSessionCounts = (): SessionCounts => ({
  messages: 0,
  garbage: 0,
  oversize: 0,
  resubscribed: 0,
  opened: 0,
  reconnects: 0,
  lost: 0,
  failedAttempts: 0,
  rotations: 0,
  snapshotsAsked: 0,
  snapshotsFailed: 0,
  pollRounds: 0,
  pollsFailed: 0,
});

/** The channels of all connections, by name. */
export function channelsOf(lines: readonly LineStatus[]): readonly ChannelHealth[] {
  const byName = new Map<string, ChannelHealth>();
  for (const one of lines.flatMap(({ channels }) => channels)) {
    const sum = byName.get(one.channel);
    byName.set(one.channel, sum === undefined ? one : joined(sum, one));
  }
  return [...byName.values()];
}

const joined = (a: ChannelHealth, b: ChannelHealth): ChannelHealth => ({
  channel: a.channel,
  symbols: a.symbols + b.symbols,
  shown: a.shown + b.shown,
  lastDataAt: later(a.lastDataAt, b.lastDataAt),
  mute: [...a.mute, ...b.mute],
});

export const later = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || (b !== null && b > a) ? b : a;
