import type {
  Beat,
  BeatingSource,
  ConnectionChange,
  Frame,
  Need,
  SourceItem,
} from '../../adapters/venues/frame-source.ts';
import { klinesRequest } from '../../adapters/venues/klines.ts';
import { type HistoryInterval, INTERVAL_MS } from '../../core/market/candle.ts';
import { beatAt, type EpochMs, epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { seeded } from './random.ts';

export interface MarketScript {
  readonly seed: number;
  /** The market's past ends then, and it becomes busy for so many seconds. */
  readonly start: EpochMs;
  readonly seconds: number;
  /** The seconds that the feed sees: all of them unless told. */
  readonly seen?: readonly [from: number, to: number];
  /** Seconds in which no connection carries anything; the market goes on. */
  readonly outages?: readonly (readonly [from: number, to: number])[];
  readonly windowMs: number;
  /** It answers no question about its bars. */
  readonly isMute?: boolean;
}

interface Trade {
  readonly id: number;
  readonly at: EpochMs;
  readonly cents: number;
  readonly lots: number;
}

/** How long the market's past is. */
const PAST_MS = 3 * 24 * 60 * MINUTE_MS;
const ANSWER_MS = 300;
const SYMBOL = 'OAKUSDT';

/**
 * A live venue on its own time, in the wire format of Binance: a trade every few seconds and a book that hardly moves, over one
 * connection that is lost and opened again as scripted; and the venue's own bars on request, true to every trade. What the feed
 * receives has no delay, so that bars by receive time and by venue time are the same.
 */
export class ScriptedMarket implements BeatingSource {
  readonly name = 'scripted market';
  /** Everything that was given, as a recorder would have kept it. */
  readonly given: (SourceItem | Beat)[] = [];
  readonly needs: Need[] = [];
  private readonly script: MarketScript;
  private readonly trades: readonly Trade[];
  private readonly answers: { readonly at: EpochMs; readonly frame: Frame }[] = [];
  private now: EpochMs;
  private connection = 0;
  private updateId = 1_000;

  constructor(script: MarketScript) {
    this.script = script;
    this.now = script.start;
    this.trades = tradesOf(script);
  }

  async *frames(signal: AbortSignal): AsyncGenerator<SourceItem | Beat, void, undefined> {
    for (const item of this.items()) {
      if (signal.aborted) return;
      this.given.push(item);
      yield item;
    }
  }

  need(need: Need): boolean {
    this.needs.push(need);
    if (need.kind !== 'candles' || need.candles === undefined) return false;
    const request = klinesRequest(need.wire, { symbol: need.symbol, ...need.candles });
    if (request === null) return false;
    const at = plusMs(this.now, ANSWER_MS);
    if (this.script.isMute) return true;
    const { url } = request.request;
    const raw = this.klines(need.candles.interval, new URL(url).searchParams, at);
    this.answers.push({ at, frame: { wire: need.wire, receivedAt: at, channel: request.channel, raw, url } });
    return true;
  }

  /** The venue's bar of a stretch of time as it would tell it, for expectations. */
  bar(interval: HistoryInterval, start: EpochMs): readonly unknown[] {
    const end = plusMs(start, INTERVAL_MS[interval]);
    const inside = this.trades.filter(({ at }) => at >= start && at < end);
    const before = this.trades.findLast(({ at }) => at < start)?.cents ?? 10_000;
    const prices = inside.length === 0 ? [before] : inside.map(({ cents }) => cents);
    const lots = inside.reduce((sum, one) => sum + one.lots, 0);
    return [
      start,
      money(prices[0] ?? before),
      money(Math.max(...prices)),
      money(Math.min(...prices)),
      money(prices.at(-1) ?? before),
      (lots / 1_000).toFixed(8),
      end - 1,
      '0',
      inside.length,
      '0',
      '0',
      '0',
    ];
  }

  private *items(): Generator<SourceItem | Beat> {
    const { start, seconds, seen: [first, over] = [0, seconds], outages = [], windowMs } = this.script;
    this.now = plusMs(start, first * SECOND_MS);
    let trade = this.trades.findIndex(({ at }) => at >= this.now);
    yield* this.connect('the feed begins');
    for (let second = first; second < over; second += 1) {
      const at = plusMs(start, second * SECOND_MS);
      const isOut = outages.some(([from, to]) => second >= from && second < to);
      this.now = at;
      if (outages.some(([from]) => from === second)) yield this.change('lost', 'scripted');
      if (outages.some(([, to]) => to === second)) yield* this.connect('scripted');
      if (!isOut && second % 10 === 3) yield this.depth(at);
      for (let one = this.trades[trade]; one && one.at < at + SECOND_MS; one = this.trades[++trade]) {
        yield* this.answersBy(one.at);
        this.now = one.at;
        if (!isOut) yield this.frame('oakusdt@trade', tradeText(one), one.at);
      }
      const end = plusMs(at, SECOND_MS);
      yield* this.answersBy(epochMs(end - 1));
      this.now = end;
      if (end % windowMs === 0) yield { beat: end };
    }
  }

  private *answersBy(at: EpochMs): Generator<Frame> {
    for (let next = this.answers[0]; next !== undefined && next.at <= at; next = this.answers[0]) {
      this.answers.shift();
      this.now = next.at;
      yield next.frame;
    }
  }

  private *connect(detail: string): Generator<SourceItem> {
    this.connection += 1;
    yield this.change('opened', detail);
    yield this.depth(this.now);
    const book = { lastUpdateId: this.updateId, bids: [['99.00', '5.000']], asks: [['101.00', '5.000']] };
    yield this.frame('rest:depth:oakusdt', JSON.stringify(book), this.now);
  }

  private change(change: ConnectionChange['change'], detail: string): ConnectionChange {
    return { wire: 'binance-spot', receivedAt: this.now, connection: `c${this.connection}`, change, detail };
  }

  private depth(at: EpochMs): Frame {
    const first = this.updateId + 1;
    this.updateId += 1;
    const data = { e: 'depthUpdate', E: at, s: SYMBOL, U: first, u: first, b: [['99.00', '5.000']], a: [] };
    return this.frame('oakusdt@depth@100ms', wrapped('oakusdt@depth@100ms', data), at);
  }

  private frame(channel: string, raw: string, receivedAt: EpochMs): Frame {
    return { wire: 'binance-spot', receivedAt, channel, raw, connection: `c${this.connection}` };
  }

  private klines(interval: HistoryInterval, query: URLSearchParams, now: EpochMs): string {
    const stepMs = INTERVAL_MS[interval];
    const rows: unknown[] = [];
    const last = Math.min(Number(query.get('endTime')), now);
    for (let start = epochMs(Number(query.get('startTime'))); start <= last; start = plusMs(start, stepMs))
      if (start >= beatAt(plusMs(this.script.start, -PAST_MS), stepMs)) rows.push(this.bar(interval, start));
    return JSON.stringify(rows);
  }
}

function tradesOf({ seed, start, seconds }: MarketScript): Trade[] {
  const random = seeded(seed);
  const trades: Trade[] = [];
  let cents = 10_000;
  // Rare in the past, so that its bars are made quickly.
  for (let at = start - PAST_MS, id = 1; at < start + seconds * SECOND_MS; id += 1) {
    cents = Math.min(10_090, Math.max(9_910, cents + Math.floor(random() * 11) - 5));
    trades.push({ id, at: epochMs(Math.floor(at)), cents, lots: 1 + Math.floor(random() * 900) });
    const next = at + (at < start ? 20_000 + random() * 400_000 : 500 + random() * 9_000);
    at = at < start && next > start ? start + 1_500 : next;
  }
  return trades;
}

const tradeText = ({ id: t, at, cents, lots }: Trade): string =>
  wrapped('oakusdt@trade', {
    e: 'trade',
    E: at,
    s: SYMBOL,
    t,
    p: money(cents),
    q: (lots / 1_000).toFixed(8),
    T: at,
    m: false,
    M: true,
  });

const wrapped = (stream: string, data: object): string => JSON.stringify({ stream, data });
const money = (cents: number): string => (cents / 100).toFixed(8);
