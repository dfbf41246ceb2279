import { type EpochMs, epochMs } from '../../core/time.ts';
import { PriceHistory } from './price-history.ts';

/** What an index stands at when it is looked at for the first time, in cents. */
const OPENING_CENTS: Readonly<Record<string, number>> = { BTC: 6_425_000, ETH: 312_000 };
const BEGINNING = epochMs(1_700_000_000_000);
const INDEXES = new Map<string, PriceHistory>();

/** An index on which contracts are decided, in cents at each full minute: the same whoever asks and whenever. */
export function indexCents(asset: string, at: EpochMs): number {
  const openingTicks = OPENING_CENTS[asset] ?? 10_000;
  const index =
    INDEXES.get(asset) ??
    new PriceHistory({
      seed: 0,
      label: `${asset} index`,
      ticksMin: Math.floor(openingTicks * 0.9),
      ticksMax: Math.ceil(openingTicks * 1.1),
      openingTicks,
      usualLots: 1,
      openedAt: BEGINNING,
    });
  INDEXES.set(asset, index);
  return index.minute(at).open;
}
