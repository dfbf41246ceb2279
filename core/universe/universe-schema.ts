import * as z from 'zod/mini';
import { LEAGUES } from '../market/game.ts';
import type { JoinCounts } from '../market/game-join.ts';
import { VENUES } from '../market/instrument.ts';
import type { Universe, UniverseFindings } from '../ports.ts';
import { epochMsSchema, feedIdSchema, instrumentIdSchema, instrumentSchema } from '../schemas.ts';
import { DENIALS } from './judge-listing.ts';
import type { BareGame, LeftContract, MatchedContract } from './universe-games.ts';

const count = z.int().check(z.minimum(0));
const changes = z.array(z.object({ instrumentId: instrumentIdSchema, reason: z.string() }));

/** The universe as it is stored. */
export const universeSchema: z.ZodMiniType<Universe, unknown> = z.object({
  feedId: feedIdSchema,
  members: z.array(
    z.object({ instrument: instrumentSchema, rule: z.string(), reason: z.string(), since: epochMsSchema }),
  ),
  changedAt: epochMsSchema,
  changes: count,
  added: changes,
  removed: changes,
});

const joinCounts: z.ZodMiniType<JoinCounts, unknown> = z.object({
  matched: count,
  unmatched: count,
  ambiguous: count,
});
const side = z.enum(['home', 'away']);
const matched: z.ZodMiniType<MatchedContract, unknown> = z.object({
  instrumentId: instrumentIdSchema,
  league: z.enum(LEAGUES),
  gameId: z.string(),
  sides: z.tuple([side, side]),
});
const left: z.ZodMiniType<LeftContract, unknown> = z.object({
  instrumentId: instrumentIdSchema,
  league: z.enum(LEAGUES),
  reason: z.enum([
    'unknown_team',
    'teams_disagree',
    'same_team',
    'no_time',
    'no_game',
    'other_date',
    'other_start',
    'several_games',
    'several_events',
  ]),
  detail: z.string(),
});

const bare: z.ZodMiniType<BareGame, unknown> = z.object({
  league: z.enum(LEAGUES),
  gameId: z.string(),
  away: z.string(),
  home: z.string(),
  startsAt: epochMsSchema,
});

/** What the newest look found, as it is stored. */
export const findingsSchema: z.ZodMiniType<UniverseFindings, unknown> = z.object({
  feedId: feedIdSchema,
  configHash: z.string(),
  at: epochMsSchema,
  size: count,
  rules: z.array(
    z.object({ rule: z.string(), words: z.string(), listed: z.nullable(count), members: count }),
  ),
  leftOut: z.array(
    z.object({
      rule: z.string(),
      reason: z.enum(DENIALS),
      count,
      examples: z.array(z.object({ instrumentId: instrumentIdSchema, detail: z.string() })),
    }),
  ),
  catalogues: z.array(
    z.object({
      venue: z.enum(VENUES),
      query: z.string(),
      state: z.enum(['read', 'kept', 'missing']),
      listings: count,
      readAt: z.nullable(epochMsSchema),
      storedAt: z.nullable(epochMsSchema),
      failingSince: z.nullable(epochMsSchema),
      trouble: z.nullable(z.string()),
    }),
  ),
  games: z.nullable(
    z.object({
      counts: z.object({ nfl: joinCounts, nba: joinCounts, nhl: joinCounts, mlb: joinCounts }),
      matched: z.array(matched),
      unmatched: z.array(left),
      ambiguous: z.array(left),
      // What was stored before games without a contract were counted says nothing of them.
      bareCounts: z._default(z.object({ nfl: count, nba: count, nhl: count, mlb: count }), {
        nfl: 0,
        nba: 0,
        nhl: 0,
        mlb: 0,
      }),
      bare: z._default(z.array(bare), []),
    }),
  ),
});
