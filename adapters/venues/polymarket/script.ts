import type { EpochMs } from '../../../core/time.ts';
import type { ConnectionScript, FrameRequest, Outgoing, TakenMessage } from '../session/protocol.ts';
import type { PolymarketHosts } from './hosts.ts';
import { bookRequests } from './requests.ts';
import { Taker } from './taker.ts';

/** One connection to the market channel. */
export class PolymarketScript implements ConnectionScript {
  readonly symbols: readonly string[];
  private readonly hosts: PolymarketHosts;
  private readonly batch: number | undefined;
  private readonly taker = new Taker();

  /** `batch`: tokens per request; undefined: as many as one may hold. */
  constructor(symbols: readonly string[], hosts: PolymarketHosts, batch?: number) {
    this.symbols = symbols;
    this.hosts = hosts;
    this.batch = batch;
  }

  open(_now: EpochMs): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.hosts.ws, headers: {} };
  }

  /** The first message has another form than those that change it. */
  subscribe(): readonly Outgoing[] {
    return [command({ assets_ids: this.symbols, type: 'market', ...WITH_ALL })];
  }

  add(symbols: readonly string[]): readonly Outgoing[] {
    if (symbols.length === 0) return [];
    return [command({ operation: 'subscribe', assets_ids: symbols, ...WITH_ALL })];
  }

  remove(symbols: readonly string[]): readonly Outgoing[] {
    this.taker.forget(symbols);
    return symbols.length === 0 ? [] : [command({ operation: 'unsubscribe', assets_ids: symbols })];
  }

  /** The stream sends a book only when it likes; by REST it is asked for. */
  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return { outgoing: [], requests: bookRequests(this.hosts, symbols, this.batch) };
  }

  take(raw: string, isBinary: boolean): TakenMessage {
    return isBinary ? BINARY : this.taker.take(raw);
  }
}

/** Best prices by themselves, new markets, and how markets end. */
const WITH_ALL = { custom_feature_enabled: true };
const BINARY: TakenMessage = { channel: 'market:binary', reactions: [], isForReader: true, proves: [] };

const command = (body: object): Outgoing => ({ text: JSON.stringify(body) });
