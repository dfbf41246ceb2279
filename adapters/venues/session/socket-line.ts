import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { ConnectionChange, Frame } from '../frame-source.ts';
import { Backoff, QUICK } from './backoff.ts';
import { ChannelWatch } from './channel-watch.ts';
import type { FeedSink } from './feeder.ts';
import { hostOf, isRefusal, refusalWords, short } from './http-words.ts';
import { Liveness } from './liveness.ts';
import type {
  ConnectionScript,
  FrameRequest,
  Outgoing,
  Reaction,
  TakenMessage,
  VenueProtocol,
} from './protocol.ts';
import { SendQueue } from './send-queue.ts';
import type { LineStatus, SessionCounts } from './session-status.ts';
import type { Timers } from './timers.ts';
import { NOT_TEXT, type Socket, type SocketEnd, TOO_LARGE, type Transport } from './transport.ts';

export interface LinePorts {
  readonly protocol: VenueProtocol;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly sink: FeedSink;
  /** In [0, 1). */
  readonly random: () => number;
  /** What a socket did that no reader can count. */
  readonly counts: SessionCounts;
  readonly news: LineNews;
}

/** Why a line is over. */
export interface LineEnd {
  readonly why: string;
  /** `refused`, `bad_keys`: it will be refused again, later rather than sooner. `final`: trying again cannot help. */
  readonly kind: 'planned' | 'failed' | 'limited' | 'refused' | 'bad_keys' | 'final';
  /** How long it was open. */
  readonly openMs: number;
  /** How long the attempt took, where it never was. */
  readonly attemptMs: number;
  /** The host asks not to be called for so long. */
  readonly holdMs: number;
}

/** Who keeps the line. */
export interface LineKeeper {
  opened(line: SocketLine): void;
  /** Once, last. */
  ended(line: SocketLine, end: LineEnd): void;
  /** The venue will cut it. */
  mustRotate(line: SocketLine): void;
}

/** What a line finds out about symbols. */
export interface LineNews {
  /** Refused for good. */
  banned(symbols: readonly string[], why: string): void;
  /** These do not speak though subscribed twice: whether a new connection is worth trying. */
  isWorthReconnecting(symbols: ReadonlySet<string>): boolean;
  /** Silent for longer than usual: somebody has to ask whether it is dead. */
  suspects(line: SocketLine, symbols: readonly string[]): void;
}

/** After a transport's own time limit, in case it never says a word. */
const CONNECT_GRACE_MS = SECOND_MS;

interface Refusal {
  why: string;
  readonly since: EpochMs;
  /** Between tries. */
  readonly backoff: Backoff;
  /** It will be asked for again, or never. */
  isDecided: boolean;
}

/** One socket from the attempt to its end: subscribes, keeps it alive, sees whether data flows, gives frames. */
export class SocketLine {
  readonly id: string;
  state: 'connecting' | 'open' | 'ended' = 'connecting';
  private readonly ports: LinePorts;
  private readonly keeper: LineKeeper;
  private readonly script: ConnectionScript;
  private readonly watch: ChannelWatch;
  private readonly wanted: Set<string>;
  /** Refused for now or for good. */
  private readonly refusals = new Map<string, Refusal>();
  private readonly retries = new Set<() => void>();
  private queue: SendQueue | undefined;
  private socket: Socket | undefined;
  private host = '';
  private startedAt: EpochMs;
  private openedAt: EpochMs | null = null;
  private subscribedAt: EpochMs | null = null;
  private liveness: Liveness;
  private messageAt: EpochMs | null = null;

