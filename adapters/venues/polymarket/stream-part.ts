import { ONE } from '../../../core/amounts.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { Unreadable } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { orderOf } from '../wire-times.ts';
import { toBookChange } from './book-change.ts';
import type { TokenBooks } from './books.ts';
import { conditionOf } from './ids.ts';
import { toBest, toPicture, toTrade } from './mapper.ts';
import type { MarketLives } from './market-lives.ts';
import type { MarketRegistry } from './market-registry.ts';
import type { StreamFrame, StreamMessage } from './messages.ts';
import type {
  WireBest,
  WireBook,
  WireChange,
  WireChanges,
  WireResolved,
  WireTickChange,
  WireTrade,
} from './schema.ts';
import { timeOfStamp } from './times.ts';

type Malformed = Extract<StreamMessage, { kind: 'malformed' }>;

/** Reads the market channel. */
export class StreamPart {
  /** It brought a book, so that pictures by REST are witnesses. */
  hasBooks = false;
  private readonly desk: ConnectionDesk;
  private readonly books: TokenBooks;
  private readonly registry: MarketRegistry;
  private readonly lives: MarketLives;
  /** Instruments that the frame at hand is about. */
  private readonly touched = new Set<FollowedInstrument>();

  constructor(desk: ConnectionDesk, books: TokenBooks, registry: MarketRegistry, lives: MarketLives) {
    this.desk = desk;
    this.books = books;
    this.registry = registry;
    this.lives = lives;
  }

  read(frame: StreamFrame, now: EpochMs): void {
    switch (frame.kind) {
      case 'heartbeat':
        this.desk.count(frame.text);
        return;
      case 'refusal':
        this.desk.countVenueError(frame.detail);
        return;
      case 'messages':
        this.touched.clear();
        for (const message of frame.messages) this.take(message, now);
        this.count(frame.messages);
        return;
    }
  }

  /** A frame is counted once, whatever it holds: by its first message, or as malformed when any of them is. */
  private count(messages: readonly StreamMessage[]): void {
    const { desk, touched } = this;
    const [first, ...others] = touched;
    const malformed = messages.find((message) => message.kind === 'malformed');
    const [message] = messages;
    if (malformed !== undefined) desk.countMalformed(malformed.detail);
    else if (message === undefined) desk.count('[]');
    else if (message.kind === 'unknown') desk.countUnknown(message.name, message.detail);
    else if (message.kind === 'malformed') return;
    else if (message.kind === 'new_market') desk.count(message.kind);
    else if (first === undefined) desk.countUnfollowed(message.kind);
    else {
      desk.count(message.kind, first);
      for (const other of others) other.saw(message.kind);
    }
  }

  private take(message: StreamMessage, now: EpochMs): void {
    switch (message.kind) {
      case 'price_change':
        this.onChanges(message.body, now);
        return;
      case 'book':
        this.onBook(message.body, now);
        return;
      case 'last_trade_price':
        this.onTrade(message.body);
        return;
      case 'tick_size_change':
        this.onTick(message.body, now);
        return;
      case 'best_bid_ask':
        this.onBest(message.body, now);
        return;
      case 'market_resolved':
        this.onResolved(message.body);
        return;
      case 'malformed':
        this.doubtBy(message, now);
        return;
      case 'new_market':
      case 'unknown':
        return;
    }
  }

  private onChanges(body: WireChanges, now: EpochMs): void {
    const { price_changes: changes } = body;
    const [first, second] = changes;
    // Almost always one entry for each of a market's two tokens.
    if (changes.length === 1 || (changes.length === 2 && first?.asset_id !== second?.asset_id)) {
      for (const one of changes) this.onEntries(one.asset_id, [one], body, now);
      return;
    }
    for (const [token, entries] of Map.groupBy(changes, (one) => one.asset_id))
      this.onEntries(token, entries, body, now);
  }

  private onEntries(token: string, entries: readonly WireChange[], body: WireChanges, now: EpochMs): void {
    const followed = this.find(token);
    if (followed === undefined) return;
    const change = toBookChange(entries, body, followed.grids, now);
    const book = this.books.of(followed, body.market);
    if (!(change instanceof Unreadable)) book.onChange(change, now);
    else book.refuse(this.refusal(followed, 'price_change', change), placeOf(body, now), now);
  }

