import type { FollowedInstrument } from '../followed-instrument.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import type { Deal } from './deals.ts';
import type { TradeIdentity } from './trade-identity.ts';

/** Tells trades once each, whichever connection or answer brings them. */
export class TradeTeller {
  private readonly desk: ConnectionDesk;
  private readonly identityOf: (followed: FollowedInstrument) => TradeIdentity;

  constructor(desk: ConnectionDesk, identityOf: (followed: FollowedInstrument) => TradeIdentity) {
    this.desk = desk;
    this.identityOf = identityOf;
  }

  /** The trades of one message in their order, as news or as history; returns how many were not seen before. */
  tell(followed: FollowedInstrument, deals: readonly Deal[], isNews: boolean): number {
    let fresh = 0;
    for (const [n, id] of this.identityOf(followed).idsOf(deals).entries()) {
      const deal = deals[n];
      if (deal === undefined || id === null) {
        followed.counts.tradesRepeated += 1;
        continue;
      }
      fresh += 1;
      this.pass(followed, deal, id, isNews);
    }
    return fresh;
  }

  private pass(
    followed: FollowedInstrument,
    { occurredAt, ticks, lots, aggressor }: Deal,
    id: string,
    isNews: boolean,
  ): void {
    const trade = {
      occurredAt,
      firstTradeId: id,
      lastTradeId: id,
      trades: 1,
      ticks,
      lots,
      aggressor,
      isAggregate: false,
    };
    if (isNews) this.desk.trade(followed, trade);
    else this.desk.tradeHistory(followed, trade);
  }
}