  constructor(id: string, symbols: readonly string[], ports: LinePorts, keeper: LineKeeper) {
    this.id = id;
    this.ports = ports;
    this.keeper = keeper;
    this.wanted = new Set(symbols);
    this.script = ports.protocol.script(id, symbols);
    this.watch = new ChannelWatch(ports.protocol.channels);
    this.startedAt = ports.timers.now();
    this.liveness = this.beginLife();
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Every symbol has shown data. */
  get isProven(): boolean {
    return this.isOpen && this.subscribedAt !== null && this.watch.isProven;
  }

  /** How long ago all was subscribed for the first time; 0 before. */
  subscribedMs(now: EpochMs): number {
    return this.subscribedAt === null ? 0 : now - this.subscribedAt;
  }

  get symbols(): readonly string[] {
    return [...this.wanted];
  }

  /** Symbols that the venue has refused on this connection for longer than this. */
  refusedFor(ms: number, now: EpochMs): readonly string[] {
    return [...this.refusals].flatMap(([symbol, { since }]) => (now - since > ms ? [symbol] : []));
  }

  /** Symbols that have shown nothing for longer than this since they were subscribed, where something must come at once. */
  mute(ms: number, now: EpochMs): readonly string[] {
    return this.isOpen ? this.watch.unheard(ms, now) : [];
  }

  openMs(now: EpochMs): number {
    return this.openedAt === null ? 0 : Math.max(0, now - this.openedAt);
  }

  carries(symbol: string): boolean {
    return this.isOpen && this.wanted.has(symbol);
  }

  /** Makes the attempt; what comes of it is told to the keeper, never before this returns. */
  connect(): void {
    const { protocol, transport, timers } = this.ports;
    const { messageBytesMax, connectTimeoutMs, compress } = protocol.limits;
    try {
      const { url, headers } = this.script.open(timers.now());
      this.host = hostOf(url);
      const request = { url, headers, messageBytesMax, timeoutMs: connectTimeoutMs };
      this.socket = transport.connect(compress === true ? { ...request, compress } : request, {
        opened: () => this.opened(),
        message: (data) => this.message(data),
        pinged: () => this.liveness.heard(timers.now()),
        ponged: () => this.liveness.answered(timers.now()),
        closed: (end) => this.closed(end),
      });
    } catch (error) {
      // A signature that cannot be made: the message is ours or Node's, and neither holds a key.
      this.later(0, () => this.end('lost', 'failed', `no connection can be prepared: ${errorWords(error)}`));
    }
  }

  /** Follows exactly these from now on. */
  follow(symbols: readonly string[]): void {
    const next = new Set(symbols);
    const added = symbols.filter((symbol) => !this.wanted.has(symbol));
    const removed = [...this.wanted].filter((symbol) => !next.has(symbol));
    for (const symbol of removed) this.wanted.delete(symbol);
    for (const symbol of added) this.wanted.add(symbol);
    // Before it is open, `opened` makes up for the difference.
    if (this.isOpen) this.change(added, removed);
  }

  send(outgoing: readonly Outgoing[]): void {
    this.queue?.push(outgoing);
  }

  /** Pictures to compare books with; undefined where the venue offers nothing but snapshots. */
  witness(symbols: readonly string[]): readonly FrameRequest[] | undefined {
    return this.script.witness?.(symbols);
  }

  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return this.script.snapshot(symbols);
  }

  /** Ends it as planned, after another one took over. */
  close(why: string): void {
    this.end('closed', 'planned', why);
  }

  /** Gives it up. */
  abandon(why: string): void {
    this.end('lost', 'failed', why);
  }

  /** Looks at the clock: called each second. `isTrading`: data is to be expected. */
  sweep(now: EpochMs, isTrading: boolean): void {
    const { connectTimeoutMs } = this.ports.protocol.limits;
    if (this.state === 'connecting') {
      if (now - this.startedAt > connectTimeoutMs + CONNECT_GRACE_MS)
        this.abandon(`${this.host} did not answer within ${connectTimeoutMs} ms`);
      return;
    }
    const life = this.liveness.look(now, this.socket?.received ?? 0, this.queue?.isBusy ?? false);
    if (life === 'ask') this.queue?.hurry(null);
    else if (life !== 'fine') {
      this.abandon(life.dead);
      return;
    }
    if (isTrading) this.judgeChannels(now);
  }

  status(): LineStatus {
    return {
      id: this.id,
      state: this.state,
      openedAt: this.openedAt,
      lastMessageAt: this.messageAt,
      symbols: this.wanted.size,
      channels: this.watch.status(),
      refused: [...this.refusals].map(([symbol, { why }]) => ({ symbol, why })),
    };
  }

