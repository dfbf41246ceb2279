import type { EpochMs } from '../../../core/time.ts';
import { NOT_JSON, parseJson, short } from '../json-fields.ts';
import type {
  ChannelRule,
  Discovery,
  FrameRequest,
  SocketLimits,
  VenueProtocol,
} from '../session/protocol.ts';
import type { RestAnswer } from '../session/transport.ts';
import { bookTickerChannel, dealsChannel, depthChannel, pictureChannel } from './channels.ts';
import {
  CHANNELS_MAX,
  LIFETIME_MS,
  PING_EVERY_MS,
  POLL_EVERY_MS,
  REST_LIMITS,
  RULES_EVERY_MS,
  SILENCE_MS,
} from './limits.ts';
import {
  depthRequest,
  exchangeInfoRequest,
  REST_HOST,
  SNAPSHOT_LEVELS,
  tradesRequest,
  WS_HOST,
} from './requests.ts';
import { isRecord, parseExchangeInfo } from './schema.ts';
import { MexcScript } from './script.ts';

export interface MexcOptions {
  /**
   * `diff`: the whole book from changes joined to a snapshot. `top20`: pictures of 20 levels, which need no joining and are
   * never out of step.
   */
  readonly book?: 'diff' | 'top20';
  /** Other hosts than the venue's own, with their scheme and without a path. There is no sandbox. */
  readonly hosts?: { readonly ws?: string | undefined; readonly rest?: string | undefined };
}

/** The channels that are subscribed of each symbol. */
const CHANNELS = {
  diff: [depthChannel, dealsChannel, bookTickerChannel],
  top20: [pictureChannel, dealsChannel, bookTickerChannel],
} as const;
const LEVELS = { diff: SNAPSHOT_LEVELS, top20: 20 } as const;

const LIMITS: SocketLimits = {
  // 100 a second are allowed; repeated excess may ban the address.
  sendsPerSecond: 10,
  sendBurst: 10,
  lifetimeMs: LIFETIME_MS,
  silenceMs: SILENCE_MS,
  messageBytesMax: 1 << 20,
  connectTimeoutMs: 4_000,
  // Ping frames may stay unanswered here.
  heartbeat: { everyMs: PING_EVERY_MS, text: '{"method":"PING"}' },
  // Connections per address are not documented.
  connectsPerMinute: 30,
};

/**
 * MEXC Spot V3 over its public socket. A message comes only when something changed, so that no silence of one symbol proves
 * anything; a silent book is compared with a REST picture instead.
 */
export function mexcProtocol({ book = 'diff', hosts = {} }: MexcOptions = {}): VenueProtocol {
  const { rest = REST_HOST, ws = WS_HOST } = hosts;
  const channelsOf = (symbol: string): readonly string[] => CHANNELS[book].map((channel) => channel(symbol));
  const snapshot = (symbol: string): FrameRequest => depthRequest(symbol, LEVELS[book], rest);
  return {
    wire: 'mexc-spot',
    name: 'MEXC Spot, live',
    hasSocket: true,
    limits: LIMITS,
    channels: CHANNEL_RULES[book],
    symbolsPerConnection: Math.floor(CHANNELS_MAX / CHANNELS[book].length),
    discovery: discoveryAt(rest),
    restLimits: REST_LIMITS,
    script: (_connection, symbols) => new MexcScript({ url: `${ws}/ws`, symbols, channelsOf, snapshot }),
    poll: (symbols, _now: EpochMs) =>
      symbols.flatMap((symbol) => [
        depthRequest(symbol, undefined, rest),
        tradesRequest(symbol, undefined, rest),
      ]),
    pollEveryMs: POLL_EVERY_MS,
    closedBecause: () => null,
    exchangeStatus: null,
  };
}

/** A book this long without a change is compared with a picture. */
const SUSPECT_MS = 20_000;
/** In a market that trades something comes at once. */
const AGAIN_MS = 4_000;
const quietly = (name: string): ChannelRule => ({ name, firstDataMs: null, suspectMs: null });
const CHANNEL_RULES: Readonly<Record<'diff' | 'top20', readonly ChannelRule[]>> = {
  diff: [
    { name: 'aggre.depth', firstDataMs: null, suspectMs: SUSPECT_MS, againMs: AGAIN_MS },
    quietly('aggre.deals'),
    quietly('aggre.bookTicker'),
  ],
  top20: [
    { name: 'limit.depth', firstDataMs: null, suspectMs: SUSPECT_MS, againMs: AGAIN_MS },
    quietly('aggre.deals'),
    quietly('aggre.bookTicker'),
  ],
};

/** The whole list: unlisted symbols are answered "Blocked!" like retired channels, so they must be known before. */
function discoveryAt(host: string): Discovery {
  // The answer has some megabytes and is asked twice for what it says.
  const read = new WeakMap<RestAnswer, Listed | Error>();
  const listedIn = (answer: RestAnswer): Listed | Error => {
    const known = read.get(answer) ?? readList(answer);
    read.set(answer, known);
    return known;
  };
  return {
    requests: (symbols) => [
      { request: exchangeInfoRequest(host), channel: 'rest:exchangeInfo', symbols, weight: 10 },
    ],
    listed: (answer, symbols) => {
      const list = listedIn(answer);
      return list instanceof Error ? list : new Set(symbols.filter((symbol) => list.get(symbol) === true));
    },
    names: (answer) => {
      const list = listedIn(answer);
      return list instanceof Error ? [] : list.keys();
    },
    everyMs: RULES_EVERY_MS,
  };
}

/** Every symbol that the venue names, and whether it is online. */
type Listed = ReadonlyMap<string, boolean>;
/** Status `3` is offline: such a symbol has no data. */
const OFFLINE: ReadonlySet<unknown> = new Set(['3', 3]);

function readList(answer: RestAnswer): Listed | Error {
  const value = parseJson(answer.body);
  if (answer.status !== 200) {
    const words = isRecord(value) && typeof value.msg === 'string' ? value.msg : answer.body;
    return new Error(`exchangeInfo answered ${answer.status}: ${short(words)}`);
  }
  const info = value === undefined ? NOT_JSON.detail : parseExchangeInfo(value);
  if (typeof info === 'string') return new Error(`exchangeInfo ${info}`);
  return new Map(info.symbols.map((one) => [one.symbol, !OFFLINE.has(one['status'])]));
}
