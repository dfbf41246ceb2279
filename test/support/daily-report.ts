import { money } from '../../core/amounts.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { DailyReport, LaneDay } from '../../core/report/daily.ts';
import { epochMs } from '../../core/time.ts';

const lane: LaneDay = {
  equity: money('10012.5'),
  pnlDay: money('12.5'),
  pnlCumulative: null,
  unrealized: money('-0.00000001'),
  realizedDay: money('12.5'),
  feesDay: money('1'),
  feesCumulative: money('1'),
  fills: 2,
  makerFills: 1,
  drawdownBps: 3,
  drawdownMax: money('3'),
};
/** A day's report with amounts of every kind: whole, tiny, negative, unknown. */
export const report = (accountId: string, signals = 4): DailyReport => ({
  accountId: accountId as AccountId,
  day: '2026-11-21',
  asOf: epochMs(Date.UTC(2026, 10, 21, 23, 59)),
  currency: 'USDT',
  openingEquity: money('10000'),
  mode: 'active',
  lanes: { optimistic: lane, base: lane, pessimistic: lane },
  signals,
  accepted: 3,
  denied: 1,
  late: 0,
  denials: [{ rule: 'exposure', count: 1 }],
  rejected: 0,
  expired: 0,
  canceled: 0,
  openOrders: 0,
  blind: [],
});
