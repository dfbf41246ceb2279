import type { Side } from '../../../core/market/window.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import type { Grids } from '../levels.ts';
import { isMilliseconds } from '../wire-times.ts';
import { BadMessage, malformed, positive, wholeNumber } from './fields.ts';
import type { WireDeals, WireTradesAnswer } from './schema.ts';

/** One trade as the venue tells it; `id` is null where it has none. */
export interface Deal {
  readonly id: string | null;
  readonly occurredAt: EpochMs;
  readonly ticks: number;
  readonly lots: number;
  readonly aggressor: Side;
}

/** The trades of a frame in their order. One that cannot be read spoils the frame: which are missing, nobody knows. */
export function toDeals(wire: WireDeals, grids: Grids): readonly Deal[] | BadMessage {
  const deals: Deal[] = [];
  for (const [n, { price, quantity, tradeType, time, tradeId }] of wire.deals.entries()) {
    const at = `deals.${n}`;
    if (tradeType !== 1 && tradeType !== 2)
      return malformed(`${at}.tradeType`, 'must be 1 or 2', String(tradeType));
    if (tradeId.length > ID_MAX) return malformed(`${at}.tradeId`, 'is too long', tradeId);
    const deal = toDeal(at, price, quantity, wholeNumber(time), grids);
    if (deal instanceof BadMessage) return deal;
    deals.push({ ...deal, id: tradeId === '' ? null : tradeId, aggressor: tradeType === 1 ? 'buy' : 'sell' });
  }
  return deals;
}

/** Trades of a REST answer, oldest first whatever its order; they have no ids. */
export function toAnsweredDeals(wire: WireTradesAnswer, grids: Grids): readonly Deal[] | BadMessage {
  const deals: Deal[] = [];
  for (const [n, { price, qty, time, isBuyerMaker }] of wire.entries()) {
    const deal = toDeal(String(n), price, qty, time, grids);
    if (deal instanceof BadMessage) return deal;
    deals.push({ ...deal, id: null, aggressor: isBuyerMaker ? 'sell' : 'buy' });
  }
  return deals.sort((a, b) => a.occurredAt - b.occurredAt);
}

/** Far longer than the two numbers of 18 digits that the venue joins. */
const ID_MAX = 100;

function toDeal(
  at: string,
  price: string,
  quantity: string,
  time: number,
  grids: Grids,
): Pick<Deal, 'occurredAt' | 'ticks' | 'lots'> | BadMessage {
  if (!isMilliseconds(time)) return malformed(`${at}.time`, 'must be in milliseconds');
  const ticks = positive(`${at}.price`, price, grids.ticks);
  if (ticks instanceof BadMessage) return ticks;
  const lots = positive(`${at}.quantity`, quantity, grids.lots);
  if (lots instanceof BadMessage) return lots;
  return { occurredAt: epochMs(time), ticks, lots };
}
