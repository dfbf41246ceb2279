import type { Reaction, TakenMessage } from '../session/protocol.ts';
import { NONE } from './subscriptions.ts';

/** Kept values beyond this are made anew each time: a venue's text must not fill the memory. */
const KEPT_MAX = 1_024;

/** What messages are to the session, one kept value for each channel and products, so that a busy stream makes none. */
export class TakenMessages {
  private readonly kept = new Map<string, TakenMessage>();
  private readonly symbolsOf: (product: string) => readonly string[];

  constructor(symbolsOf: (product: string) => readonly string[]) {
    this.symbolsOf = symbolsOf;
  }

  /** A message on a channel that proves data of its products to flow; `rule` is the channel's name in the session's rules. */
  of(channel: string, rule: string, products: readonly string[]): TakenMessage {
    const key = `${channel} ${rule} ${products.join(' ')}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const proves = products.flatMap((product) =>
      this.symbolsOf(product).map((symbol) => ({ channel: rule, symbol })),
    );
    const taken: TakenMessage = { channel, reactions: NONE, isForReader: true, proves };
    if (this.kept.size < KEPT_MAX) this.kept.set(key, taken);
    return taken;
  }

  /** What is carried has changed. */
  forget(): void {
    this.kept.clear();
  }
}

export const withReactions = (channel: string, reactions: readonly Reaction[]): TakenMessage => ({
  channel,
  reactions,
  isForReader: true,
  proves: [],
});

const KEY = '"product_id":"';

/** The products that a message names, each once, without reading it; most messages name one. */
export function productsIn(raw: string, into: string[]): readonly string[] {
  into.length = 0;
  for (let at = raw.indexOf(KEY); at >= 0; at = raw.indexOf(KEY, at)) {
    at += KEY.length;
    const last = into.at(-1);
    if (last !== undefined && raw.startsWith(last, at) && raw.charAt(at + last.length) === '"') continue;
    const end = raw.indexOf('"', at);
    if (end < 0) break;
    const product = raw.slice(at, end);
    if (product.length <= 40 && !into.includes(product) && into.length < 64) into.push(product);
  }
  return into;
}
