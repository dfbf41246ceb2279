import * as z from 'zod/mini';
import {
  accountIdSchema,
  amountSchema,
  epochMsSchema,
  instrumentIdSchema,
  laneAccountSchema,
  lanesOf,
  orderIdSchema,
  quantitySchema,
  signalIdSchema,
  strategyIdSchema,
} from '../schemas.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { LaneFold } from './folded-lane.ts';

const laneFoldSchema: z.ZodMiniType<LaneFold, unknown> = z.object({
  account: laneAccountSchema,
  positions: z.array(
    z.object({
      instrumentId: instrumentIdSchema,
      baseAsset: z.nullable(z.string()),
      quantity: quantitySchema,
      cost: amountSchema,
    }),
  ),
  reserved: z.array(z.object({ causeId: z.string(), amount: amountSchema })),
});

/** A checkpoint as stored. */
export const checkpointSchema: z.ZodMiniType<Checkpoint, unknown> = z.object({
  accountId: accountIdSchema,
  fullOn: epochMsSchema,
  cursor: z.object({ appliedThrough: epochMsSchema, version: z.int() }),
  lanes: lanesOf(laneFoldSchema),
  working: z.array(z.object({ orderId: orderIdSchema, signalId: signalIdSchema })),
  deciders: z.array(z.object({ strategyId: strategyIdSchema, instrumentId: instrumentIdSchema })),
});
