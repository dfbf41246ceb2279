import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { isObject, parseJson } from '../json-fields.ts';
import type { Discovery, SocketLimits, VenueProtocol } from '../session/protocol.ts';
import type { RestAnswer } from '../session/transport.ts';
import { CHANNELS } from './channels.ts';
import { POLL_EVERY_MS, USES_YES_PRICE } from './conventions.ts';
import type { Patience } from './errors.ts';
import { get, HOSTS, type KalshiEnvironment, type KalshiHosts, REST_LIMITS } from './hosts.ts';
import { closedByCalendar } from './hours.ts';
import { marketsOf } from './listed-markets.ts';
import { KalshiPoller } from './poller.ts';
import { marketRequests } from './requests.ts';
import { KalshiScript } from './script.ts';
import { type KalshiKeys, UpgradeSigner } from './signing.ts';
import { readExchangeStatus } from './status.ts';

export interface KalshiProtocolOptions {
  readonly environment: KalshiEnvironment;
  /** Other addresses than the environment's own; both with their paths. */
  readonly hosts?: Partial<KalshiHosts>;
  /** The stream needs them even for public data; without them all comes by REST. They belong to one environment. */
  readonly keys?: KalshiKeys;
  /** The venue does not say how many one subscription may have; it answers with error 26 above its limit. */
  readonly symbolsPerConnection?: number;
  readonly pollEveryMs?: number;
  /** `batch`: markets per request, where one may hold several; no more than the venue takes. */
  readonly rest?: { readonly batch?: number | undefined };
  /** The reader has to be told the same. */
  readonly usesYesPrice?: boolean;
}

const SYMBOLS_PER_CONNECTION = 100;

const LIMITS: SocketLimits = {
  // Commands are to be 100 ms apart.
  sendsPerSecond: 8,
  sendBurst: 1,
  lifetimeMs: null,
  // The server pings every 10 s.
  silenceMs: 28 * SECOND_MS,
  messageBytesMax: 4 * 1_024 * 1_024,
  connectTimeoutMs: 4 * SECOND_MS,
  heartbeat: null,
  connectsPerMinute: 20,
};

/** One request for a hundred markets each time: far less than a line's polled rules. */
const WITNESS_EVERY_MS = 90 * SECOND_MS;

/** Tries of a market that REST lists and the stream does not know: with their waits about a minute. */
const TRIES_MAX = 20;

/** Kalshi's protocol for one feed. @throws Error in words, without any of them, when keys are given that cannot be used. */
export function kalshiProtocol(options: KalshiProtocolOptions): VenueProtocol {
  const { environment, keys, usesYesPrice = USES_YES_PRICE, pollEveryMs = POLL_EVERY_MS } = options;
  const { ws, rest } = { ...HOSTS[environment], ...options.hosts };
  const batch = options.rest?.batch;
  const signer = keys && new UpgradeSigner(keys);
  const poller = new KalshiPoller(rest, pollEveryMs, batch);
  const isPatient = patience();
  return {
    wire: 'kalshi',
    name: `Kalshi, ${environment}`,
    hasSocket: signer !== undefined,
    limits: LIMITS,
    restLimits: REST_LIMITS,
    channels: CHANNELS,
    symbolsPerConnection: options.symbolsPerConnection ?? SYMBOLS_PER_CONNECTION,
    discovery: discovery(rest, batch),
    script(_connection, symbols) {
      if (signer === undefined)
        throw new Error('Kalshi opens its stream only to a key: set the key id and its private key');
      return new KalshiScript(symbols, { ws, rest, signer, usesYesPrice, batch, isPatient });
    },
    poll: (symbols, now) => poller.round(symbols, now),
    pollEveryMs,
    witnessEveryMs: WITNESS_EVERY_MS,
    closedBecause: closedByCalendar,
    exchangeStatus: {
      request: get(rest, '/exchange/status'),
      everyMs: 30 * SECOND_MS,
      read: readExchangeStatus,
    },
  };
}

const discovery = (rest: string, batch: number | undefined): Discovery => ({
  requests: (symbols) => marketRequests(rest, symbols, batch),
  listed: (answer, symbols) => listed(answer, new Set(symbols)),
  // What the stream does not say of a market's end comes from here.
  everyMs: MINUTE_MS / 2,
});

/** Words of a market that can be subscribed: it trades now, or will. */
const SUBSCRIBED: ReadonlySet<unknown> = new Set(['initialized', 'active', 'inactive']);

function listed(answer: RestAnswer, asked: ReadonlySet<string>): ReadonlySet<string> | Error {
  if (answer.status !== 200) return new Error(`markets: HTTP ${answer.status}`);
  const value = parseJson(answer.body);
  const read = isObject(value) ? marketsOf(value) : undefined;
  if (read === undefined) return new Error('markets: the answer is no list of markets');
  const found = read.markets.flatMap(({ market }) =>
    isObject(market) && SUBSCRIBED.has(market['status']) && typeof market['ticker'] === 'string'
      ? [market['ticker']]
      : [],
  );
  return new Set(found.filter((symbol) => asked.has(symbol)));
}

/** Counts the tries of each channel over all connections of a feed; after the last one of any it begins anew. */
function patience(): Patience {
  const tries = new Map<string, Map<string, number>>();
  return (symbol, channel) => {
    const known = tries.get(symbol);
    const made = (known?.get(channel) ?? 0) + 1;
    if (made > TRIES_MAX || tries.size > 10_000) tries.delete(symbol);
    else if (known === undefined) tries.set(symbol, new Map([[channel, made]]));
    else known.set(channel, made);
    return made <= TRIES_MAX;
  };
}
