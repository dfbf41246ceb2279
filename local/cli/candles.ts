import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { formatUnits } from '../../core/amounts.ts';
import { HISTORY_INTERVALS, type HistoryInterval, type StoredCandle } from '../../core/market/candle.ts';
import { type CandleGap, findGaps } from '../../core/market/candle-gaps.ts';
import { type InstrumentId, venueOf } from '../../core/market/instrument.ts';
import { isoTime } from '../../core/time.ts';
import { BARS_MAX } from '../../fargate/instrument-history.ts';
import type { CommonOptions } from './cli.ts';
import { CommandError, type Terminal, table } from './terminal.ts';
import { withDesk } from './with-desk.ts';

export interface CandlesOptions extends CommonOptions {
  readonly count: number;
  readonly csv?: true;
}

export const CANDLES_HELP = `
A feed on live venues keeps bars of 1m (for 90 days), 5m, 15m, 1h and 1d; the demo and recordings have theirs in their windows alone.
kept says who added a bar up: own (this desk, by receive time) or venue (asked for afterwards, by the venue's time); incomplete: it
may miss trades; trades is left empty where the venue does not tell how many there were. In the cloud the newest hour of minutes, and up to five hours of longer bars, are not stored yet.

  npx deckle candles binance:BTCUSDT 1m --count 1000 --csv
  npx deckle --stack dev candles kalshi:KXBTCD-26NOV2117-T95000 1h`;

/** `candles`: the newest bars that are kept of an instrument, oldest first, with the gaps among them. */
export async function candles(
  instrument: string,
  length: string,
  options: CandlesOptions,
  terminal: Terminal,
): Promise<number> {
  const id = requireInstrument(instrument);
  const interval = requireInterval(length);
  if (options.count > BARS_MAX) throw new CommandError(`--count must be at most ${BARS_MAX}`, 2);
  return withDesk(options, async ({ store, title }) => {
    const bars = await createCandleStore(store).read(id, interval, { count: options.count });
    const gaps = gapsAmong(bars, interval);
    if (options.json) terminal.stdout(`${document(id, interval, bars, gaps)}\n`);
    else if (options.csv) terminal.stdout(`${csv(bars, gaps)}\n`);
    else if (bars.length > 0) terminal.stdout(`${text(bars, gaps)}\n`);
    else terminal.stdout(`${title} keeps no bars of ${interval} of ${id}\n`);
    return 0;
  });
}

function requireInstrument(text: string): InstrumentId {
  const id = text as InstrumentId;
  if (venueOf(id) === undefined)
    throw new CommandError(`name the instrument as <venue>:<symbol>, e.g. binance:BTCUSDT, not '${text}'`, 2);
  return id;
}

function requireInterval(text: string): HistoryInterval {
  const interval = HISTORY_INTERVALS.find((one) => one === text);
  if (interval === undefined)
    throw new CommandError(`the interval must be one of ${HISTORY_INTERVALS.join(', ')}, not '${text}'`, 2);
  return interval;
}

/** Bars that are not there; those that may miss trades say so themselves. */
function gapsAmong(bars: readonly StoredCandle[], interval: HistoryInterval): readonly CandleGap[] {
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return [];
  return findGaps(bars, interval, first.start, last.start).filter(({ kind }) => kind === 'missing');
}

const HEAD = ['time', 'open', 'high', 'low', 'close', 'volume', 'trades', 'kept'] as const;

const cells = (bar: StoredCandle): readonly string[] => [
  isoTime(bar.start),
  ...[bar.open, bar.high, bar.low, bar.close, bar.volume].map(formatUnits),
  String(tradesOf(bar) ?? ''),
  bar.complete ? bar.source : `${bar.source}, incomplete`,
];

/** Null where volume says that something traded, and nobody how often. */
const tradesOf = ({ trades, volume }: StoredCandle): number | null =>
  trades === 0 && volume > 0n ? null : trades;

/** A table with a line between the rows wherever bars are missing. */
function text(bars: readonly StoredCandle[], gaps: readonly CandleGap[]): string {
  const [head = '', ...rows] = table(HEAD, bars.map(cells)).split('\n');
  const lines = rows.flatMap((row, n) => {
    const gap = gaps.find(({ from }) => from > (bars[n]?.start ?? 0) && from < (bars[n + 1]?.start ?? 0));
    return gap === undefined ? [row] : [row, gapWords(gap)];
  });
  return [head, ...lines].join('\n');
}

const gapWords = ({ bars, from, through }: CandleGap): string =>
  bars === 1
    ? `-- missing: ${isoTime(from)}`
    : `-- missing: ${bars} from ${isoTime(from)} through ${isoTime(through)}`;

/** A gap is a row of its own: when it begins, how many bars it has, and nothing else. */
function csv(bars: readonly StoredCandle[], gaps: readonly CandleGap[]): string {
  const rows = [
    ...bars.map((bar) => ({
      at: bar.start,
      row: [...cells({ ...bar, complete: true }), String(bar.complete), '1'],
    })),
    ...gaps.map((gap) => ({
      at: gap.from,
      row: [isoTime(gap.from), '', '', '', '', '', '', 'missing', 'false', String(gap.bars)],
    })),
  ].sort((a, b) => a.at - b.at);
  return [[...HEAD, 'complete', 'bars'], ...rows.map(({ row }) => row)]
    .map((row) => row.join(','))
    .join('\n');
}

function document(
  instrument: InstrumentId,
  interval: HistoryInterval,
  bars: readonly StoredCandle[],
  gaps: readonly CandleGap[],
): string {
  return JSON.stringify({
    instrument,
    interval,
    candles: bars.map((bar) => ({
      time: isoTime(bar.start),
      open: formatUnits(bar.open),
      high: formatUnits(bar.high),
      low: formatUnits(bar.low),
      close: formatUnits(bar.close),
      volume: formatUnits(bar.volume),
      trades: tradesOf(bar),
      complete: bar.complete,
      source: bar.source,
    })),
    gaps: gaps.map(({ from, through, bars: count }) => ({
      from: isoTime(from),
      through: isoTime(through),
      bars: count,
    })),
  });
}
