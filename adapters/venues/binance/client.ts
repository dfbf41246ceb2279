import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { ChannelRule, FrameRequest, SocketLimits, VenueProtocol } from '../session/protocol.ts';
import {
  LIFETIME_MS,
  POLL_EVERY_MS,
  REST_LIMITS,
  SENDS_PER_SECOND,
  SILENCE_MS,
  SYMBOLS_PER_CONNECTION,
  WEIGHT_PER_MINUTE,
} from './limits.ts';
import { discoveryAt } from './listed-symbols.ts';
import {
  type BinanceEnvironment,
  HOSTS,
  polledDepthRequest,
  snapshotRequest,
  TRADES_WEIGHT,
  tradesRequest,
} from './requests.ts';
import { BinanceScript } from './script.ts';
import type { ChannelName } from './streams.ts';

export interface BinanceOptions {
  readonly environment: BinanceEnvironment;
  /** Other hosts than the venue's own, with their scheme and without a path. */
  readonly hosts?: { readonly ws?: string | null | undefined; readonly rest?: string | null | undefined };
  /** `batch`: symbols per question for rules. */
  readonly rest?: { readonly batch?: number | null | undefined };
}

const LIMITS: SocketLimits = {
  sendsPerSecond: SENDS_PER_SECOND,
  // More at once would, with those of the second after it, pass five in some second.
  sendBurst: 1,
  lifetimeMs: LIFETIME_MS,
  silenceMs: SILENCE_MS,
  messageBytesMax: 4 << 20,
  connectTimeoutMs: 4 * SECOND_MS,
  // The venue pings; pings of ours would count towards what we may send.
  heartbeat: null,
  // 300 in five minutes by address.
  connectsPerMinute: 30,
};

/** A book without a change for so long is held against a picture: quiet, or cut off from its stream. */
const SUSPECT_MS = 15 * SECOND_MS;

/** In a market that trades something comes at once. */
const AGAIN_MS = 4 * SECOND_MS;

/** Diffs come with every change of the book, so that one soon comes of whatever trades. */
const CHANNELS: readonly (ChannelRule & { readonly name: ChannelName })[] = [
  { name: 'depth', firstDataMs: 30 * SECOND_MS, suspectMs: SUSPECT_MS, againMs: AGAIN_MS },
  { name: 'bookTicker', firstDataMs: null, suspectMs: null },
  { name: 'trade', firstDataMs: null, suspectMs: null },
];

/** Binance Spot's public market data, in combined mode. */
export function binanceProtocol({ environment, hosts = {}, rest = {} }: BinanceOptions): VenueProtocol {
  const ws = hosts.ws ?? HOSTS[environment].ws;
  const host = hosts.rest ?? HOSTS[environment].rest;
  return {
    wire: 'binance-spot',
    name: `Binance Spot, ${environment}`,
    hasSocket: true,
    limits: LIMITS,
    channels: CHANNELS,
    symbolsPerConnection: SYMBOLS_PER_CONNECTION,
    discovery: discoveryAt(host, rest.batch ?? undefined),
    script: (_connection, symbols) =>
      new BinanceScript({
        url: `${ws}/stream`,
        symbols,
        snapshot: (symbol) => snapshotRequest(symbol, host),
        witness: (symbol) => polledDepthRequest(symbol, host),
      }),
    restLimits: REST_LIMITS,
    poll: pollerAt(host),
    pollEveryMs: POLL_EVERY_MS,
    closedBecause: () => null,
    exchangeStatus: null,
  };
}

/** What a round of polling may cost so that the next one can begin in time. */
const ROUND_WEIGHT = (WEIGHT_PER_MINUTE * POLL_EVERY_MS) / MINUTE_MS;

/**
 * The book of each symbol in each round, and the trades of as many as the budget has left, in turn: an answer of trades costs
 * as much as five books, and reaches back over a thousand trades.
 */
function pollerAt(host: string): (symbols: readonly string[]) => readonly FrameRequest[] {
  let turn = 0;
  return (symbols) => {
    const books = symbols.map((symbol) => polledDepthRequest(symbol, host));
    const left = ROUND_WEIGHT - books.reduce((total, { weight }) => total + weight, 0);
    const count = Math.min(symbols.length, Math.max(1, Math.floor(left / TRADES_WEIGHT)));
    const from = turn % Math.max(1, symbols.length);
    turn = from + count;
    const inTurn = [...symbols.slice(from), ...symbols.slice(0, from)].slice(0, count);
    return [...books, ...inTurn.map((symbol) => tradesRequest(symbol, host))];
  };
}
