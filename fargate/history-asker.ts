import type { Need } from '../adapters/venues/frame-source.ts';
import { tellsKlines } from '../adapters/venues/klines.ts';
import type { WireId } from '../adapters/venues/wire.ts';
import type { HistoryInterval } from '../core/market/candle.ts';
import { type InstrumentId, symbolOf } from '../core/market/instrument.ts';
import type { Log } from '../core/metrics.ts';
import { type EpochMs, isoTime, MINUTE_MS } from '../core/time.ts';
import type { InstrumentHistory } from './instrument-history.ts';
import { PATIENCE_MS, type Stretch } from './wanted-bars.ts';

export interface AskerOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Asks the source; false when it cannot tell. */
  need(need: Need): boolean;
  /** Undefined before anything was heard of the instrument's venue. */
  wireOf(id: InstrumentId): WireId | undefined;
}

type Histories = ReadonlyMap<InstrumentId, InstrumentHistory>;

/** Questions on their way to one venue at once. */
const UNDER_WAY_MAX = 8;

/** Asks the venues for the bars that histories want: of each interval one question at a time, and few of each venue. */
export class HistoryAsker {
  private readonly options: AskerOptions;
  /** Wires whose venue was said to tell no bars. */
  private readonly mute = new Set<WireId>();
  asked = 0;

  constructor(options: AskerOptions) {
    this.options = options;
  }

  /** Puts the questions that can be put now. */
  ask(now: EpochMs, histories: Histories): void {
    for (const [wire, some] of this.byWire(histories)) {
      let room = UNDER_WAY_MAX - questionsUnderWay(some, now);
      for (const [id, history] of some) {
        if (history.isSilent) continue;
        for (const interval of history.wanted.keys())
          if (room > 0 && this.askFor(id, wire, interval, history, now)) room -= 1;
      }
    }
  }

  /** Those that can be asked about at all. */
  private byWire(
    histories: Histories,
  ): ReadonlyMap<WireId, readonly (readonly [InstrumentId, InstrumentHistory])[]> {
    const byWire = new Map<WireId, (readonly [InstrumentId, InstrumentHistory])[]>();
    for (const [id, history] of histories) {
      const wire = history.isFollowed && history.isSeen ? this.options.wireOf(id) : undefined;
      if (wire === undefined) continue;
      this.settleIntervals(wire, history);
      const some = byWire.get(wire) ?? [];
      byWire.set(wire, some);
      some.push([id, history]);
    }
    return byWire;
  }

  /** Bars that the venue does not tell are folded from those that it does; where it tells none, that is said once. */
  private settleIntervals(wire: WireId, history: InstrumentHistory): void {
    for (const interval of history.wanted.keys()) if (!tellsKlines(wire, interval)) history.giveUp(interval);
    if (history.wanted.size > 0 || this.mute.has(wire)) return;
    this.mute.add(wire);
    const next = 'what this feed does not see stays a gap, marked as such';
    this.options.log.info('the venue tells no candles', { wire, next });
  }

  /** True when a question was put. */
  private askFor(
    id: InstrumentId,
    wire: WireId,
    interval: HistoryInterval,
    history: InstrumentHistory,
    now: EpochMs,
  ): boolean {
    const wanted = history.wanted.get(interval);
    const stretch = wanted?.next(now);
    if (wanted === undefined || stretch === undefined) return false;
    const asked = wanted.ask(stretch, now);
    const why = `history: bars of ${interval} from ${isoTime(asked.from)} through ${isoTime(asked.through)}`;
    const candles = { interval, ...asked };
    const isPut = this.options.need({
      kind: 'candles',
      wire,
      connection: undefined,
      symbol: symbolOf(id),
      candles,
      why,
    });
    if (!isPut) history.giveUp(interval);
    else this.asked += 1;
    if (isPut && wanted.repeats === 1) this.warn(id, interval, stretch);
    return isPut;
  }

  private warn(instrumentId: InstrumentId, interval: HistoryInterval, { from, through }: Stretch): void {
    this.options.log.warn('candles not told', {
      instrumentId,
      interval,
      from: isoTime(from),
      through: isoTime(through),
      why: `no answer that could be read came within ${PATIENCE_MS / MINUTE_MS} minutes`,
      next: 'asked again, each time after a longer wait',
    });
  }
}

const questionsUnderWay = (
  some: Iterable<readonly [InstrumentId, InstrumentHistory]>,
  now: EpochMs,
): number => {
  let count = 0;
  for (const [, { wanted }] of some) for (const one of wanted.values()) if (one.isAsked(now)) count += 1;
  return count;
};
