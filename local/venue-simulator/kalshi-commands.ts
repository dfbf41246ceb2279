import { type Fields, fieldsOf, sidsIn, textsIn, tickersIn } from './kalshi-params.ts';
import {
  CHANNELS,
  type KalshiChannel,
  type Subscription,
  type Subscriptions,
} from './kalshi-subscriptions.ts';
import { errorText } from './kalshi-words.ts';
import { objectIn } from './object-in.ts';
import type { SimConnection } from './sim-connection.ts';

/** What commands need of the venue. */
export interface CommandHooks {
  /** Whether it can be subscribed. */
  isKnown(ticker: string, connection: SimConnection): boolean;
  /** Markets were added to a subscription: it gets what is said of them, after a picture where the channel begins with one. */
  begin(subscription: Subscription, tickers: readonly string[], wantsPicture: boolean): void;
  /** A picture was asked for. */
  show(subscription: Subscription, ticker: string): void;
  /** Answers, after what went before. */
  reply(connection: SimConnection, run: () => void): void;
}

export interface CommandRules {
  /** Markets of one subscription; the venue does not say how many. */
  readonly marketsMax: number;
  /** Answers to commands take a number of their subscription's count; it is not known whether they do. */
  readonly answersTakeNumbers: boolean;
}

/** Obeys the commands of a stream. */
export class KalshiCommands {
  private readonly subscriptions: Subscriptions;
  private readonly hooks: CommandHooks;
  private readonly rules: CommandRules;

  constructor(subscriptions: Subscriptions, hooks: CommandHooks, rules: CommandRules) {
    this.subscriptions = subscriptions;
    this.hooks = hooks;
    this.rules = rules;
  }

  obey(connection: SimConnection, text: string): void {
    const command = objectIn(text);
    const { id, cmd, params }: Fields = command ?? {};
    const fields = fieldsOf(params);
    const fault = this.run(connection, id, cmd, fields);
    if (fault !== null) this.complain(connection, fault, id);
  }

  complain(connection: SimConnection, code: number, id?: unknown, ticker?: string): void {
    this.hooks.reply(connection, () => connection.send(errorText(code, id, ticker), 'ack', ticker));
  }

  /** The code of what is wrong with it; null when it was obeyed. */
  private run(
    connection: SimConnection,
    id: unknown,
    cmd: unknown,
    params: Fields | undefined,
  ): number | null {
    if (cmd === 'list_subscriptions') return this.list(connection, id);
    if (cmd !== 'subscribe' && cmd !== 'unsubscribe' && cmd !== 'update_subscription') return 5;
    if (params === undefined) return 2;
    if (cmd === 'subscribe') return this.subscribe(connection, id, params);
    const sids = sidsIn(params);
    if (cmd === 'unsubscribe') return sids.length === 0 ? 4 : this.unsubscribe(connection, id, sids);
    const [sid] = sids;
    return sid === undefined || sids.length > 1 ? 12 : this.update(connection, id, sid, params);
  }

  private subscribe(connection: SimConnection, id: unknown, params: Fields): number | null {
    const channels = textsIn(params['channels']);
    if (channels.length === 0) return 3;
    const tickers = tickersIn(params);
    for (const channel of channels) {
      const fault = this.subscribeTo(connection, id, channel, tickers, params);
      // The others of the same command are accepted.
      if (fault !== null) this.complain(connection, fault, id);
    }
    return null;
  }

