import type { FaultBoard } from './fault-board.ts';
import type { SimConnection } from './sim-connection.ts';
import { StreamRegistry } from './stream-registry.ts';

/** What a client wants. */
export type PolymarketCommand =
  | { readonly kind: 'subscribe'; readonly tokens: readonly string[]; readonly wantsBooks: boolean }
  | { readonly kind: 'unsubscribe'; readonly tokens: readonly string[] };

interface Client {
  /** Best prices by themselves, new markets, and how markets end. */
  hasFeatures: boolean;
  readonly wanted: Set<string>;
}

/** Above so many tokens of one connection, first books were seen to go missing. */
const BOOKS_MAX = 500;

/** The clients of the market channel and the tokens that they follow. */
export class PolymarketClients {
  private readonly faults: FaultBoard;
  private readonly registry = new StreamRegistry();
  private readonly clients = new WeakMap<SimConnection, Client>();
  /** Followers of either token of a market, until somebody comes or goes. */
  private readonly pairs = new Map<string, ReadonlySet<SimConnection>>();

  constructor(faults: FaultBoard) {
    this.faults = faults;
  }

  /** What a message asks for; undefined for one that the venue does not take. The first one has another form than the others. */
  read(
    connection: SimConnection,
    message: Readonly<Record<string, unknown>> | undefined,
  ): PolymarketCommand | undefined {
    const {
      assets_ids: ids,
      type,
      operation,
      custom_feature_enabled: more,
      initial_dump: dump,
    } = message ?? {};
    if (!Array.isArray(ids)) return undefined;
    const tokens = ids.map(String);
    const known = this.clients.get(connection);
    if (known === undefined && type !== 'market') return undefined;
    const client = known ?? { hasFeatures: false, wanted: new Set() };
    this.clients.set(connection, client);
    if (operation === 'unsubscribe') {
      for (const token of tokens) client.wanted.delete(token);
      return { kind: 'unsubscribe', tokens };
    }
    if (operation !== 'subscribe' && type !== 'market') return undefined;
    client.hasFeatures ||= more === true;
    for (const token of tokens) client.wanted.add(token);
    return { kind: 'subscribe', tokens, wantsBooks: dump !== false };
  }

  /** Lets a connection follow those of these tokens that it still wants; those of which it gets a first book. */
  add(connection: SimConnection, tokens: readonly string[]): readonly string[] {
    const wanted = this.clients.get(connection)?.wanted;
    const added: string[] = [];
    for (const token of tokens) {
      const hidden = this.faults.find('hidden_refusal', token, connection.n);
      if (hidden !== undefined) this.faults.strike(hidden, connection.n, token);
      if (hidden !== undefined || wanted?.has(token) !== true) continue;
      this.registry.add(connection, token);
      if (connection.streams.size <= BOOKS_MAX) added.push(token);
    }
    this.pairs.clear();
    return added;
  }

  remove(connection: SimConnection, tokens: readonly string[]): void {
    for (const token of tokens) this.registry.remove(connection, token);
    this.pairs.clear();
  }

  leave(connection: SimConnection): void {
    this.registry.leave(connection);
    this.pairs.clear();
  }

  /** Nobody follows these tokens any more. */
  forget(tokens: readonly string[]): void {
    for (const token of tokens)
      for (const connection of this.registry.of(token)) this.registry.remove(connection, token);
    this.pairs.clear();
  }

  hasFeatures(connection: SimConnection): boolean {
    return this.clients.get(connection)?.hasFeatures ?? false;
  }

  of(token: string): ReadonlySet<SimConnection> {
    return this.registry.of(token);
  }

  /** Who follows one of a market's tokens is told of both. */
  ofAny([first, second]: readonly [string, string]): ReadonlySet<SimConnection> {
    const known = this.pairs.get(first);
    if (known !== undefined) return known;
    const followers = new Set([...this.registry.of(first), ...this.registry.of(second)]);
    this.pairs.set(first, followers);
    return followers;
  }
}
