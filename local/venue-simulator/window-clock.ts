import { beatAt, type EpochMs, plusMs } from '../../core/time.ts';

/** Windows that follow each other by the clock. */
export interface Recurring {
  readonly lengthMs: number;
  /** Each is made so long before it opens. */
  readonly aheadMs: number;
}

/** Which windows of recurring series are to be made: each once, beginning with the one that runs at the start. */
export class WindowClock<Series extends { readonly rolling: Recurring | null }> {
  private readonly nextOpens = new Map<Series, EpochMs>();

  constructor(series: readonly Series[], now: EpochMs) {
    for (const one of series)
      if (one.rolling !== null) this.nextOpens.set(one, beatAt(now, one.rolling.lengthMs));
  }

  /** Windows whose time to be made has come, the earlier one of a series first. */
  due(now: EpochMs): { readonly series: Series; readonly opensAt: EpochMs }[] {
    const windows: { series: Series; opensAt: EpochMs }[] = [];
    for (const [series, next] of this.nextOpens) {
      const { lengthMs = 0, aheadMs = 0 } = series.rolling ?? {};
      let opensAt = next;
      for (; opensAt - aheadMs <= now; opensAt = plusMs(opensAt, lengthMs)) windows.push({ series, opensAt });
      this.nextOpens.set(series, opensAt);
    }
    return windows;
  }
}
