import type { TakenMessage } from '../session/protocol.ts';

/** The channel on which each frequent kind of message comes. */
const CHANNEL_OF = {
  orderbook_delta: 'orderbook_delta',
  orderbook_snapshot: 'orderbook_delta',
  ticker: 'ticker',
  trade: 'trade',
} as const;
type Frequent = keyof typeof CHANNEL_OF;

const TYPE = '"type":"';
const TICKER = '"market_ticker":"';

/** Tells what a frequent message is from the text alone, with values that are kept from message to message. */
export class Taker {
  private readonly followed: ReadonlySet<string>;
  private readonly kept = new Map<Frequent, Map<string, TakenMessage>>();
  private readonly ofOthers = new Map<Frequent, TakenMessage>();

  constructor(followed: ReadonlySet<string>) {
    this.followed = followed;
  }

  /** Undefined for what has to be looked at in full. */
  quick(raw: string): TakenMessage | undefined {
    const type = this.typeOf(raw);
    if (type === undefined) return undefined;
    const symbol = textAfter(raw, TICKER);
    return symbol !== undefined && this.followed.has(symbol)
      ? this.ofMarket(type, symbol)
      : this.ofOther(type);
  }

  forget(symbols: readonly string[]): void {
    for (const messages of this.kept.values()) for (const symbol of symbols) messages.delete(symbol);
  }

  private typeOf(raw: string): Frequent | undefined {
    const type = textAfter(raw, TYPE);
    return type !== undefined && isFrequent(type) ? type : undefined;
  }

  private ofMarket(type: Frequent, symbol: string): TakenMessage {
    const messages = this.kept.get(type) ?? new Map<string, TakenMessage>();
    this.kept.set(type, messages);
    const known = messages.get(symbol);
    if (known !== undefined) return known;
    const fresh = taken(type, [{ channel: CHANNEL_OF[type], symbol }]);
    messages.set(symbol, fresh);
    return fresh;
  }

  private ofOther(type: Frequent): TakenMessage {
    const known = this.ofOthers.get(type) ?? taken(type, []);
    this.ofOthers.set(type, known);
    return known;
  }
}

const taken = (channel: string, proves: TakenMessage['proves']): TakenMessage => ({
  channel,
  reactions: [],
  isForReader: true,
  proves,
});

const isFrequent = (type: string): type is Frequent => Object.hasOwn(CHANNEL_OF, type);

/** The text between a mark and the next quote. */
function textAfter(raw: string, mark: string): string | undefined {
  const at = raw.indexOf(mark);
  if (at < 0) return undefined;
  const start = at + mark.length;
  const end = raw.indexOf('"', start);
  return end < 0 ? undefined : raw.slice(start, end);
}
