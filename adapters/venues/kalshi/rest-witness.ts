import type { OrderBook } from '../../../core/market/order-book.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { LevelList } from '../levels.ts';

/** Both sides of a market, from the yes side: asks are the no bids at what is left of the dollar. */
export interface Picture {
  readonly bids: LevelList;
  readonly asks: LevelList;
}

/** A picture by REST may be a moment older or newer than the stream: only a book that rests can be compared with it. */
const RESTED_MS = 3 * SECOND_MS;
/** Levels of a side that are compared. */
const COMPARED = 3;

/**
 * Pictures by REST as witnesses of the stream. One that differs may have crossed a message on its way; a second one after
 * it, while the stream still says nothing, shows that the stream is dead.
 */
export class RestWitness {
  private spokeAt: EpochMs | undefined;
  private strikes = 0;

  /** The stream told something of this book. */
  streamSpoke(now: EpochMs): void {
    this.spokeAt = now;
    this.strikes = 0;
  }

  hear({ bids, asks }: OrderBook, picture: Picture, now: EpochMs): 'agrees' | 'differs' | 'differs_again' {
    if (this.spokeAt === undefined || now - this.spokeAt < RESTED_MS) return 'agrees';
    const isSame = agree(bids, picture.bids, -1) && agree(asks, picture.asks, 1);
    this.strikes = isSame ? 0 : this.strikes + 1;
    if (isSame) return 'agrees';
    return this.strikes === 1 ? 'differs' : 'differs_again';
  }
}

/** Whether the best levels of a side are those of a picture, in whatever order it has them. */
function agree(side: OrderBook['bids'], levels: LevelList, direction: 1 | -1): boolean {
  const ranked = Array.from({ length: levels.length }, (_, n) => n).sort(
    (a, b) => ((levels.ticks[a] ?? 0) - (levels.ticks[b] ?? 0)) * direction,
  );
  for (let rank = 0; rank < COMPARED; rank += 1) {
    const at = ranked[rank];
    const [ticks, lots] = at === undefined ? [0, 0] : [levels.ticks[at] ?? 0, levels.lots[at] ?? 0];
    if (rank >= side.size ? ticks !== 0 : side.ticksAt(rank) !== ticks || side.lotsAt(rank) !== lots)
      return false;
  }
  return true;
}
