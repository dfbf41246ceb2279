import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { Unreadable } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import type { MarketLives } from './lifecycle.ts';
import { toChange, toPicture, toTouch, toTrade } from './mapper.ts';
import type { MarketBooks } from './market-books.ts';
import type { Malformed, StreamMessage } from './messages.ts';
import type { WireDelta, WireLifecycle, WireSnapshot, WireTicker, WireTrade } from './schema.ts';
import { type CountRule, SidCounts } from './sid-count.ts';
import { timeOfEvent } from './times.ts';

/** Ours for a trade that was agreed on outside of the market: it is counted and is no print. */
const BLOCK_TRADE = 'trade (block)';
/** The venue's code for messages that it dropped, since we read too slowly. */
const OVERFLOW = 25;

const NO_SIDS: ReadonlySet<number> = new Set();

/** Reads the messages of one connection's stream: books by the counts of their subscriptions, trades, the markets' lives. */
export class StreamPart {
  private readonly desk: ConnectionDesk;
  private readonly books: MarketBooks;
  private readonly lives: MarketLives;
  /** Counts of the books' subscriptions and of the trades', which never mix. */
  private readonly bookCounts: SidCounts;
  private readonly tradeCounts: SidCounts;

  constructor(desk: ConnectionDesk, books: MarketBooks, lives: MarketLives, rule: CountRule) {
    this.desk = desk;
    this.books = books;
    this.lives = lives;
    // A book that follows none of them begins with a picture, whatever its number.
    this.bookCounts = new SidCounts(rule, { inUse: () => books.sids(), forgotten: () => undefined });
    this.tradeCounts = new SidCounts(rule, {
      inUse: () => NO_SIDS,
      forgotten: () =>
        books.loseTrades('gap', 'more subscriptions than can be: their trades are counted anew'),
    });
  }

  /** Some book was told by a stream. */
  get hasBooks(): boolean {
    return !this.bookCounts.isEmpty;
  }

  read(message: StreamMessage, now: EpochMs): void {
    const { desk } = this;
    switch (message.kind) {
      case 'orderbook_delta':
        this.onDelta(message.body, now);
        return;
      case 'orderbook_snapshot':
        this.onSnapshot(message.body, now);
        return;
      case 'ticker':
        this.onTicker(message.body);
        return;
      case 'trade':
        this.onTrade(message.body);
        return;
      case 'market_lifecycle_v2':
        this.onLifecycle(message.body, now);
        return;
      case 'control':
        desk.count(message.name);
        this.bookCounts.sawAnswer(message.sid, message.seq);
        this.tradeCounts.sawAnswer(message.sid, message.seq);
        return;
      case 'venue_error':
        desk.countVenueError(message.detail);
        if (message.code === OVERFLOW) this.onOverflow(now);
        return;
      case 'not_modelled':
        desk.count(message.name);
        return;
      case 'unknown':
        desk.countUnknown(message.name, message.detail);
        return;
      case 'malformed':
        this.onMalformed(message, now);
        return;
    }
  }

  private onDelta(body: WireDelta, now: EpochMs): void {
    const followed = this.meet(body.msg.market_ticker, 'orderbook_delta');
    if (!this.continues(body, followed, now, timeOfEvent(body.msg)) || followed === undefined) return;
    const { book, scale } = this.books.of(followed);
    const change = toChange(body, scale);
    if (change instanceof Unreadable) this.books.refuse(followed, `orderbook_delta ${change.detail}`, now);
    else book.onDelta(change, body.sid, now);
  }

  private onSnapshot(body: WireSnapshot, now: EpochMs): void {
    const { sid, seq, msg } = body;
    const followed = this.meet(msg.market_ticker, 'orderbook_snapshot');
    if (!this.continues(body, followed, now) || followed === undefined) return;
    const { book, scale } = this.books.of(followed);
    const yes = { field: 'yes_dollars_fp', levels: msg.yes_dollars_fp ?? [] };
    const no = { field: 'no_dollars_fp', levels: msg.no_dollars_fp ?? [] };
    const picture = toPicture(yes, no, scale);
    if (picture instanceof Unreadable)
      this.books.refuse(followed, `orderbook_snapshot ${picture.detail}`, now);
    else book.onSnapshot(picture, sid, seq, now);
  }

