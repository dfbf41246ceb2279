import * as z from 'zod';
import { WHY_NO_STEPS } from '../decimal-steps.ts';
import { checked, Unreadable } from '../json-fields.ts';
import type { Grids } from '../levels.ts';
import type { TradeFacts } from '../trade-tape.ts';
import { timeOfSeconds } from '../wire-times.ts';
import { decimalOf } from './amounts.ts';
import { stepsOf } from './steps.ts';

const amount = z.union([z.string(), z.number()]);

const wireRow = z.object({
  token_id: z.string(),
  side: z.string(),
  size: amount,
  price: amount,
  timestamp: z.number(),
  transaction_hash: z.string().nullish(),
});

export type TradeRow = z.output<typeof wireRow>;

export const toTradeRow = (row: unknown): TradeRow | Unreadable => checked(wireRow, row);

/**
 * A row of the list of trades: all that one order took, at the mean of its prices, told up to minutes later. It is history
 * and never a print. The mean may lie between ticks and is cut to the book's steps.
 */
export function toHistory(row: TradeRow, grids: Grids): TradeFacts | Unreadable {
  const { side, size, price, timestamp, transaction_hash: hash } = row;
  const occurredAt = timeOfSeconds(timestamp);
  if (occurredAt === null) return new Unreadable('timestamp: not in seconds');
  const lots = stepsOf(decimalOf(size) ?? '', grids.lots);
  if (typeof lots === 'string') return new Unreadable(`size: ${WHY_NO_STEPS[lots]}`);
  const [whole = '', fraction = ''] = (decimalOf(price) ?? '').split('.');
  const ticks = stepsOf(`${whole}.${fraction.slice(0, 4).padEnd(1, '0')}`, grids.ticks);
  if (typeof ticks === 'string') return new Unreadable(`price: ${WHY_NO_STEPS[ticks]}`);
  const id = [hash ?? '', timestamp, side, size, '@', price].join(' ');
  return {
    occurredAt,
    firstTradeId: id,
    lastTradeId: id,
    trades: 1,
    ticks,
    lots,
    aggressor: side === 'SELL' ? 'sell' : 'buy',
    isAggregate: false,
  };
}
