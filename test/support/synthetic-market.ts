import { asPrice, asQuantity, quantity } from '../../core/amounts.ts';
import type { Candle } from '../../core/market/candle.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import type { InstrumentWindow, Level, MarketWindow, Print } from '../../core/market/window.ts';
import { plusMs } from '../../core/time.ts';
import { seeded } from './random.ts';
import { at, windowOf } from './values.ts';

/**
 * Windows of a small market: mids walk, books of four levels with a hidden rest, prints at the touch and sometimes
 * through it, a 1 s candle in every window, and now and then a stale or crossed book.
 */
export function syntheticMarket(
  seed: number,
  count: number,
  instruments: readonly Instrument[],
): MarketWindow[] {
  const random = seeded(seed);
  const walks = instruments.map((instrument) => walk(instrument, random));
  return Array.from({ length: count }, (_, i) => ({
    ...windowOf(
      i + 1,
      walks.map((next) => next(i + 1)),
    ),
    closes: ['1s'] as const,
  }));
}

function walk({ id, tickSize, lotSize }: Instrument, random: () => number): (n: number) => InstrumentWindow {
  const ticks = (count: number) => asPrice(BigInt(count) * tickSize);
  const lots = (max: number) => asQuantity(BigInt(1 + Math.floor(random() * max)) * lotSize);
  const whole = (below: number) => Math.floor(random() * below);
  let mid = 10_000;
  let drift = 0;
  let lastTraded = mid;
  return (n) => {
    if (random() < 0.2) drift = whole(7) - 3;
    const before = mid;
    mid += drift + whole(3) - 1;
    const half = 1 + whole(2);
    const side = (sign: number): Level[] =>
      Array.from({ length: 4 }, (_, i) => ({ price: ticks(mid + sign * (half + i)), quantity: lots(4_000) }));
    const [bids, asks] = [side(-1), side(1)];
    const printed = new Map<string, Print>();
    for (let k = whole(5); k > 0; k--) {
      const aggressor = random() < 0.5 ? 'buy' : 'sell';
      lastTraded =
        (random() < 0.5 ? before : mid) + (aggressor === 'buy' ? 1 : -1) * (half + (random() < 0.2 ? 1 : 0));
      printed.set(`${lastTraded}${aggressor}`, {
        price: ticks(lastTraded),
        quantity: lots(5_000),
        aggressor,
        trades: 1,
        firstTradeId: `${n}${k}`,
        lastTradeId: `${n}${k}`,
      });
    }
    const prints = [...printed.values()].sort((a, b) =>
      a.price === b.price ? (a.aggressor < b.aggressor ? -1 : 1) : a.price < b.price ? -1 : 1,
    );
    const dice = random();
    return {
      instrumentId: id,
      status: dice < 0.03 ? 'stale' : 'live',
      bids,
      asks,
      bidsComplete: false,
      asksComplete: false,
      highestBid: ticks(Math.max(before, mid) - half),
      lowestAsk: ticks(Math.min(before, mid) + half),
      prints,
      lastPrice: ticks(lastTraded),
      venueSequence: `${n}`,
      occurredAt: at(n),
      receivedAt: at(n),
      quality: dice > 0.98 ? ['crossed'] : [],
      verdict: dice < 0.03 || dice > 0.98 ? 'blind' : 'clean',
      candles: [candle(n, ticks(lastTraded))],
    };
  };
}

const candle = (n: number, close: Candle['close']): Candle => ({
  interval: '1s',
  start: plusMs(at(n), -1_000),
  open: close,
  high: close,
  low: close,
  close,
  volume: quantity('1'),
  trades: 1,
  complete: true,
});