  private onBook(body: WireBook, now: EpochMs): void {
    this.hasBooks = true;
    const followed = this.find(body.asset_id);
    if (followed === undefined) return;
    this.lives.takeBookFacts(followed, body, now);
    const book = this.books.of(followed, body.market);
    const picture = toPicture(body, followed.grids, now);
    if (!(picture instanceof Unreadable)) book.onPicture(picture, now);
    else book.refuse(this.refusal(followed, 'book', picture), placeOf(body, now), now);
  }

  private onTrade(body: WireTrade): void {
    const followed = this.find(body.asset_id);
    if (followed === undefined) return;
    if (body.market) this.books.pricesOf(body.market).see(body.price);
    const trade = toTrade(body, followed.grids);
    if (!(trade instanceof Unreadable)) this.desk.trade(followed, trade);
    else this.desk.tradesLost(followed, 'refused', this.refusal(followed, 'last_trade_price', trade));
  }

  private onTick(body: WireTickChange, now: EpochMs): void {
    const followed = this.find(body.asset_id);
    // The stream is in order, so that what tells no time of its own happened by now.
    if (followed !== undefined) this.lives.takeTick(followed, body.new_tick_size, placeOf(body, now) ?? now);
  }

  private onBest(body: WireBest, now: EpochMs): void {
    const followed = this.find(body.asset_id);
    const book = followed && this.books.get(followed);
    if (followed === undefined || book === undefined) return;
    const best = toBest(body, followed.grids.ticks);
    if (best instanceof Unreadable) {
      this.desk.fault(followed, 'refused', this.refusal(followed, 'best_bid_ask', best));
      return;
    }
    const { bid = 0, ask = 0 } = best;
    const isNews = book.onBest(best, placeOf(body, now), now);
    if (isNews && bid > 0 && ask > bid) this.desk.touch(followed, bid, ask);
  }

  private onResolved({
    market,
    assets_ids: assets,
    winning_asset_id: winner,
    timestamp,
  }: WireResolved): void {
    const tokens = assets ?? this.registry.tokensOf(conditionOf(market) ?? '');
    const isDecided = winner ? tokens.includes(winner) : false;
    for (const token of tokens) {
      const followed = this.desk.find(token);
      if (followed === undefined) continue;
      this.touched.add(followed);
      this.lives.resolve(followed, isDecided ? payoutOf(token === winner) : null, timeOfStamp(timestamp));
      this.books.get(followed)?.close('the market is decided');
    }
  }

  /** The instrument of a token that is followed and may still trade. */
  private find(token: string): FollowedInstrument | undefined {
    const followed = this.desk.find(token);
    if (followed === undefined) return undefined;
    this.touched.add(followed);
    return this.registry.lifeOf(followed).isOver ? undefined : followed;
  }

  /** What a broken message may have told is lost to the tokens that it names, or to all where it names none. */
  private doubtBy({ name, tokens, detail }: Malformed, now: EpochMs): void {
    if (tokens.length === 0) this.books.refuseAll(detail, now);
    for (const token of tokens) {
      const followed = this.find(token);
      if (followed === undefined) continue;
      followed.counts.refused += 1;
      if (name === 'best_bid_ask') this.desk.fault(followed, 'refused', detail);
      else if (name !== 'last_trade_price') this.books.get(followed)?.refuse(detail, null, now);
      if (name === undefined || name === 'last_trade_price')
        this.desk.tradesLost(followed, 'refused', detail);
    }
  }

  private refusal(followed: FollowedInstrument, name: string, { detail }: Unreadable): string {
    const words = `${followed.instrument.symbol} ${name} ${detail}`;
    followed.counts.refused += 1;
    this.desk.note({ kind: 'refused', detail: words });
    return words;
  }
}

/** The place of a message among others, by its stamp. */
const placeOf = ({ timestamp }: Pick<WireBook, 'timestamp'>, receivedAt: EpochMs): EpochMs | null =>
  orderOf(timeOfStamp(timestamp), receivedAt);

const payoutOf = (isWinner: boolean): bigint => (isWinner ? ONE : 0n);
