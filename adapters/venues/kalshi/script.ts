import type { EpochMs } from '../../../core/time.ts';
import { isObject, parseJson, short } from '../json-fields.ts';
import type {
  ConnectionScript,
  FrameRequest,
  Outgoing,
  Reaction,
  TakenMessage,
} from '../session/protocol.ts';
import { type CHANNELS, LIFECYCLE } from './channels.ts';
import { Commands } from './commands.ts';
import { type Patience, reactionTo } from './errors.ts';
import { bookRequests } from './requests.ts';
import { errorMessage } from './schema.ts';
import type { UpgradeSigner } from './signing.ts';
import { Taker } from './taker.ts';

export interface ScriptOptions {
  readonly ws: string;
  readonly rest: string;
  readonly signer: UpgradeSigner;
  readonly usesYesPrice: boolean;
  /** Markets per request; undefined: as many as one may hold. */
  readonly batch?: number | undefined;
  readonly isPatient: Patience;
}

/** Each market's channels; the order in which they are subscribed. */
const PER_MARKET = [
  'orderbook_delta',
  'trade',
  'ticker',
] as const satisfies readonly (typeof CHANNELS)[number]['name'][];

/** One connection: each channel is one subscription of all its markets, to which markets are added and of which they are taken. */
export class KalshiScript implements ConnectionScript {
  private readonly options: ScriptOptions;
  private readonly followed: Set<string>;
  private readonly commands = new Commands();
  private readonly taker: Taker;
  /** Subscriptions by channel, as the venue numbered them. */
  private readonly sids = new Map<string, number>();

  constructor(symbols: readonly string[], options: ScriptOptions) {
    this.options = options;
    this.followed = new Set(symbols);
    this.taker = new Taker(this.followed);
  }

  get symbols(): readonly string[] {
    return [...this.followed];
  }

  open(now: EpochMs): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    const { ws, signer } = this.options;
    return { url: ws, headers: signer.headers(now) };
  }

  subscribe(): readonly Outgoing[] {
    return [...this.subscribeTo([...this.followed]), this.commands.subscribe(LIFECYCLE, [])];
  }

  /** Before a subscription has a number, it is subscribed once more: the venue merges both. */
  add(symbols: readonly string[]): readonly Outgoing[] {
    if (symbols.length === 0) return [];
    for (const symbol of symbols) this.followed.add(symbol);
    return PER_MARKET.map((channel) => {
      const sid = this.sids.get(channel);
      return sid === undefined
        ? this.commands.subscribe(channel, symbols, this.more(channel))
        : this.commands.update('add_markets', { channel, sid }, symbols);
    });
  }

  remove(symbols: readonly string[]): readonly Outgoing[] {
    if (symbols.length === 0) return [];
    for (const symbol of symbols) this.followed.delete(symbol);
    this.taker.forget(symbols);
    return PER_MARKET.flatMap((channel) => {
      const sid = this.sids.get(channel);
      return sid === undefined ? [] : [this.commands.update('delete_markets', { channel, sid }, symbols)];
    });
  }

  /** A picture in the stream proves a book; one by REST is a witness in case the stream is dead. */
  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    const channel = 'orderbook_delta';
    const sid = this.sids.get(channel);
    return {
      outgoing:
        sid === undefined || symbols.length === 0
          ? []
          : [this.commands.update('get_snapshot', { channel, sid }, symbols)],
      requests: bookRequests(this.options.rest, symbols, this.options.batch),
    };
  }

  witness(symbols: readonly string[]): readonly FrameRequest[] {
    return bookRequests(this.options.rest, symbols, this.options.batch);
  }

  take(raw: string, isBinary: boolean): TakenMessage {
    const taken = isBinary ? undefined : this.taker.quick(raw);
    return taken ?? this.takeSlowly(raw);
  }

  private subscribeTo(symbols: readonly string[]): Outgoing[] {
    return symbols.length === 0
      ? []
      : PER_MARKET.map((channel) => this.commands.subscribe(channel, symbols, this.more(channel)));
  }

  /** Always said, since its default will change. */
  private more(channel: (typeof PER_MARKET)[number]): object {
    return channel === 'orderbook_delta' ? { use_yes_price: this.options.usesYesPrice } : {};
  }

  /** Answers to commands, errors, and whatever is not laid out as usual. */
  private takeSlowly(raw: string): TakenMessage {
    const value = parseJson(raw);
    const { type, id, msg }: Answer = isObject(value) ? value : {};
    const channel = typeof type === 'string' ? short(type) : 'unreadable';
    const reactions: Reaction[] = [];
    if (type === 'subscribed') this.learn([msg]);
    else if (type === 'ok' && Array.isArray(msg)) {
      this.sids.clear();
      this.learn(msg);
    } else if (type === 'error') reactions.push(...this.onError(value, id));
    return { channel, reactions, isForReader: true, proves: [] };
  }

  private learn(subscriptions: readonly unknown[]): void {
    for (const one of subscriptions) {
      const { channel, sid }: { readonly channel?: unknown; readonly sid?: unknown } = isObject(one)
        ? one
        : {};
      if (typeof channel === 'string' && KNOWN.has(channel) && Number.isSafeInteger(sid))
        this.sids.set(channel, Number(sid));
    }
  }

  private onError(value: unknown, id: unknown): Reaction[] {
    const read = errorMessage.safeParse(value);
    if (!read.success) return [];
    const { code, msg: words = 'no words', market_ticker: symbol } = read.data.msg;
    const detail = `${code}: ${short(words)}`;
    const command = this.commands.find(id);
    const reaction = reactionTo({ code, detail, symbol, command }, this.options.isPatient);
    if (reaction === null) return [];
    return [reaction === 'list' ? { kind: 'send', outgoing: [this.commands.list()] } : reaction];
  }
}

const KNOWN: ReadonlySet<string> = new Set([...PER_MARKET, LIFECYCLE]);

interface Answer {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly msg?: unknown;
}
