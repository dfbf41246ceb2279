import type { HostStats } from '../../adapters/venues/session/rest-lane.ts';
import type { Money } from '../../core/amounts.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { QualityFlag } from '../../core/market/window.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { TradingMode } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import type { CandlesReport } from '../../fargate/candle-keeper.ts';
import type { InstrumentHealth } from '../../fargate/feed-health.ts';
import type { VenueHealth } from '../../fargate/venue-health.ts';

/** `warn`: works, but a person should look. `down`: does not do its work. */
export type PartStatus = 'ok' | 'warn' | 'down';

/** What a status page says of one part; `reason` is there when the part is not `ok`. */
export interface PartHealth {
  readonly status: PartStatus;
  readonly reason?: string;
}

/** The whole desk at a moment. Moments are event time but for the guard's; what is not known yet is null. */
export interface Health {
  readonly feeds: PartHealth & {
    readonly connected: boolean;
    /** Age of the newest frame when the newest window closed. */
    readonly freshnessMs: number | null;
    /** How old the newest window is by the clock of the process. */
    readonly windowAgeMs: number | null;
    /** Flags of the newest window over all instruments. */
    readonly quality: readonly QualityFlag[];
    readonly instruments: readonly Omit<InstrumentHealth, 'counts'>[];
    /** Connections by venue and channel, and REST hosts; empty where nothing is connected. */
    readonly venues: readonly VenueHealth[];
    readonly hosts: readonly HostStats[];
    /** The bars that are kept as history; null where none are. */
    readonly candles: CandlesReport | null;
  };
  readonly signals: PartHealth & { readonly lastEvaluation: EpochMs | null };
  readonly risk: PartHealth & {
    readonly mode: TradingMode;
    readonly accounts: readonly {
      readonly accountId: AccountId;
      readonly drawdownBps: number | null;
      readonly dailyPnl: Money | null;
      readonly exposure: Money | null;
    }[];
  };
  readonly fills: PartHealth & {
    readonly workingOrders: number;
    readonly lastFill: EpochMs | null;
    /** Decisions made late since the desk started; the target is zero. */
    readonly late: number;
  };
  readonly ledger: PartHealth & {
    readonly accounts: readonly {
      readonly accountId: AccountId;
      readonly equity: Money | null;
      readonly lastReconciliation: EpochMs | null;
      readonly discrepancies: number | null;
    }[];
  };
  readonly guard: PartHealth & {
    /** Wall clock of the liveness guard's newest sign of life. */
    readonly lastCheck: EpochMs | null;
  };
}

/** The worst status of all parts. */
export function overallStatus(health: Health): PartStatus {
  const all = Object.values(health).map((part: PartHealth) => part.status);
  return all.includes('down') ? 'down' : all.includes('warn') ? 'warn' : 'ok';
}

/** The health as JSON, the overall status first; amounts as decimal text. */
export const healthJson = (health: Health): string =>
  JSON.stringify(
    { status: overallStatus(health), ...health },
    (_, value: unknown) => (typeof value === 'bigint' ? formatUnits(value) : value),
    2,
  );
