import type { Price } from '../amounts.ts';
import { asPrice, max, min } from '../amounts.ts';
import type { Instrument } from '../market/instrument.ts';
import { ceilToTick, floorToTick, tickAt } from '../market/instrument.ts';
import type { Level, Side } from '../market/window.ts';
import type { OrderType, TimeInForce } from '../paper/order.ts';
import type { ExecutionStyle } from './limits.ts';

/** The terms of an order but for its size. */
export interface OrderTerms {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly limitPrice: Price;
}

/** Turns an execution style and the book of the decision into order terms. */
export function orderTerms(
  execution: ExecutionStyle,
  side: Side,
  bestBid: Level,
  bestAsk: Level,
  instrument: Instrument,
): OrderTerms {
  const own = side === 'buy' ? bestBid.price : bestAsk.price;
  const other = side === 'buy' ? bestAsk.price : bestBid.price;
  const { postOnly, timeInForce } = execution;
  switch (execution.style) {
    case 'take':
      return timeInForce === 'IOC'
        ? {
            type: 'market',
            timeInForce,
            postOnly: false,
            limitPrice: collar(side, other, execution.collarBps, instrument),
          }
        : { type: 'limit', timeInForce, postOnly: false, limitPrice: other };
    case 'join':
      return { type: 'limit', timeInForce, postOnly, limitPrice: own };
    case 'improve': {
      const step = side === 'buy' ? tickAt(instrument, own) : -tickAt(instrument, asPrice(own - 1n));
      const inside = asPrice(own + step);
      // Without room inside the spread an improving price would cross it; joining is what is left.
      const crosses = side === 'buy' ? inside >= other : inside <= other;
      return { type: 'limit', timeInForce, postOnly, limitPrice: crosses ? own : inside };
    }
  }
}

/** The worst price a market order may reach: the touch moved by the collar, on the tick, inside the venue's bounds. */
function collar(side: Side, touch: Price, collarBps: number, instrument: Instrument): Price {
  const distance = (touch * BigInt(collarBps)) / 10_000n;
  return side === 'buy'
    ? min(floorToTick(instrument, asPrice(touch + distance)), instrument.priceMax)
    : max(ceilToTick(instrument, asPrice(touch - distance)), instrument.priceMin);
}
