import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { price, quantity } from '../../core/amounts.ts';
import type { Candle, CandleInterval } from '../../core/market/candle.ts';
import { epochMs } from '../../core/time.ts';
import { RECORDINGS } from './recordings.ts';

/** The rows of a file of bars as they are, in its order. The files tell no count of trades. */
export function candleFile(name: string, interval: CandleInterval): Candle[] {
  const text = gunzipSync(readFileSync(join(RECORDINGS, 'candles', `${name}.csv.gz`))).toString('utf8');
  const [, ...rows] = text.trimEnd().split(/\r?\n/);
  return rows.map((row) => {
    const [start = '', open = '', high = '', low = '', close = '', volume = ''] = row.split(',');
    return {
      interval,
      start: epochMs(Number(start)),
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume: quantity(volume),
      trades: 0,
      complete: true,
    };
  });
}