  private opened(): void {
    const { protocol, timers, sink } = this.ports;
    // Looking at the clock may show that the machine slept, which ends all lines.
    const receivedAt = sink.stamp();
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.ports.counts.opened += 1;
    this.openedAt = timers.now();
    this.liveness = this.beginLife();
    this.queue = new SendQueue(protocol.limits, timers, (text) => this.out(text));
    this.tell('opened', `connected to ${this.host}`, receivedAt);
    this.keeper.opened(this);
    this.subscribe();
    this.beat();
  }

  private subscribe(): void {
    const first = this.script.symbols;
    this.watch.expect(first);
    this.queue?.push(this.script.subscribe(), () => this.subscribed(first));
    const known = new Set(first);
    this.change(
      [...this.wanted].filter((symbol) => !known.has(symbol)),
      first.filter((symbol) => !this.wanted.has(symbol)),
    );
  }

  private change(added: readonly string[], removed: readonly string[]): void {
    this.watch.forget(removed);
    // What was refused is not there to be left.
    const left = removed.filter((symbol) => !this.refusals.delete(symbol));
    if (left.length > 0) this.queue?.push(this.script.remove(left));
    if (added.length > 0) this.add(added);
  }

  private add(symbols: readonly string[]): void {
    this.watch.expect(symbols);
    this.queue?.push(this.script.add(symbols), () => this.subscribed(symbols));
  }

  private subscribed(symbols: readonly string[]): void {
    const now = this.ports.timers.now();
    this.subscribedAt ??= now;
    this.watch.sent(symbols, now);
  }

  private out(text: string | null): void {
    if (text === null) this.socket?.ping();
    else this.socket?.send(text);
  }

  private beat(): void {
    const { heartbeat } = this.ports.protocol.limits;
    if (heartbeat === null) return;
    this.later(heartbeat.everyMs, () => {
      this.queue?.hurry(heartbeat.text);
      this.beat();
    });
  }

  private beginLife(): Liveness {
    return new Liveness(this.ports.protocol.limits.silenceMs, this.ports.timers.now());
  }

  private message(data: string | Uint8Array): void {
    const receivedAt = this.ports.sink.stamp();
    // Looking at the clock may have ended this line.
    if (!this.isOpen) return;
    const now = this.ports.timers.now();
    this.liveness.heard(now);
    this.messageAt = now;
    this.ports.counts.messages += 1;
    const isBinary = typeof data !== 'string';
    const raw = isBinary ? base64(data) : data;
    const { channel, reactions, isForReader, proves } = this.look(raw, isBinary);
    this.watch.saw(proves, now);
    if (isForReader) this.ports.sink.take(this.frame(receivedAt, channel, raw, isBinary));
    for (const reaction of reactions) this.react(reaction);
  }

  private look(raw: string, isBinary: boolean): TakenMessage {
    try {
      return this.script.take(raw, isBinary);
    } catch {
      // It promised never to throw; whatever came, a feed does not end for one message.
      this.ports.counts.garbage += 1;
      return UNREADABLE;
    }
  }

  private frame(receivedAt: EpochMs, channel: string, raw: string, isBinary: boolean): Frame {
    const { wire } = this.ports.protocol;
    const connection = this.id;
    return isBinary
      ? { wire, receivedAt, channel, raw, encoding: 'base64', connection }
      : { wire, receivedAt, channel, raw, connection };
  }

  private react(reaction: Reaction): void {
    if (!this.isOpen) return;
    switch (reaction.kind) {
      case 'send':
        for (const { text } of reaction.outgoing) this.queue?.hurry(text);
        return;
      case 'rotate':
        this.keeper.mustRotate(this);
        return;
      case 'give_up':
        this.end('lost', reaction.isFinal ? 'final' : 'failed', short(reaction.why));
        return;
      case 'refused':
        this.refused(reaction.symbols, short(reaction.why), reaction.retryMs);
        return;
    }
  }

  private refused(symbols: readonly string[], why: string, retryMs: number | null): void {
    const known = symbols.filter((symbol) => this.wanted.has(symbol));
    this.watch.forget(known);
    for (const symbol of known) {
      const refusal = this.refusals.get(symbol) ?? this.refusal(why);
      this.refusals.set(symbol, refusal);
      refusal.why = why;
      if (refusal.isDecided) continue;
      refusal.isDecided = true;
      if (retryMs !== null) this.retryAlone(symbol, refusal, retryMs);
    }
    if (retryMs === null && known.length > 0) this.ports.news.banned(known, why);
  }

