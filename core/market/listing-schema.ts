import * as z from 'zod/mini';
import { epochMsSchema, instrumentSchema } from '../schemas.ts';
import { LEAGUES } from './game.ts';
import type { Listing } from './listing.ts';
import type { TeamLabel } from './market-to-join.ts';

const textOrNull = z.nullable(z.string());
const team: z.ZodMiniType<TeamLabel, unknown> = z.object({ code: textOrNull, name: textOrNull });

/** An entry of a venue's catalogue as it is stored. */
export const listingSchema: z.ZodMiniType<Listing, unknown> = z.object({
  instrument: instrumentSchema,
  tradable: z.boolean(),
  status: z.string(),
  title: z.string(),
  volume24h: textOrNull,
  bestBid: textOrNull,
  bestAsk: textOrNull,
  depth: textOrNull,
  fees: z.nullable(
    z.object({
      model: z.enum(['proportional', 'quadratic']),
      makerBps: textOrNull,
      takerBps: textOrNull,
      detail: z.string(),
    }),
  ),
  game: z.nullable(
    z.object({
      eventId: z.string(),
      league: z.enum(LEAGUES),
      teams: z.tuple([team, team]),
      date: textOrNull,
      startsAt: z.nullable(epochMsSchema),
    }),
  ),
  expectedAt: z.optional(epochMsSchema),
});
