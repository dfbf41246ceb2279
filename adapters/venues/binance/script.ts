import { short } from '../json-fields.ts';
import type {
  ConnectionScript,
  FrameRequest,
  Outgoing,
  Reaction,
  TakenMessage,
} from '../session/protocol.ts';
import { type Control, readControl } from './control.ts';
import { inRequests, streamsOf } from './streams.ts';

export interface ScriptOptions {
  readonly url: string;
  readonly symbols: readonly string[];
  /** How to ask for a fresh picture of a symbol. */
  readonly snapshot: (symbol: string) => FrameRequest;
  /** How to ask for a smaller one, to hold against a book that nothing is wrong with. */
  readonly witness: (symbol: string) => FrameRequest;
}

/** A request that was refused is made again for each symbol alone; whatever the reason was, it may have passed. */
const RETRY_MS = 1_000;
/** Requests whose answers are awaited; more never go out at once. */
const AWAITED_MAX = 100;

const NOTHING: readonly never[] = [];
/** How a combined message begins; its stream's name follows. */
const HEAD = '{"stream":"';

/** One Binance connection in combined mode: every message names its stream, since some name nothing else. */
export class BinanceScript implements ConnectionScript {
  private readonly options: ScriptOptions;
  private readonly followed = new Set<string>();
  /** What a message is, by its stream's name: kept, since there are thousands of messages a second. */
  private readonly known = new Map<string, TakenMessage>();
  private readonly awaited = new Map<number, readonly string[]>();
  private requests = 0;

  constructor(options: ScriptOptions) {
    this.options = options;
    this.know(options.symbols);
  }

  get symbols(): readonly string[] {
    return [...this.followed];
  }

  open(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.options.url, headers: {} };
  }

  subscribe(): readonly Outgoing[] {
    return this.request('SUBSCRIBE', this.symbols);
  }

  add(symbols: readonly string[]): readonly Outgoing[] {
    this.know(symbols);
    return this.request('SUBSCRIBE', symbols);
  }

  /** What is subscribed already stays so. */
  repeat(symbols: readonly string[]): readonly Outgoing[] {
    return this.add(symbols);
  }

  remove(symbols: readonly string[]): readonly Outgoing[] {
    for (const symbol of symbols) {
      this.followed.delete(symbol);
      for (const { name } of streamsOf(symbol)) this.known.delete(name);
    }
    return this.request('UNSUBSCRIBE', symbols);
  }

  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return { outgoing: NOTHING, requests: symbols.map(this.options.snapshot) };
  }

  witness(symbols: readonly string[]): readonly FrameRequest[] {
    return symbols.map(this.options.witness);
  }

  take(raw: string): TakenMessage {
    const end = raw.startsWith(HEAD) ? raw.indexOf('"', HEAD.length) : -1;
    const name = end < 0 ? undefined : raw.slice(HEAD.length, end);
    const known = name === undefined ? undefined : this.known.get(name);
    return known ?? this.takeRare(raw, name);
  }

  /** All but the streams that were asked for. */
  private takeRare(raw: string, name: string | undefined): TakenMessage {
    const { stream = name ?? 'control', control } = readControl(raw);
    // A name that was written with escapes is the same name.
    const known = this.known.get(stream);
    if (known !== undefined) return known;
    return { channel: short(stream), reactions: this.react(control), isForReader: true, proves: NOTHING };
  }

  private react(control: Control | undefined): readonly Reaction[] {
    switch (control?.kind) {
      case undefined:
        return NOTHING;
      case 'shutdown':
        return [{ kind: 'rotate', why: 'the venue announced a restart' }];
      case 'done':
        this.awaited.delete(control.id);
        return NOTHING;
      case 'error':
        return this.refuse(control.id, control.why);
    }
  }

  private refuse(id: number | null, why: string): readonly Reaction[] {
    const asked = id === null ? undefined : this.awaited.get(id);
    if (id === null || asked === undefined) return NOTHING;
    this.awaited.delete(id);
    const symbols = asked.filter((symbol) => this.followed.has(symbol));
    return symbols.length === 0 ? NOTHING : [{ kind: 'refused', symbols, why, retryMs: RETRY_MS }];
  }

  private know(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      this.followed.add(symbol);
      for (const { name, channel } of streamsOf(symbol))
        this.known.set(name, {
          channel: name,
          reactions: NOTHING,
          isForReader: true,
          proves: [{ channel, symbol }],
        });
    }
  }

  private request(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', symbols: readonly string[]): readonly Outgoing[] {
    return inRequests(symbols.flatMap(streamsOf)).map((streams) => {
      this.requests += 1;
      const id = this.requests;
      if (method === 'SUBSCRIBE') this.expect(id, [...new Set(streams.map(({ symbol }) => symbol))]);
      return { text: JSON.stringify({ method, params: streams.map(({ name }) => name), id }) };
    });
  }

  private expect(id: number, symbols: readonly string[]): void {
    this.awaited.set(id, symbols);
    for (const oldest of this.awaited.keys()) {
      if (this.awaited.size <= AWAITED_MAX) return;
      this.awaited.delete(oldest);
    }
  }
}
