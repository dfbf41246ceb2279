import { formatUnits, price, quantity } from '../../core/amounts.ts';
import { invariant } from '../../core/invariant.ts';
import {
  type Candle,
  type HistoryInterval,
  hasTraded,
  INTERVAL_MS,
  type StoredCandle,
} from '../../core/market/candle.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';

/**
 * A bar as a short text, since the table bills by the kilobyte: its place in the block, `v` when the venue told it, `i` when
 * it is incomplete; then open, high, low, close, volume and trades, or the close alone where nothing traded. For example
 * `7v 10 12.5 9 11 3.25 42`, `8 11`, `9i 11 11.5 11 11.5 0.75 3`.
 */
export function toRow(candle: StoredCandle, blockStart: EpochMs): string {
  const place = (candle.start - blockStart) / INTERVAL_MS[candle.interval];
  const marks = `${candle.source === 'venue' ? 'v' : ''}${candle.complete ? '' : 'i'}`;
  const { open, high, low, close, volume, trades } = candle;
  const amounts = isFlat(candle) ? [close] : [open, high, low, close, volume];
  const row = [`${place}${marks}`, ...amounts.map(formatUnits), ...(isFlat(candle) ? [] : [trades])].join(
    ' ',
  );
  invariant(ROW.test(row), `a bar must have unsigned amounts and a place in its block, got ${row}`);
  return row;
}

const AMOUNT = String.raw`\d{1,30}(?:\.\d{1,8})?`;
const ROW = new RegExp(
  String.raw`^(\d{1,2})(v?)(i?) (${AMOUNT})(?: (${AMOUNT}) (${AMOUNT}) (${AMOUNT}) (${AMOUNT}) (\d{1,15}))?$`,
);

/** The bar of a row of the block that begins at `blockStart`; undefined when the text is no row. */
export function fromRow(
  row: string,
  interval: HistoryInterval,
  blockStart: EpochMs,
): StoredCandle | undefined {
  const match = ROW.exec(row);
  if (match === null) return undefined;
  const [, place, venue, incomplete, open = '', high = open, low = open, close = open] = match;
  const [volume = '0', trades = '0'] = match.slice(8);
  return {
    interval,
    start: plusMs(blockStart, Number(place) * INTERVAL_MS[interval]),
    open: price(open),
    high: price(high),
    low: price(low),
    close: price(close),
    volume: quantity(volume),
    trades: Number(trades),
    complete: incomplete === '',
    source: venue === '' ? 'own' : 'venue',
  };
}

const isFlat = (candle: Candle): boolean =>
  !hasTraded(candle) &&
  candle.open === candle.close &&
  candle.high === candle.low &&
  candle.high === candle.close;