  private onTicker(body: WireTicker): void {
    const followed = this.desk.find(body.msg.market_ticker);
    if (followed === undefined) {
      this.desk.countUnfollowed('ticker');
      return;
    }
    const { book, scale } = this.books.of(followed);
    const touch = toTouch(body, scale);
    if (touch instanceof Unreadable) {
      this.desk.countMalformed(`ticker ${touch.detail}`, followed);
      return;
    }
    this.desk.count('ticker', followed);
    book.onTicker(touch.bidTicks, touch.askTicks);
  }

  private onTrade({ sid, seq, msg }: WireTrade): void {
    const isBlock = msg.is_block_trade === true;
    const followed = this.meet(msg.market_ticker, isBlock ? BLOCK_TRADE : 'trade');
    this.countTrade(sid, seq, followed);
    if (followed === undefined || isBlock) return;
    const trade = toTrade(msg, this.books.of(followed).scale);
    if (trade instanceof Unreadable) this.books.refuseTrade(followed, `trade ${trade.detail}`);
    else this.desk.trade(followed, trade);
  }

  /** Comes for every market of the venue. */
  private onLifecycle(msg: WireLifecycle, now: EpochMs): void {
    const { market_ticker: symbol } = msg;
    if (!this.desk.isFollowed(symbol)) {
      this.desk.countUnfollowed('market_lifecycle_v2');
      return;
    }
    const followed = this.desk.find(symbol);
    this.desk.count('market_lifecycle_v2', followed);
    const isBackAgain = this.lives.onLifecycle(msg, now);
    if (isBackAgain && followed !== undefined)
      this.books.of(followed).book.ask('the venue trades it again, and canceled what rested', now);
  }

  /** What a malformed message may have carried is lost to its market, or to all that it may have been about. */
  private onMalformed({ detail, type, symbol, sid, seq }: Malformed, now: EpochMs): void {
    const followed = symbol === undefined ? undefined : this.desk.find(symbol);
    this.desk.countMalformed(detail, followed);
    if (type === 'trade') {
      this.countTrade(sid, seq, followed);
      if (followed !== undefined) this.desk.tradesLost(followed, 'refused', detail);
      else if (symbol === undefined) this.books.loseTrades('refused', detail);
    } else if (type === 'orderbook_delta' || type === 'orderbook_snapshot') {
      if (symbol === undefined || sid === undefined || seq === undefined)
        this.books.loseAll('refused', detail, now, sid);
      else if (this.continues({ sid, seq }, followed, now) && followed !== undefined)
        this.books.get(followed)?.book.lose('refused', detail, now);
    }
  }

  private onOverflow(now: EpochMs): void {
    const why = 'the venue dropped messages: we read them too slowly';
    this.books.loseAll('gap', why, now);
    this.books.loseTrades('gap', why);
    this.desk.needReconnect(why);
  }

  /** Counts a message about a market, and finds the market if it is followed. */
  private meet(symbol: string, kind: string): FollowedInstrument | undefined {
    const followed = this.desk.find(symbol);
    if (followed === undefined) this.desk.countUnfollowed(kind);
    else this.desk.count(kind, followed);
    return followed;
  }

  /** Whether a message of a book's subscription may be used; one that is missing puts all its books in doubt. */
  private continues(
    { sid, seq }: { readonly sid: number; readonly seq: number },
    followed: FollowedInstrument | undefined,
    now: EpochMs,
    at: EpochMs | null = null,
  ): boolean {
    const count = this.bookCounts.of(sid);
    switch (count.take(seq, at)) {
      case 'next':
        return true;
      case 'gap': {
        const detail = `${count.missing} messages missing before ${seq} of subscription ${sid}`;
        this.books.loseAll('gap', detail, now, sid);
        return true;
      }
      case 'anew':
        this.books.loseAll('gap', `the numbers of subscription ${sid} went back to ${seq}`, now, sid);
        return true;
      case 'repeated':
        if (followed !== undefined) followed.counts.bookRepeated += 1;
        return false;
      case 'late':
        if (followed !== undefined) followed.counts.bookDisordered += 1;
        return false;
    }
  }

  private countTrade(
    sid: number | undefined,
    seq: number | undefined,
    followed: FollowedInstrument | undefined,
  ): void {
    if (sid === undefined || seq === undefined) return;
    const count = this.tradeCounts.of(sid);
    const order = count.take(seq);
    if (order === 'late' && followed !== undefined) followed.counts.bookDisordered += 1;
    if (order === 'anew')
      this.books.loseTrades('gap', `the numbers of subscription ${sid} went back to ${seq}`);
    if (order === 'gap')
      this.books.loseTrades('gap', `${count.missing} trades missing before ${seq} of subscription ${sid}`);
  }
}
