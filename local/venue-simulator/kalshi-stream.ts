import { KalshiFrames } from './kalshi-frames.ts';
import { type LifeEvent, lifecycleBody } from './kalshi-lifecycle.ts';
import type { KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import { type Subscription, Subscriptions, tell } from './kalshi-subscriptions.ts';
import { errorText } from './kalshi-words.ts';
import type { VenueDesk } from './sim-dialect.ts';
import type { ToldChange } from './told-book.ts';

/** Says what happens in the markets to whoever subscribed to it. */
export class KalshiStream {
  readonly subscriptions = new Subscriptions();
  private readonly desk: VenueDesk;
  private readonly frames = new WeakMap<KalshiMarket, KalshiFrames>();

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  framesOf(market: KalshiMarket): KalshiFrames {
    const known = this.frames.get(market);
    if (known !== undefined) return known;
    const frames = new KalshiFrames(market);
    this.frames.set(market, frames);
    return frames;
  }

  /** Changes of a book are told after its first picture only. */
  begin(
    lives: KalshiLives,
    subscription: Subscription,
    tickers: readonly string[],
    wantsPicture: boolean,
  ): void {
    const isBook = subscription.channel === 'orderbook_delta';
    for (const ticker of tickers) {
      if (!isBook) this.subscriptions.listen(subscription, ticker);
      if (wantsPicture) this.show(lives, subscription, ticker);
    }
  }

  /** A picture is of the moment at which it is told, since it has a number like any other message. */
  show(lives: KalshiLives, subscription: Subscription, ticker: string): void {
    const { faults } = this.desk;
    const { connection, channel, sid } = subscription;
    connection.later(faults.sumMs('late_ack') + faults.sumMs('slow_snapshot', ticker), () => {
      const market = lives.of(ticker);
      const isLeft = this.subscriptions.find(connection, sid)?.tickers?.has(ticker) !== true;
      if (market === undefined || isLeft) return;
      this.subscriptions.listen(subscription, ticker);
      if (faults.isMute(ticker)) return;
      if (channel === 'ticker') this.tellTicker(market, subscription);
      else this.tellSnapshot(market, subscription);
    });
  }

  /** Also where nobody listens: what was told of the book follows the changes as they are taken. */
  tellChanges(market: KalshiMarket, changes: Iterable<ToldChange>): void {
    const frames = this.framesOf(market);
    const about = { topic: 'book', symbol: market.ticker } as const;
    const now = this.desk.now();
    for (const change of changes) {
      market.isTickerTold = false;
      const texts: [plain?: string, inYes?: string] = [];
      for (const subscription of this.subscriptions.about('orderbook_delta', market.ticker)) {
        const { usesYesPrice } = subscription;
        const n = usesYesPrice ? 1 : 0;
        const text = texts[n] ?? frames.delta(change, usesYesPrice, now);
        texts[n] = text;
        tell(subscription, 'orderbook_delta', text, about);
      }
    }
  }

  tellTrades(market: KalshiMarket): void {
    const { trades } = market.market.book;
    if (trades.length === 0) return;
    const now = this.desk.now();
    const about = { topic: 'trade', symbol: market.ticker } as const;
    for (const trade of trades) {
      let text: string | undefined;
      for (const subscription of this.subscriptions.about('trade', market.ticker)) {
        text ??= this.framesOf(market).trade(trade, now);
        tell(subscription, 'trade', text, about);
      }
    }
  }

  /** Of markets whose book changed since it was told last. */
  tellTickers(markets: Iterable<KalshiMarket>): void {
    for (const market of markets) {
      if (market.isTickerTold || this.desk.faults.isMute(market.ticker)) continue;
      market.isTickerTold = true;
      for (const subscription of this.subscriptions.about('ticker', market.ticker))
        this.tellTicker(market, subscription);
    }
  }

  /** A picture for everybody. */
  tellPicture(market: KalshiMarket): void {
    for (const subscription of this.subscriptions.about('orderbook_delta', market.ticker))
      this.tellSnapshot(market, subscription);
  }

  tellLife(market: KalshiMarket, event: LifeEvent): void {
    const body = lifecycleBody(market, event, this.desk.now());
    for (const subscription of this.subscriptions.about('market_lifecycle_v2', market.ticker))
      tell(subscription, 'market_lifecycle_v2', body, { topic: 'other', symbol: market.ticker });
  }

  /** The market is no more. */
  forget({ ticker }: KalshiMarket): void {
    for (const subscription of this.subscriptions.all())
      if (subscription.tickers?.delete(ticker) === true) this.subscriptions.deafen(subscription, ticker);
  }

  /** What was on its way to the n-th connection, or to all, is lost with its numbers. */
  overflow(n: number | undefined): void {
    for (const connection of this.desk.connections()) {
      if (n !== undefined && connection.n !== n) continue;
      for (const subscription of this.subscriptions.of(connection)) subscription.seq += 1;
      connection.send(errorText(25), 'ack');
    }
  }

  private tellSnapshot(market: KalshiMarket, subscription: Subscription): void {
    const body = this.framesOf(market).snapshot(subscription.usesYesPrice);
    tell(subscription, 'orderbook_snapshot', body, { topic: 'picture', symbol: market.ticker });
  }

  private tellTicker(market: KalshiMarket, subscription: Subscription): void {
    const body = this.framesOf(market).ticker(this.desk.now());
    tell(subscription, 'ticker', body, { topic: 'touch', symbol: market.ticker });
  }
}
