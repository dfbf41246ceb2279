import * as z from 'zod/mini';
import '../schema-words.ts';
import type { EpochMs } from '../time.ts';
import { type GameState, LEAGUES } from './game.ts';

const count = z.int().check(z.minimum(0));
const team = z.object({ code: z.string(), name: z.string(), score: count });

/** A game's state as it travels in windows and events and is stored. */
export const gameSchema: z.ZodMiniType<GameState, unknown> = z.object({
  league: z.enum(LEAGUES),
  gameId: z.string().check(z.minLength(1)),
  startsAt: z.pipe(
    count,
    z.transform((ms) => ms as EpochMs),
  ),
  easternDate: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date, YYYY-MM-DD')),
  home: team,
  away: team,
  status: z.enum(['pre', 'live', 'break', 'delayed', 'final', 'void']),
  period: count,
  clockSeconds: z.nullable(z.number()),
  fractionRemaining: z.nullable(z.number()),
  situation: z.nullable(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  neutralSite: z.boolean(),
  detail: z.string(),
  source: z.literal('espn'),
});
