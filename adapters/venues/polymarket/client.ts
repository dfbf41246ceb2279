import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { short } from '../json-fields.ts';
import type { Discovery, FrameRequest, SocketLimits, VenueProtocol } from '../session/protocol.ts';
import type { RestAnswer } from '../session/transport.ts';
import { CHANNELS } from './channels.ts';
import { POLL_EVERY_MS } from './conventions.ts';
import { HOSTS, type PolymarketHosts, REST_LIMITS } from './hosts.ts';
import { isTokenId } from './ids.ts';
import { KnownMarkets } from './known-markets.ts';
import {
  bookRequests,
  marketRequests,
  resolutionRequests,
  type TokenFilter,
  tokenRequests,
  tradeRequests,
} from './requests.ts';
import { PolymarketScript } from './script.ts';

export interface PolymarketOptions {
  /** Other addresses than the venue's own, each with its path; `rest` stands for all services in one place. */
  readonly hosts?: Partial<PolymarketHosts> & { readonly rest?: string };
  readonly pollEveryMs?: number;
  /** `batch`: tokens or markets per request, where one may hold several; no more than the venue takes. */
  readonly rest?: { readonly batch?: number | undefined };
}

/** Above some 500 first books go missing, and large connections stall without a word. */
const SYMBOLS_PER_CONNECTION = 200;

const LIMITS: SocketLimits = {
  sendsPerSecond: 5,
  sendBurst: 5,
  lifetimeMs: null,
  // Two missed answers to the text below.
  silenceMs: 25 * SECOND_MS,
  // The first frame holds the books of all tokens, some ten thousand bytes each.
  messageBytesMax: 16 * 1_024 * 1_024,
  connectTimeoutMs: 4 * SECOND_MS,
  heartbeat: { everyMs: 10 * SECOND_MS, text: 'PING' },
  connectsPerMinute: 20,
};

/** How markets end comes from here where the stream does not say it: markets of five minutes are decided within 90 s. */
const RULES_EVERY_MS = 30 * SECOND_MS;
const TRADES_EVERY_MS = 30 * SECOND_MS;

/** Polymarket's protocol for one feed, international venue. Symbols are outcome tokens in decimal digits. */
export function polymarketProtocol(options: PolymarketOptions = {}): VenueProtocol {
  const { pollEveryMs = POLL_EVERY_MS } = options;
  const hosts = hostsOf(options.hosts ?? {});
  const batch = options.rest?.batch;
  const known = new KnownMarkets();
  const poller = new Poller(hosts, known, batch);
  return {
    wire: 'polymarket',
    name: 'Polymarket, live',
    hasSocket: true,
    limits: LIMITS,
    restLimits: REST_LIMITS,
    channels: CHANNELS,
    symbolsPerConnection: SYMBOLS_PER_CONNECTION,
    discovery: discovery(hosts, known, batch),
    script: (_connection, symbols) => new PolymarketScript(symbols, hosts, batch),
    poll: (symbols, now) => poller.round(symbols, now),
    pollEveryMs,
    closedBecause: () => null,
    exchangeStatus: null,
  };
}

function hostsOf({ rest, ...own }: NonNullable<PolymarketOptions['hosts']>): PolymarketHosts {
  const inOne = rest === undefined ? {} : { clob: rest, gamma: rest, data: `${rest}/v2` };
  return { ...HOSTS, ...inOne, ...own };
}

function discovery(hosts: PolymarketHosts, known: KnownMarkets, batch: number | undefined): Discovery {
  return {
    requests(symbols) {
      // What is no token would spoil the answer about all others.
      const tokens = symbols.filter(isTokenId);
      const of = (filter: TokenFilter, version: 'v1' | 'v2'): FrameRequest[] => {
        const some = tokens.filter((token) => (known.versionOf(token) ?? version) === version);
        return [false, true].flatMap((closed) => marketRequests(hosts, some, filter, closed, batch));
      };
      return [
        ...of('clob_token_ids', 'v1'),
        ...of('position_ids', 'v2'),
        ...alone(outcomeRequests(hosts, known, tokens, batch)),
      ];
    },
    listed: (answer) => listed(answer, known),
    // Nobody looks for a token by a name that is nearly right.
    names: () => [],
    everyMs: RULES_EVERY_MS,
  };
}

/** Asked for until it is told. The two lists are made apart from each other. */
function outcomeRequests(
  hosts: PolymarketHosts,
  known: KnownMarkets,
  tokens: readonly string[],
  batch: number | undefined,
): FrameRequest[] {
  const undecided = tokens.filter((token) => !known.isDecided(token));
  const waiting = known.waiting(tokens);
  return [
    ...tokenRequests(hosts, undecided, batch),
    ...resolutionRequests(hosts, known.conditionsOf(waiting), waiting, batch),
  ];
}

/** A refused request about many is asked again in halves to find the culprit; these lists cannot hold one. */
const alone = (requests: readonly FrameRequest[]): FrameRequest[] =>
  requests.map((request) => ({ ...request, symbols: request.symbols.slice(0, 1) }));

function listed({ status, body }: RestAnswer, known: KnownMarkets): ReadonlySet<string> | Error {
  return status === 200 ? known.read(body) : new Error(`answered ${status}: ${short(body)}`);
}

/** What to ask for by REST, round by round: every book each time, trades less often. */
class Poller {
  private readonly hosts: PolymarketHosts;
  private readonly known: KnownMarkets;
  private readonly batch: number | undefined;
  private tradesAt = Number.NEGATIVE_INFINITY;

  constructor(hosts: PolymarketHosts, known: KnownMarkets, batch: number | undefined) {
    this.hosts = hosts;
    this.known = known;
    this.batch = batch;
  }

  round(symbols: readonly string[], now: EpochMs): readonly FrameRequest[] {
    const books = bookRequests(this.hosts, symbols.filter(isTokenId), this.batch);
    if (now - this.tradesAt < TRADES_EVERY_MS) return books;
    this.tradesAt = now;
    return [...books, ...tradeRequests(this.hosts, this.known.conditionsOf(symbols), this.batch)];
  }
}
