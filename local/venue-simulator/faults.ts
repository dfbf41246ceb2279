/** When a fault begins and ends, after the venue's start: `[atMs, atMs + forMs)`. */
export interface FaultSpan {
  readonly atMs: number;
  readonly forMs: number;
}

/** Whom it strikes: everybody unless told. */
export interface FaultTarget {
  /** The venue's symbol. */
  readonly symbol?: string;
  /** The n-th connection that the venue accepted, from 1. */
  readonly connection?: number;
}

/** Strikes one message: the first in its span that is about what it names. */
export type MessageFault =
  /** A change of a book is lost. */
  | { readonly kind: 'gap' }
  /** A change of a book comes twice. */
  | { readonly kind: 'duplicate' }
  /** Two changes of a book change places: the one is held back until the next one went. */
  | { readonly kind: 'swap' }
  /** What nobody can read comes behind a message: the half of it, letters, bytes, or a text that is no UTF-8. */
  | { readonly kind: 'garbage'; readonly as: 'half' | 'letters' | 'binary' | 'no_text' }
  /** A message of so many bytes comes behind a message. */
  | { readonly kind: 'oversize'; readonly bytes: number }
  /** A checksum is wrong, where the venue has one: the dialect asks for it. */
  | { readonly kind: 'checksum' };

/** Lasts as long as its span. */
export type LastingFault =
  /** Messages are lost by chance: this share of them. */
  | { readonly kind: 'drop'; readonly share: number }
  /** Nothing passes on the connections that are open when it begins, which stay open. Those opened later are well. */
  | { readonly kind: 'freeze' }
  /**
   * Nothing is said of the symbol any more, while all others flow. Where the venue numbers a symbol's updates, the next one
   * shows the hole; where it does not, the first one brings all that changed.
   */
  | { readonly kind: 'mute' }
  /** Every connection is cut when it begins, and those that come then each `everyMs`. */
  | { readonly kind: 'close_storm'; readonly everyMs: number }
  /** The venue announces a restart where it does so, and cuts the connections that were open then when the span ends. */
  | { readonly kind: 'shutdown' }
  /** Whole pictures, by REST or in the stream, come later; they show the moment at which they were asked for. */
  | { readonly kind: 'slow_snapshot'; readonly byMs: number }
  /** Acknowledgements come later, and so does what they acknowledge. */
  | { readonly kind: 'late_ack'; readonly byMs: number }
  /** Whoever subscribes is answered as the venue answers what it does not carry, and gets nothing. */
  | { readonly kind: 'hidden_refusal' }
  /** REST requests whose address holds `path`, any unless told, get this status. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly retryAfterS?: number;
      readonly path?: string;
    }
  /** REST requests get no answer. */
  | { readonly kind: 'http_hang' }
  /** Sockets are not opened: this status, or no answer. */
  | { readonly kind: 'upgrade'; readonly status: number | 'hang' }
  /** The venue does not serve this place: 451 to everything, and open sockets are cut. */
  | { readonly kind: 'region' }
  /** The venue's clock is wrong by so much. */
  | { readonly kind: 'clock_skew'; readonly byMs: number }
  /** When it begins, update ids and sequences go back and count anew. */
  | { readonly kind: 'ids_back' }
  /** Trading pauses: the symbol's, or the exchange's. */
  | { readonly kind: 'paused' };

export type FaultEffect = MessageFault | LastingFault;
export type FaultKind = FaultEffect['kind'];
/** Something that goes wrong on purpose. */
export type Fault = FaultSpan & FaultTarget & FaultEffect;
export type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

const KINDS: Readonly<Record<FaultKind, true>> = {
  gap: true,
  duplicate: true,
  swap: true,
  garbage: true,
  oversize: true,
  checksum: true,
  drop: true,
  freeze: true,
  mute: true,
  close_storm: true,
  shutdown: true,
  slow_snapshot: true,
  late_ack: true,
  hidden_refusal: true,
  http: true,
  http_hang: true,
  upgrade: true,
  region: true,
  clock_skew: true,
  ids_back: true,
  paused: true,
};
export const FAULT_KINDS = Object.keys(KINDS) as readonly FaultKind[];

/** Whether it is about a symbol; a message about none belongs to no symbol's fault. */
export const isAbout = ({ symbol: wanted }: FaultTarget, symbol: string): boolean =>
  wanted === undefined || wanted === symbol;

/** @throws RangeError in words, when a fault makes no sense. */
export function checkFaults(faults: readonly Fault[]): void {
  for (const { kind, atMs, forMs } of faults) {
    if (!(Number.isFinite(atMs) && atMs >= 0))
      throw new RangeError(`the fault '${kind}' begins at ${atMs} ms: name a moment after the start`);
    if (!(Number.isFinite(forMs) && forMs > 0))
      throw new RangeError(`the fault '${kind}' lasts ${forMs} ms: it must last for a time above zero`);
  }
}
