import * as z from 'zod/mini';
import type { AccountId } from '../paper/order.ts';
import { amountSchema, epochMsSchema } from '../schemas.ts';
import type { DailyReport, LaneDay } from './daily.ts';

const laneDay: z.ZodMiniType<LaneDay, unknown> = z.object({
  equity: z.nullable(amountSchema),
  pnlDay: z.nullable(amountSchema),
  pnlCumulative: z.nullable(amountSchema),
  unrealized: z.nullable(amountSchema),
  realizedDay: amountSchema,
  feesDay: amountSchema,
  feesCumulative: amountSchema,
  fills: z.int(),
  makerFills: z.int(),
  drawdownBps: z.number(),
  drawdownMax: amountSchema,
});

export const dailyReportSchema: z.ZodMiniType<DailyReport, unknown> = z.object({
  accountId: z.pipe(
    z.string(),
    z.transform((text) => text as AccountId),
  ),
  day: z.string(),
  asOf: epochMsSchema,
  currency: z.string(),
  openingEquity: amountSchema,
  mode: z.enum(['active', 'reducing', 'halted']),
  lanes: z.object({ optimistic: laneDay, base: laneDay, pessimistic: laneDay }),
  signals: z.int(),
  accepted: z.int(),
  denied: z.int(),
  late: z.int(),
  denials: z.array(z.object({ rule: z.string(), count: z.int() })),
  rejected: z.int(),
  expired: z.int(),
  canceled: z.int(),
  openOrders: z.int(),
  blind: z.array(z.string()),
});
