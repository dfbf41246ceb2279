import type { Outgoing } from '../session/protocol.ts';

/** What a command was about, to understand an error that names only the command's number. */
export interface SentCommand {
  readonly cmd: 'subscribe' | 'unsubscribe' | 'update_subscription' | 'list_subscriptions';
  readonly action: 'add_markets' | 'delete_markets' | 'get_snapshot' | null;
  readonly symbols: readonly string[];
  /** Empty where it is about none or all of them. */
  readonly channel: string;
}

/** A channel's subscription as the venue numbered it. */
export interface Subscription {
  readonly channel: string;
  readonly sid: number;
}

/** An answer that has not come after so many further commands will not come. */
const REMEMBERED = 256;

/** Numbers the commands of one connection, and remembers them until they are answered. */
export class Commands {
  private lastId = 0;
  private readonly sent = new Map<number, SentCommand>();

  subscribe(channel: string, symbols: readonly string[], more: object = {}): Outgoing {
    const markets = symbols.length === 0 ? {} : { market_tickers: symbols };
    const params = { channels: [channel], ...markets, ...more };
    return this.write({ cmd: 'subscribe', action: null, symbols, channel }, params);
  }

  update(
    action: NonNullable<SentCommand['action']>,
    { channel, sid }: Subscription,
    symbols: readonly string[],
  ): Outgoing {
    const params = { sid, action, market_tickers: symbols };
    return this.write({ cmd: 'update_subscription', action, symbols, channel }, params);
  }

  list(): Outgoing {
    return this.write({ cmd: 'list_subscriptions', action: null, symbols: [], channel: '' }, undefined);
  }

  /** The command with this number. */
  find(id: unknown): SentCommand | undefined {
    return typeof id === 'number' ? this.sent.get(id) : undefined;
  }

  private write(command: SentCommand, params: object | undefined): Outgoing {
    this.lastId += 1;
    this.sent.set(this.lastId, command);
    this.sent.delete(this.lastId - REMEMBERED);
    return { text: JSON.stringify({ id: this.lastId, cmd: command.cmd, ...(params && { params }) }) };
  }
}
