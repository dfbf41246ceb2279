import type { Frame } from '../../adapters/venues/frame-source.ts';
import type {
  ConnectionScript,
  FrameRequest,
  Outgoing,
  Reaction,
  TakenMessage,
  VenueProtocol,
} from '../../adapters/venues/session/protocol.ts';
import type { Timers } from '../../adapters/venues/session/timers.ts';
import type {
  RestAnswer,
  RestRequest,
  Socket,
  SocketEnd,
  SocketHandlers,
  SocketRequest,
  Transport,
} from '../../adapters/venues/session/transport.ts';
import type { EpochMs } from '../../core/time.ts';

export type Upgrade = 'open' | 'hang' | Omit<SocketEnd, 'code'>;
export type Reply = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** How the venue behaves; a test may change it while it runs. */
export interface VenueHabits {
  /** One way, and for each request and answer. */
  latencyMs: number;
  /** How long a request takes, where its way is another. */
  requestMs: number | null;
  dataEveryMs: number;
  listed: readonly string[];
  upgrade: (n: number) => Upgrade;
  /** Undefined: as a venue in order answers. */
  answer: (request: RestRequest, n: number) => Reply | Error | 'hang' | undefined;
  /** Acknowledged like others, and never a word of it. */
  isMute: (symbol: string, peer: ScriptedPeer) => boolean;
  /** Why the venue will not carry a symbol. */
  refuses: (
    symbol: string,
    peer: ScriptedPeer,
  ) => { readonly why: string; readonly retryMs: number | null } | undefined;
  closed: string | null;
}

interface Stamped<T> {
  readonly at: EpochMs;
  readonly what: T;
}

/** A venue in this process that speaks the toy protocol below, and remembers all that it was asked. */
export class ScriptedVenue implements Transport {
  readonly habits: VenueHabits;
  readonly timers: Timers;
  /** Every attempt to connect, in order. */
  readonly attempts: Stamped<SocketRequest>[] = [];
  readonly peers: ScriptedPeer[] = [];
  readonly requests: Stamped<RestRequest>[] = [];

  constructor(timers: Timers, habits: Partial<VenueHabits> = {}) {
    this.timers = timers;
    this.habits = {
      latencyMs: 20,
      requestMs: null,
      dataEveryMs: 500,
      listed: ['A', 'B', 'C', 'D', 'E', 'F'],
      upgrade: () => 'open',
      answer: () => undefined,
      isMute: () => false,
      refuses: () => undefined,
      closed: null,
      ...habits,
    };
  }

  get open(): readonly ScriptedPeer[] {
    return this.peers.filter(({ isOpen }) => isOpen);
  }

  asked(place: string): readonly Stamped<RestRequest>[] {
    return this.requests.filter(({ what }) => what.url.includes(place));
  }

  connect(request: SocketRequest, handlers: SocketHandlers): Socket {
    this.attempts.push({ at: this.timers.now(), what: request });
    const upgrade = this.habits.upgrade(this.attempts.length);
    const peer = new ScriptedPeer(this, handlers, upgrade);
    this.peers.push(peer);
    return peer;
  }

  fetch(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
    this.requests.push({ at: this.timers.now(), what: request });
    const reply = this.habits.answer(request, this.requests.length) ?? this.reply(request);
    const { latencyMs, requestMs } = this.habits;
    if (reply === 'hang') return this.timers.after(request.timeoutMs, () => done(new Error('no answer')));
    return this.timers.after(requestMs ?? 2 * latencyMs, () =>
      done(reply instanceof Error ? reply : { status: 200, headers: {}, body: '', ...reply }),
    );
  }

  private reply({ url }: RestRequest): Reply {
    const { pathname, searchParams } = new URL(url);
    const symbols = (searchParams.get('symbols') ?? '').split(',');
    const { listed, closed } = this.habits;
    switch (pathname) {
      case '/list':
        return {
          body: JSON.stringify({ listed: symbols.filter((one) => listed.includes(one)), names: listed }),
        };
      case '/status':
        return { body: JSON.stringify({ closed }) };
      default:
        return { body: JSON.stringify({ picture: symbols }) };
    }
  }
}

/** The venue's end of one socket. */
export class ScriptedPeer implements Socket {
  readonly buffered = 0;
  received = 0;
  /** When ping frames were sent. */
  readonly pings: number[] = [];
  /** Texts that arrived, with the moment at which each was sent. */
  readonly sent: Stamped<string>[] = [];
  readonly symbols = new Set<string>();
  isOpen = false;
  /** Nothing comes out of it any more, though it stays open. */
  isFrozen = false;
  private readonly venue: ScriptedVenue;
  private readonly handlers: SocketHandlers;
  private isOver = false;
  private cancelData: (() => void) | undefined;
  private n = 0;

  constructor(venue: ScriptedVenue, handlers: SocketHandlers, upgrade: Upgrade) {
    this.venue = venue;
    this.handlers = handlers;
    if (upgrade === 'hang') return;
    this.later(2, () => (upgrade === 'open' ? this.opened() : this.end({ code: 1006, ...upgrade })));
  }

  send(text: string): void {
    this.sent.push({ at: this.venue.timers.now(), what: text });
    this.later(1, () => this.hear(text));
  }

  ping(): void {
    this.pings.push(this.venue.timers.now());
    this.later(2, () => this.isFrozen || this.handlers.ponged());
  }

  close(): void {
    if (this.isOver) return;
    this.isOpen = false;
    this.later(2, () => this.end({ code: 1000, reason: '' }));
  }

