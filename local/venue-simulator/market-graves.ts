import { type EpochMs, MINUTE_MS, plusMs } from '../../core/time.ts';
import type { ContractFloor } from './contract-floor.ts';

/** What is gone from the lists has its book for so long, until what was said of it has come to everybody. */
const KEPT_MS = MINUTE_MS;

/** Markets that are gone from the lists of their venue, and not yet from its floor. */
export class MarketGraves {
  private readonly floor: ContractFloor;
  /** Oldest first. */
  private readonly graves: { readonly symbol: string; readonly until: EpochMs }[] = [];

  constructor(floor: ContractFloor) {
    this.floor = floor;
  }

  bury(symbol: string, now: EpochMs): void {
    this.graves.push({ symbol, until: plusMs(now, KEPT_MS) });
  }

  /** Takes from the floor what has lain long enough. */
  clear(now: EpochMs): void {
    for (let [grave] = this.graves; grave !== undefined && grave.until <= now; [grave] = this.graves) {
      this.graves.shift();
      this.floor.remove(grave.symbol);
    }
  }
}