  private subscribeTo(
    connection: SimConnection,
    id: unknown,
    channel: string,
    tickers: readonly string[],
    params: Fields,
  ): number | null {
    if (!isChannel(channel)) return 8;
    if (channel === 'orderbook_delta' && tickers.length === 0) return 14;
    const isWhole = tickers.length === 0 || channel === 'market_lifecycle_v2';
    const usesYesPrice = params['use_yes_price'] === true;
    // A second subscription to the same channel becomes one with the first.
    const known = this.subscriptions
      .of(connection)
      .find((one) => one.channel === channel && (one.tickers === null) === isWhole);
    if ((known?.tickers?.size ?? 0) + tickers.length > this.rules.marketsMax && !isWhole) return 26;
    const subscription = known ?? this.subscriptions.add(connection, channel, isWhole, usesYesPrice);
    const { sid } = subscription;
    this.hooks.reply(connection, () =>
      connection.send(JSON.stringify({ id, type: 'subscribed', msg: { channel, sid } }), 'ack'),
    );
    const wantsPicture = channel === 'orderbook_delta' || params['send_initial_snapshot'] === true;
    if (!isWhole) this.addMarkets(subscription, id, tickers, wantsPicture);
    return null;
  }

  private update(connection: SimConnection, id: unknown, sid: number, params: Fields): number | null {
    const subscription = this.subscriptions.find(connection, sid);
    if (subscription === undefined) return 7;
    const { action } = params;
    const tickers = tickersIn(params);
    if (action === undefined) return 15;
    if (tickers.length === 0 || subscription.tickers === null) return 14;
    switch (action) {
      case 'add_markets':
        if (subscription.tickers.size + tickers.length > this.rules.marketsMax) return 26;
        this.answer(subscription, id, 'ok', () => ({
          market_tickers: [...(subscription.tickers ?? []), ...tickers],
        }));
        this.addMarkets(subscription, id, tickers, subscription.channel === 'orderbook_delta');
        return null;
      case 'delete_markets':
        for (const ticker of tickers) {
          subscription.tickers.delete(ticker);
          this.subscriptions.deafen(subscription, ticker);
        }
        this.answer(subscription, id, 'ok', () => ({ market_tickers: [...(subscription.tickers ?? [])] }));
        return null;
      case 'get_snapshot':
        if (subscription.channel !== 'orderbook_delta') return 13;
        for (const ticker of tickers)
          if (subscription.tickers.has(ticker)) this.hooks.show(subscription, ticker);
        return null;
      default:
        return 13;
    }
  }

  private unsubscribe(connection: SimConnection, id: unknown, sids: readonly number[]): number | null {
    const known = sids.flatMap((sid) => this.subscriptions.find(connection, sid) ?? []);
    for (const subscription of known) {
      this.subscriptions.remove(subscription);
      this.answer(subscription, id, 'unsubscribed');
    }
    return known.length < sids.length ? 7 : null;
  }

  private list(connection: SimConnection, id: unknown): null {
    const msg = this.subscriptions.of(connection).map(({ channel, sid }) => ({ channel, sid }));
    this.hooks.reply(connection, () => connection.send(JSON.stringify({ id, type: 'ok', msg }), 'ack'));
    return null;
  }

  private addMarkets(
    subscription: Subscription,
    id: unknown,
    tickers: readonly string[],
    wantsPicture: boolean,
  ): void {
    const { connection } = subscription;
    const fresh: string[] = [];
    for (const ticker of new Set(tickers)) {
      if (!this.hooks.isKnown(ticker, connection)) this.complain(connection, 16, id, ticker);
      else if (subscription.tickers?.has(ticker) === false) fresh.push(ticker);
    }
    for (const ticker of fresh) subscription.tickers?.add(ticker);
    this.hooks.begin(subscription, fresh, wantsPicture);
  }

  /** An answer with a number of its subscription, newest or next as the rules are. */
  private answer(
    subscription: Subscription,
    id: unknown,
    type: 'ok' | 'unsubscribed',
    msg?: () => object,
  ): void {
    const { connection, sid } = subscription;
    this.hooks.reply(connection, () => {
      if (this.rules.answersTakeNumbers) subscription.seq += 1;
      const { seq } = subscription;
      connection.send(JSON.stringify({ id, sid, seq, type, ...(msg && { msg: msg() }) }), 'ack');
    });
  }
}

const isChannel = (name: string): name is KalshiChannel => CHANNELS.some((one) => one === name);