  /** The venue says something. */
  say(text: string | Uint8Array): void {
    this.later(1, () => {
      if (!this.isOpen || this.isFrozen) return;
      this.received += text.length;
      this.handlers.message(text);
    });
  }

  sayPing(): void {
    this.later(1, () => this.isOpen && !this.isFrozen && this.handlers.pinged());
  }

  /** The venue, or the network, cuts it. */
  cut(code = 1006, reason = ''): void {
    this.later(1, () => this.end({ code, reason }));
  }

  private opened(): void {
    if (this.isOver) return;
    this.isOpen = true;
    this.handlers.opened();
    this.stream();
  }

  private end(end: SocketEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isOpen = false;
    this.cancelData?.();
    this.handlers.closed(end);
  }

  private hear(text: string): void {
    if (!this.isOpen) return;
    if (text === 'ping') {
      this.say('pong');
      return;
    }
    const { sub = [], unsub = [], snap = [] } = JSON.parse(text);
    for (const symbol of sub) this.subscribe(symbol);
    for (const symbol of unsub) this.symbols.delete(symbol);
    for (const symbol of snap) this.say(JSON.stringify({ c: 'book', s: symbol, whole: true }));
  }

  private subscribe(symbol: string): void {
    const refusal = this.venue.habits.refuses(symbol, this);
    if (refusal === undefined) {
      this.symbols.add(symbol);
      this.say(JSON.stringify({ ack: symbol }));
    } else this.say(JSON.stringify({ refused: [symbol], ...refusal }));
  }

  private stream(): void {
    this.cancelData = this.venue.timers.after(this.venue.habits.dataEveryMs, () => {
      this.n += 1;
      for (const symbol of this.symbols)
        if (!this.venue.habits.isMute(symbol, this))
          this.say(JSON.stringify({ c: 'book', s: symbol, n: this.n }));
      this.stream();
    });
  }

  private later(times: number, run: () => void): void {
    this.venue.timers.after(times * this.venue.habits.latencyMs, run);
  }
}

/** What the toy venue's client is like; each test changes what it is about. */
export const toyProtocol = (over: Partial<VenueProtocol> = {}): VenueProtocol => ({
  wire: 'kalshi',
  name: 'Toy venue',
  hasSocket: true,
  limits: {
    sendsPerSecond: 10,
    sendBurst: 5,
    lifetimeMs: null,
    silenceMs: 30_000,
    messageBytesMax: 1_000_000,
    connectTimeoutMs: 10_000,
    heartbeat: { everyMs: 10_000, text: 'ping' },
    connectsPerMinute: 60,
  },
  channels: [
    { name: 'book', firstDataMs: 5_000, suspectMs: null },
    { name: 'trade', firstDataMs: null, suspectMs: null },
  ],
  symbolsPerConnection: 10,
  restLimits: { spacingMs: 100, burst: 5, weightPerMinute: 600 },
  discovery: {
    requests: (symbols) => [frameRequest('list', symbols)],
    listed: ({ status, body }) =>
      status === 200 ? new Set<string>(JSON.parse(body).listed) : new Error('unreadable'),
    names: (answer) => JSON.parse(answer.body).names,
    everyMs: 3_600_000,
  },
  script: (_connection, symbols) => toyScript(symbols),
  poll: (symbols) => [frameRequest('poll', symbols)],
  pollEveryMs: 5_000,
  closedBecause: () => null,
  exchangeStatus: null,
  ...over,
});

export const frameRequest = (place: string, symbols: readonly string[], weight = 1): FrameRequest => ({
  request: restRequest(`${place}?symbols=${symbols.join(',')}`),
  channel: `rest:${place}`,
  symbols,
  weight,
});

export const restRequest = (place: string): RestRequest => ({
  method: 'GET',
  url: `https://rest.toy/${place}`,
  timeoutMs: 10_000,
  bytesMax: 1_000_000,
});

/** `{"c":"book","s":"A"}` is data; `sub`, `unsub`, `snap` are what the client asks for. */
export function toyScript(symbols: readonly string[]): ConnectionScript {
  const add = (some: readonly string[]): readonly Outgoing[] => [{ text: JSON.stringify({ sub: some }) }];
  return {
    symbols,
    add,
    open: (now) => ({ url: 'wss://ws.toy/feed', headers: { 'x-signature': `secret-${now}` } }),
    subscribe: () => add(symbols),
    remove: (some) => [{ text: JSON.stringify({ unsub: some }) }],
    snapshot: (some) => ({ outgoing: [], requests: some.map((symbol) => frameRequest('picture', [symbol])) }),
    take: takeToy,
  };
}

function takeToy(raw: string): TakenMessage {
  if (raw === 'pong') return { channel: '', reactions: [], isForReader: false, proves: [] };
  const { c = '', s, refused, why = '', retryMs = null, bye, leave } = JSON.parse(raw);
  const reactions: Reaction[] = [];
  if (refused !== undefined) reactions.push({ kind: 'refused', symbols: refused, why, retryMs });
  if (bye !== undefined) reactions.push({ kind: 'rotate', why: bye });
  if (leave !== undefined) reactions.push({ kind: 'give_up', why: leave, isFinal: why === 'final' });
  const proves = s === undefined ? [] : [{ channel: c, symbol: s }];
  return { channel: c, reactions, isForReader: s !== undefined, proves };
}

/** The symbol that a frame of the toy venue is about. */
export const symbolOf = (frame: Frame): string => JSON.parse(frame.raw).s;
