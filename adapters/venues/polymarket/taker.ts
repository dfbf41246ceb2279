import type { TakenMessage } from '../session/protocol.ts';

type Proof = TakenMessage['proves'][number];

/** Events that prove something, with the channel on which they do. */
const PROVING = { book: 'book', price_change: 'price_change' } as const;

const ASSET = '"asset_id":"';
const EVENT = '"event_type":"';
/** The same with white space, as no message was ever seen. */
const SPACED_EVENT = /"event_type"\s*:\s*"([^"]{1,40})"/;

const PONG: TakenMessage = { channel: 'market:PONG', reactions: [], isForReader: false, proves: [] };

/** Tells what a message is from its text alone, with values that are kept from message to message. */
export class Taker {
  private readonly proofs: Proof[] = [];
  private readonly kept = new Map<string, TakenMessage>();
  private readonly known = { book: new Map<string, Proof>(), price_change: new Map<string, Proof>() };

  take(raw: string): TakenMessage {
    if (raw === 'PONG') return PONG;
    const event = textAfter(raw, EVENT, 0) ?? SPACED_EVENT.exec(raw)?.[1];
    this.proofs.length = 0;
    if (event === 'book' || event === 'price_change') this.prove(event, raw);
    return this.messageOf(event ?? 'text');
  }

  forget(symbols: readonly string[]): void {
    for (const proofs of Object.values(this.known)) for (const symbol of symbols) proofs.delete(symbol);
  }

  private prove(event: keyof typeof PROVING, raw: string): void {
    for (let at = raw.indexOf(ASSET); at >= 0; at = raw.indexOf(ASSET, at + ASSET.length)) {
      const symbol = textAfter(raw, ASSET, at);
      if (symbol !== undefined) this.proofs.push(this.proofOf(event, symbol));
    }
  }

  private proofOf(event: keyof typeof PROVING, symbol: string): Proof {
    const proofs = this.known[event];
    const known = proofs.get(symbol);
    if (known !== undefined) return known;
    const proof = { channel: PROVING[event], symbol };
    // Tokens that nobody follows come as well, each as the other side of one that is.
    if (proofs.size >= KNOWN_MAX) proofs.clear();
    proofs.set(symbol, proof);
    return proof;
  }

  /** All of them share one list of proofs: it is read before the next message is taken. */
  private messageOf(event: string): TakenMessage {
    const known = this.kept.get(event);
    if (known !== undefined) return known;
    const message = {
      channel: `market:${event.slice(0, 40)}`,
      reactions: [],
      isForReader: true,
      proves: this.proofs,
    };
    if (this.kept.size < KEPT_MAX) this.kept.set(event, message);
    return message;
  }
}

/** More tokens than a connection carries, with the other token of each; more events than there are. */
const KNOWN_MAX = 1_000;
const KEPT_MAX = 32;

/** The text between a mark and the next quote. */
function textAfter(raw: string, mark: string, from: number): string | undefined {
  const at = raw.indexOf(mark, from);
  if (at < 0) return undefined;
  const start = at + mark.length;
  const end = raw.indexOf('"', start);
  return end < 0 ? undefined : raw.slice(start, end);
}
