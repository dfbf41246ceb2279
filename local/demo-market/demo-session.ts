import type { Frame, Need } from '../../adapters/venues/frame-source.ts';
import { type EpochMs, epochMs, plusMs } from '../../core/time.ts';
import { exchangeInfo } from './binance-frames.ts';
import type { DemoListing } from './demo-listing.ts';
import { type Fault, FaultScript } from './faults.ts';
import { SeededRandom } from './random.ts';
import { type StreamMessage, SymbolStream } from './symbol-stream.ts';

export interface SessionSetting {
  readonly seed: number;
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** Market time at which the crash begins; null in a fair market. */
  readonly crashAt: EpochMs | null;
  readonly listings: readonly DemoListing[];
  readonly faults: readonly Fault[];
}

/** A REST depth request on its way. */
interface SnapshotInFlight {
  readonly stream: SymbolStream;
  readonly servedAt: EpochMs;
  readonly receivedAt: EpochMs;
}

/** Exchange information comes first, then the streams are connected, then the first snapshots are asked for. */
const INFO_AFTER_MS = 30;
const CONNECTED_AFTER_MS = 60;
const SNAPSHOT_ASKED_AFTER_MS = 200;
const NETWORK_MS_MAX = 40;
/** Never answered by a server; the channel and the query say what it was. */
const REST_URL = 'https://demo-market.invalid/api/v3';

/**
 * One run of the demo market as a client on one connection sees it. The market moves only as far as the client has
 * read, so that a snapshot asked for is served from the market's state a moment later, as over a real network.
 */
export class DemoSession {
  readonly #setting: SessionSetting;
  readonly #streams: readonly SymbolStream[];
  readonly #faults: FaultScript;
  readonly #network: SeededRandom;
  readonly #rest: SeededRandom;
  /** Published but not yet received, in receive order. */
  readonly #onTheWay: Frame[] = [];
  #inFlight: readonly SnapshotInFlight[] = [];
  #connectionAt: EpochMs;
  #clientAt: EpochMs;
  #ended = false;

  constructor(setting: SessionSetting) {
    const { seed, startAt, crashAt, listings, faults } = setting;
    const crash = crashAt === null ? null : { at: crashAt };
    this.#setting = setting;
    this.#streams = listings.map((listing) => new SymbolStream(listing, { seed, startAt, crash }));
    this.#faults = new FaultScript(faults, startAt);
    this.#network = new SeededRandom(seed, 'network');
    this.#rest = new SeededRandom(seed, 'rest');
    this.#connectionAt = startAt;
    this.#clientAt = startAt;
  }

  /** All frames received before the end, in receive order. */
  *frames(): Generator<Frame, void, undefined> {
    const { startAt, endAt, listings } = this.#setting;
    const info = exchangeInfo(
      listings.map((listing) => listing.instrument),
      startAt,
    );
    this.#carry(restFrame(plusMs(startAt, INFO_AFTER_MS), 'rest:exchangeInfo', '/exchangeInfo', info));
    for (const stream of this.#streams) this.#ask(stream, plusMs(startAt, SNAPSHOT_ASKED_AFTER_MS));
    for (;;) {
      const frame = this.#onTheWay[0];
      const nextAt = this.#nextAt();
      // Whatever happens next is received after it happens, so it cannot come before this frame.
      if (frame && frame.receivedAt <= nextAt) {
        if (frame.receivedAt >= endAt) break;
        this.#onTheWay.shift();
        this.#clientAt = frame.receivedAt;
        yield frame;
      } else if (nextAt < endAt) {
        this.#advance();
      } else {
        break;
      }
    }
    this.#ended = true;
  }

  /** False when the symbol is not listed or the session is over. Asked again while an answer is under way, that answer serves both. */
  need({ symbol }: Need): boolean {
    const stream = this.#streams.find((one) => one.symbol === symbol.toUpperCase());
    if (!stream || this.#ended) return false;
    const channel = stream.dialect.snapshotChannel;
    const underWay =
      this.#inFlight.some((one) => one.stream === stream) ||
      this.#onTheWay.some((frame) => frame.channel === channel);
    if (!underWay) this.#ask(stream, this.#clientAt);
    return true;
  }

  /** Served some way along the round trip, so that the client usually holds younger messages when the answer arrives. */
  #ask(stream: SymbolStream, askedAt: EpochMs): void {
    const roundTrip = this.#rest.integer(50, 200);
    const servedAt = plusMs(askedAt, Math.floor(roundTrip / 2));
    this.#inFlight = [...this.#inFlight, { stream, servedAt, receivedAt: plusMs(askedAt, roundTrip) }];
  }

  #nextAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams) at = Math.min(at, stream.nextAt);
    for (const request of this.#inFlight) at = Math.min(at, request.servedAt);
    return at;
  }

  #advance(): void {
    const at = this.#nextAt();
    const request = this.#inFlight.find((one) => one.servedAt === at);
    if (request) {
      this.#serve(request);
      return;
    }
    const stream = this.#streams.find((one) => one.nextAt === at);
    for (const message of stream?.advance() ?? []) if (stream) this.#publish(stream, message);
  }

  #serve(request: SnapshotInFlight): void {
    const { stream, receivedAt } = request;
    this.#inFlight = this.#inFlight.filter((one) => one !== request);
    const path = `/depth?symbol=${stream.symbol}&limit=1000`;
    this.#carry(restFrame(receivedAt, stream.dialect.snapshotChannel, path, stream.snapshot()));
  }

  #publish(stream: SymbolStream, message: StreamMessage): void {
    if (message.sentAt < this.#setting.startAt + CONNECTED_AFTER_MS) return;
    const delay = 1 + Math.min(NETWORK_MS_MAX - 1, Math.floor(this.#network.exponential(7)));
    // One connection keeps its order: nothing overtakes a message that was delayed.
    this.#connectionAt = epochMs(Math.max(this.#connectionAt, message.sentAt + delay));
    const { channel, raw } = message;
    const frame: Frame = { wire: 'binance-spot', receivedAt: this.#connectionAt, channel, raw };
    for (const one of this.#faults.spoil(message, frame, () => stream.crossingBid())) this.#carry(one);
  }

  /** REST answers travel on their own and take their place by time of arrival. */
  #carry(frame: Frame): void {
    let place = this.#onTheWay.length;
    while (place > 0 && (this.#onTheWay[place - 1]?.receivedAt ?? 0) > frame.receivedAt) place -= 1;
    this.#onTheWay.splice(place, 0, frame);
  }
}

const restFrame = (receivedAt: EpochMs, channel: string, path: string, raw: string): Frame => ({
  wire: 'binance-spot',
  receivedAt,
  channel,
  raw,
  url: `${REST_URL}${path}`,
});
