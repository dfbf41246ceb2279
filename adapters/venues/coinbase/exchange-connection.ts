import type { BookView } from '../../../core/market/order-book.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { isObject, type JsonObject, NOT_JSON, parseJson, short, Unreadable, wordOf } from '../json-fields.ts';
import { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { timeOfText } from '../wire-times.ts';
import type { Moment } from './book.ts';
import { ConnectionBooks, type Fill } from './connection-books.ts';
import { ExchangeAnswers, takeExchangeRules } from './exchange-answers.ts';
import { fillFromText, quickTicker, quickUpdate } from './exchange-quick.ts';
import {
  toHeartbeat,
  toL2Update,
  toMatch,
  toSnapshot,
  toStatus,
  toTicker,
  type WireL2Update,
  type WireTicker,
} from './exchange-schema.ts';
import { FrameTally } from './frame-tally.ts';
import { fillFromSides, fillFromUpdate, toExchangeTrade, toTouchTicks } from './mapper.ts';
import { isRecorderEvent, isRest } from './rest-frame.ts';
import type { SharedBooks } from './shared-books.ts';
import { TradeWatch } from './trade-watch.ts';

/** Nothing numbers the changes, so that best prices which touch or cross for longer than a moment are all that can be seen. */
const UNPROVEN = { crossedMsMax: SECOND_MS, pictureMsMax: null };
/** Kinds that are known and of no use to Deckle; all but the first need a key. */
const ASIDE: ReadonlySet<string> = new Set([
  'subscriptions',
  'received',
  'open',
  'change',
  'done',
  'activate',
]);
/** The venue gave up on us, or is about to: messages were lost. */
const LOST = /ErrSlow|slow consum|too big/i;

/**
 * One connection's Exchange messages. Its `level2_batch` has no sequence: no gap is ever claimed from it. A lost connection,
 * an error about our slowness, heartbeats that stop or were left out, best prices that stay crossed and pictures by REST are what makes a book
 * doubtful.
 */
export class ExchangeConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly books: ConnectionBooks;
  private readonly answers: ExchangeAnswers;
  private readonly tally: FrameTally;
  private readonly watches = new Map<FollowedInstrument, TradeWatch>();

  constructor(desk: ConnectionDesk, shared: SharedBooks) {
    this.desk = desk;
    this.books = new ConnectionBooks(desk, shared, UNPROVEN);
    this.tally = new FrameTally(desk);
    this.answers = new ExchangeAnswers(desk, this.books, this.tally);
  }

  read(frame: Frame): void {
    this.books.now = frame.receivedAt;
    if (isRecorderEvent(frame)) this.desk.count(frame.channel);
    else if (isRest(frame)) this.answers.read(frame);
    else this.readStream(frame);
  }

  tick(now: EpochMs): void {
    this.books.tick(now);
    for (const [followed, watch] of this.watches) {
      const silence = watch.tick(now);
      if (silence !== null) this.books.lose(followed, silence);
    }
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) return;
    this.books.unfollow(followed);
    this.answers.unfollow(followed);
    this.watches.delete(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.books.bookOf(followed);
  }

  rulesChanged(followed: FollowedInstrument): void {
    this.books.rulesChanged(followed);
  }

  private readStream(frame: Frame): void {
    if (this.readQuickly(frame)) return;
    const value = parseJson(frame.raw);
    const fault = value === undefined ? NOT_JSON : this.readMessage(value, frame);
    if (!(fault instanceof Unreadable)) return;
    const kind = isObject(value) ? short(wordOf(value['type'])) : short(frame.channel);
    this.desk.countMalformed(`${kind}: ${fault.detail}`);
    this.doubtBy(value, `${kind} ${fault.detail}`);
  }

  /** Reads the frequent messages in their usual layout; false for all others. */
  private readQuickly(frame: Frame): boolean {
    const update = quickUpdate(frame.raw);
    if (update !== undefined) {
      this.useUpdate(update, fillFromText, frame);
      return true;
    }
    const ticker = quickTicker(frame.raw);
    if (ticker !== undefined) this.useTicker(ticker);
    return ticker !== undefined;
  }

  private readMessage(value: unknown, frame: Frame): Unreadable | undefined {
    if (!isObject(value)) return new Unreadable('not an object');
    const { type } = value;
    switch (type) {
      case 'l2update':
        return this.readUpdate(value, frame);
      case 'snapshot':
        return this.readSnapshot(value, frame);
      case 'match':
      case 'last_match':
        return this.readMatch(value, type, frame);
      case 'heartbeat':
        return this.readHeartbeat(value);
      case 'ticker':
        return this.readTicker(value);
      case 'status':
        return this.readStatus(value);
      case 'error':
        this.readError(value);
        return undefined;
      default:
        if (typeof type !== 'string') return new Unreadable('type: must be a text');
        if (ASIDE.has(type)) this.desk.count(type);
        else this.tally.countUnknown(type);
        return undefined;
    }
  }

  private readUpdate(value: unknown, frame: Frame): Unreadable | undefined {
    const wire = toL2Update(value);
    if (wire instanceof Unreadable) return wire;
    this.useUpdate(wire, fillFromUpdate, frame);
    return undefined;
  }

  private useUpdate<T extends Pick<WireL2Update, 'product_id' | 'time'>>(
    update: T,
    fill: Fill<T>,
    frame: Frame,
  ): void {
    this.tally.begin('l2update');
    const moment = momentOf(update.time, frame);
    for (const followed of this.books.showing(update.product_id)) {
      this.tally.saw(followed);
      this.missHeartbeats(followed, moment.occurredAt, false);
      this.books.take('change', followed, update, fill, moment);
    }
    this.tally.end();
  }

  private readSnapshot(value: unknown, frame: Frame): Unreadable | undefined {
    const wire = toSnapshot(value);
    if (wire instanceof Unreadable) return wire;
    this.tally.begin('snapshot');
    const moment = momentOf(wire.time, frame);
    for (const followed of this.books.showing(wire.product_id)) {
      this.tally.saw(followed);
      this.watches.get(followed)?.restart(this.books.now);
      this.books.take('picture', followed, wire, fillFromSides, moment);
    }
    this.tally.end();
    return undefined;
  }

  /** `last_match` comes once after subscribing and may be hours old: history. */
  private readMatch(value: unknown, kind: 'match' | 'last_match', frame: Frame): Unreadable | undefined {
    const wire = toMatch(value);
    if (wire instanceof Unreadable) return wire;
    this.tally.begin(kind);
    for (const followed of this.books.showing(wire.product_id)) {
      this.tally.saw(followed);
      this.watchOf(followed).sawTrade(wire.trade_id);
      const trade = toExchangeTrade(wire, frame.receivedAt, followed.grids);
      if (trade instanceof RefusedMessage) this.refuseTrade(followed, `${kind} ${trade.detail}`);
      else if (kind === 'last_match') this.desk.tradeHistory(followed, trade);
      else this.desk.trade(followed, trade);
    }
    this.tally.end();
    return undefined;
  }

  private refuseTrade(followed: FollowedInstrument, detail: string): void {
    const text = `${followed.instrument.symbol} ${detail}`;
    followed.counts.refused += 1;
    this.desk.note({ kind: 'refused', detail: text });
    this.desk.tradesLost(followed, 'refused', text);
  }

  private readHeartbeat(value: unknown): Unreadable | undefined {
    const wire = toHeartbeat(value);
    if (wire instanceof Unreadable) return wire;
    this.tally.begin('heartbeat');
    for (const followed of this.books.showing(wire.product_id)) {
      this.tally.saw(followed);
      this.missHeartbeats(followed, timeOfText(wire.time), true);
      const missing = this.watchOf(followed).heard(wire.last_trade_id, this.books.now);
      if (missing !== null) this.desk.tradesLost(followed, 'gap', missing);
    }
    this.tally.end();
    return undefined;
  }

  /** Heartbeats that were left out before this moment say that changes were, too. */
  private missHeartbeats(followed: FollowedInstrument, at: EpochMs | null, isHeartbeat: boolean): void {
    const pause = this.watchOf(followed).saw(at, isHeartbeat);
    if (pause !== null) this.books.lose(followed, pause);
  }

  private readTicker(value: unknown): Unreadable | undefined {
    const wire = toTicker(value);
    if (wire instanceof Unreadable) return wire;
    this.useTicker(wire);
    return undefined;
  }

  private useTicker(wire: WireTicker): void {
    this.tally.begin('ticker');
    for (const followed of this.books.showing(wire.product_id)) {
      this.tally.saw(followed);
      if (wire.best_bid === undefined || wire.best_ask === undefined) continue;
      const bidTicks = toTouchTicks(wire.best_bid, followed.grids);
      const askTicks = toTouchTicks(wire.best_ask, followed.grids);
      if (bidTicks !== undefined && askTicks !== undefined)
        this.books.compareTouch(followed, bidTicks, askTicks);
    }
    this.tally.end();
  }

  private readStatus(value: unknown): Unreadable | undefined {
    const wire = toStatus(value);
    if (wire instanceof Unreadable) return wire;
    this.desk.count('status');
    takeExchangeRules(this.desk, wire.products);
    return undefined;
  }

  private readError(value: JsonObject): void {
    const text = [value['message'], value['reason']].filter((one) => typeof one === 'string').join(': ');
    this.desk.countVenueError(short(text));
    if (!LOST.test(text)) return;
    this.books.loseAll(short(text));
    this.desk.needReconnect(short(text));
  }

  /** What a malformed message may have carried is lost to the product it names, and to all when it names none. */
  private doubtBy(value: unknown, detail: string): void {
    const type = isObject(value) ? value['type'] : undefined;
    const product = isObject(value) ? value['product_id'] : undefined;
    if (typeof type === 'string' && HARMLESS.has(type)) return;
    if (typeof product !== 'string') {
      this.books.suspectAll(detail);
      return;
    }
    for (const followed of this.books.showing(product)) {
      if (type === 'match' || type === 'last_match') this.desk.tradesLost(followed, 'refused', detail);
      else this.books.refuse(followed, detail, type === 'snapshot' ? 'picture' : 'change');
    }
  }

  private watchOf(followed: FollowedInstrument): TradeWatch {
    const known = this.watches.get(followed);
    if (known !== undefined) return known;
    const watch = new TradeWatch();
    this.watches.set(followed, watch);
    return watch;
  }
}

/** Kinds that change neither a book nor the trades. */
const HARMLESS: ReadonlySet<string> = new Set(['heartbeat', 'ticker', 'status', 'subscriptions', 'error']);

const momentOf = (time: string | undefined, { receivedAt }: Frame): Moment => ({
  occurredAt: timeOfText(time ?? ''),
  receivedAt,
  sequence: 0,
});