  private refusal(why: string): Refusal {
    const since = this.ports.timers.now();
    return { why, since, backoff: new Backoff(QUICK, this.ports.random), isDecided: false };
  }

  /** Alone, so that it cannot spoil it for others, and less and less often. */
  private retryAlone(symbol: string, refusal: Refusal, retryMs: number): void {
    this.later(Math.max(retryMs, refusal.backoff.nextMs()), () => {
      refusal.isDecided = false;
      if (this.wanted.has(symbol) && this.refusals.get(symbol) === refusal) this.add([symbol]);
    });
  }

  private judgeChannels(now: EpochMs): void {
    this.clearRefusals();
    const { late, mute, again, suspect } = this.watch.overdue(now);
    if (mute.size > 0 && this.ports.news.isWorthReconnecting(mute)) {
      this.abandon(`subscribed twice, and no data of ${short([...mute].join(', '))}`);
      return;
    }
    for (const symbol of late)
      this.subscribeAnew([symbol], () => this.watch.sent([symbol], this.ports.timers.now()));
    if (again.size > 0) this.repeat([...again]);
    if (suspect.size > 0) this.ports.news.suspects(this, [...suspect]);
  }

  /** What speaks after all is not refused any more. */
  private clearRefusals(): void {
    for (const symbol of this.refusals.keys()) if (this.watch.hasSpoken(symbol)) this.refusals.delete(symbol);
  }

  private subscribeAnew(symbols: readonly string[], sent: () => void): void {
    this.ports.counts.resubscribed += symbols.length;
    this.queue?.push([...this.script.remove(symbols), ...this.script.add(symbols)], sent);
  }

  private repeat(symbols: readonly string[]): void {
    if (this.script.repeat === undefined) {
      this.subscribeAnew(symbols, () => undefined);
      return;
    }
    this.ports.counts.resubscribed += symbols.length;
    this.queue?.push(this.script.repeat(symbols));
  }

  private closed(end: SocketEnd): void {
    const { code, reason, status, retryAfterMs } = end;
    if (code === TOO_LARGE) this.ports.counts.oversize += 1;
    if (code === NOT_TEXT) this.ports.counts.garbage += 1;
    const said = reason === '' ? '' : `: ${short(reason)}`;
    if (status === undefined)
      this.end('lost', 'failed', `${this.host} closed the connection (${code})${said}`);
    else {
      this.end('lost', kindOf(status), refusalWords(status, this.host, reason), retryAfterMs);
    }
  }

  private end(change: 'lost' | 'closed', kind: LineEnd['kind'], why: string, holdMs = 0): void {
    if (this.state === 'ended') return;
    const now = this.ports.timers.now();
    const openMs = this.openMs(now);
    const attemptMs = this.openedAt === null ? Math.max(0, now - this.startedAt) : 0;
    this.state = 'ended';
    this.queue?.stop();
    for (const cancel of this.retries) cancel();
    this.socket?.close();
    this.countEnd(kind);
    if (this.openedAt !== null) this.tell(change, why, this.ports.sink.stamp());
    this.keeper.ended(this, { why, kind, openMs, attemptMs, holdMs });
  }

  private countEnd(kind: LineEnd['kind']): void {
    if (kind === 'planned') return;
    if (this.openedAt === null) this.ports.counts.failedAttempts += 1;
    else this.ports.counts.lost += 1;
  }

  private tell(change: ConnectionChange['change'], detail: string, receivedAt: EpochMs): void {
    const { protocol, sink } = this.ports;
    sink.take({ wire: protocol.wire, receivedAt, connection: this.id, change, detail });
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.ports.timers.after(ms, () => {
      this.retries.delete(cancel);
      run();
    });
    this.retries.add(cancel);
  }
}

const UNREADABLE: TakenMessage = { channel: 'unreadable', reactions: [], isForReader: true, proves: [] };

const kindOf = (status: number): LineEnd['kind'] => {
  if (status === 401) return 'bad_keys';
  if (status === 429 || status === 418) return 'limited';
  return isRefusal(status) ? 'refused' : 'failed';
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const errorWords = (error: unknown): string => short(error instanceof Error ? error.message : String(error));
