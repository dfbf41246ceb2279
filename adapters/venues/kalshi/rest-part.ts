import type { EpochMs } from '../../../core/time.ts';
import { Unreadable } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import type { MarketLives } from './lifecycle.ts';
import type { ListedMarket } from './listed-markets.ts';
import { toPicture, toTrade } from './mapper.ts';
import type { MarketBooks } from './market-books.ts';
import { tickerOf, toMarketFacts } from './market-facts.ts';
import type { RestBook, RestMessage } from './rest.ts';
import type { WireTrade } from './schema.ts';

/** Reads answers by REST: rules, pictures of books, trades. */
export class RestPart {
  private readonly desk: ConnectionDesk;
  private readonly books: MarketBooks;
  private readonly lives: MarketLives;
  private openedAt: EpochMs | undefined;

  constructor(desk: ConnectionDesk, books: MarketBooks, lives: MarketLives) {
    this.desk = desk;
    this.books = books;
    this.lives = lives;
  }

  /** `hasStream`: a picture of a book can only bear witness of what the stream told. */
  read(message: RestMessage, hasStream: boolean, now: EpochMs): void {
    const { desk } = this;
    this.openedAt ??= now;
    switch (message.kind) {
      case 'markets':
        desk.count(message.name);
        this.onMarkets(message.markets, message.isWhole, now);
        return;
      case 'orderbooks':
        desk.count(message.name);
        for (const one of message.books) this.onBook(one, message.name, hasStream, now);
        return;
      case 'nameless_book':
        desk.count(message.name);
        desk.note({ kind: 'refused', detail: message.detail });
        return;
      case 'trades':
        desk.count(message.name);
        for (const symbol of new Set(message.trades.map((trade) => trade.market_ticker)))
          desk.find(symbol)?.saw(message.name);
        // Newest first; the tape is told them as they happened.
        for (const trade of message.trades.toReversed()) this.onTrade(trade);
        return;
      case 'not_modelled':
        desk.count(message.name);
        return;
      case 'unknown':
        desk.countUnknown(message.name, message.detail);
        return;
      case 'venue_error':
        desk.countVenueError(message.detail);
        return;
      case 'malformed':
        // The next answer brings what this one did not.
        desk.countMalformed(message.detail);
        return;
    }
  }

  private onMarkets(markets: readonly ListedMarket[], isWhole: boolean, now: EpochMs): void {
    const { desk } = this;
    if (isWhole) desk.sawListed(markets.flatMap(({ market }) => tickerOf(market) ?? []));
    for (const { market, event } of markets) {
      const symbol = tickerOf(market);
      if (symbol === undefined || !desk.isFollowed(symbol)) continue;
      this.lives.takeMarket(symbol, toMarketFacts(market, event, desk.find(symbol)?.instrument), now);
    }
  }

  private onBook({ symbol, yes, no }: RestBook, name: string, hasStream: boolean, now: EpochMs): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) return;
    followed.saw(name);
    const { book, scale } = this.books.of(followed);
    const picture = toPicture(
      { field: 'yes_dollars', levels: yes },
      { field: 'no_dollars', levels: no },
      // Only the stream has another convention.
      { ...scale, usesYesPrice: false },
    );
    if (picture instanceof Unreadable)
      // Beside the stream it would only have been a witness.
      this.books.refuse(followed, `order book ${picture.detail}`, hasStream ? null : now);
    else if (hasStream) book.onWitness(picture, now);
    else book.onPolled(picture, now);
  }

  private onTrade(msg: WireTrade['msg']): void {
    const followed = this.desk.find(msg.market_ticker);
    if (followed === undefined || msg.is_block_trade === true) return;
    const trade = toTrade(msg, this.books.of(followed).scale);
    if (trade instanceof Unreadable) this.books.refuseTrade(followed, `trades ${trade.detail}`);
    else if (trade.occurredAt < (this.openedAt ?? 0)) this.desk.tradeHistory(followed, trade);
    else this.desk.trade(followed, trade);
  }
}
