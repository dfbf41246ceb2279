import { type EpochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import type { KalshiMarket } from './kalshi-market.ts';

/** What the stream says of a market's life. */
export type LifeEvent =
  | 'created'
  | 'activated'
  | 'deactivated'
  | 'close_date_updated'
  | 'metadata_updated'
  | 'determined'
  | 'settled';

/** The body of a message about a market's life; its times are in seconds. */
export function lifecycleBody(market: KalshiMarket, event: LifeEvent, now: EpochMs): string {
  const { ticker, plan } = market;
  return JSON.stringify({
    event_type: event,
    market_ticker: ticker,
    ...detailsOf(market, event, now),
    exchange_index: plan.series.startsWith('KXBTC') ? 2 : 0,
  });
}

function detailsOf(market: KalshiMarket, event: LifeEvent, now: EpochMs): object {
  const { plan, opensAt, closesAt } = market;
  switch (event) {
    case 'created':
      return {
        open_ts: seconds(opensAt),
        close_ts: seconds(closesAt),
        price_level_structure: plan.structure,
        // The threshold is not known before the window opens.
        ...(plan.strike && { strike_type: plan.strike.kind }),
        additional_metadata: {
          event_ticker: plan.event,
          name: plan.eventTitle,
          title: plan.title,
          yes_sub_title: 'Target price: TBD',
          no_sub_title: 'TBD',
          rules_primary: plan.title,
          rules_secondary: '',
          can_close_early: true,
          expected_expiration_ts: seconds(plan.expectedAt ?? plusMs(closesAt, 5 * MINUTE_MS)),
        },
      };
    case 'metadata_updated':
      return {
        ...(plan.strike && { strike_type: plan.strike.kind, floor_strike: plan.strike.floor }),
        yes_sub_title: plan.outcome,
        additional_metadata: { event_ticker: plan.event, title: plan.title },
      };
    case 'close_date_updated':
      return { close_ts: seconds(closesAt) };
    case 'determined':
      return {
        result: plan.result,
        settlement_value: plan.settlementValue,
        determination_ts: seconds(now),
      };
    case 'settled':
      return { settled_ts: seconds(now) };
    case 'activated':
    case 'deactivated':
      return {};
  }
}

const seconds = (at: EpochMs): number => Math.floor(at / SECOND_MS);
