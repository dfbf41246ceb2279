import * as z from 'zod';
import { parseJson } from '../json-fields.ts';

/** The API is undocumented: these are shapes seen, so whatever a game can do without may be absent, null or odd. */

/** A field that may be missing; of a kind that was not seen, it counts as missing too. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined);

/** `"21"`, `21` or `{"value": 21, "displayValue": "21"}`, by endpoint; absent or null before the start. */
const wireScore = z.union([
  z.string(),
  z.number(),
  z.object({ value: maybe(z.number()), displayValue: maybe(z.string()) }),
]);

/** Ids are texts, in some places numbers. */
const wireId = z.union([z.string(), z.number()]).transform(String);

/** Whatever it is worth: one that cannot be is no missing one. */
const anyNumber = z.custom<number>((value) => typeof value === 'number');

const wireStatus = z.object({
  clock: maybe(anyNumber),
  period: maybe(anyNumber),
  type: z.object({
    name: z.string(),
    state: maybe(z.string()),
    completed: maybe(z.boolean()),
    description: maybe(z.string()),
    detail: maybe(z.string()),
    shortDetail: maybe(z.string()),
  }),
});

const wireCompetitor = z.object({
  homeAway: z.string(),
  score: wireScore.nullish(),
  team: z.object({
    id: maybe(wireId),
    abbreviation: z.string(),
    displayName: maybe(z.string()),
  }),
});

const wireSituation = z.looseObject({
  possession: maybe(wireId),
  lastPlay: maybe(
    z.object({
      text: maybe(z.string()),
      probability: maybe(z.object({ homeWinPercentage: maybe(z.number()) })),
    }),
  ),
});

const wireCompetition = z.object({
  date: maybe(z.string()),
  neutralSite: maybe(z.boolean()),
  competitors: z.array(wireCompetitor),
  /** Here or on the event; some answers have it only on one of them. */
  status: maybe(wireStatus),
  situation: maybe(wireSituation),
});

export const wireEvent = z.object({
  id: wireId,
  date: maybe(z.string()),
  season: maybe(z.object({ type: maybe(z.int()) })),
  status: maybe(wireStatus),
  competitions: z.array(wireCompetition).min(1),
});

export type WireScore = z.output<typeof wireScore>;
export type WireStatus = z.output<typeof wireStatus>;
export type WireCompetitor = z.output<typeof wireCompetitor>;
export type WireSituation = z.output<typeof wireSituation>;
export type WireCompetition = z.output<typeof wireCompetition>;
export type WireEvent = z.output<typeof wireEvent>;

/** The events of a scoreboard, each still unread: one that is broken must not cost the others. */
export type WireScoreboard =
  | { readonly kind: 'events'; readonly events: readonly unknown[] }
  | { readonly kind: 'refused'; readonly detail: string };

/** More than so many of a hundred events without competitors mean that the answer has another shape than we know. */
const DRIFT_PERCENT_MAX = 20;

/** Finds the events of an answer, or says why its shape is not the known one. Never throws. */
export function parseScoreboard(text: string): WireScoreboard {
  const value = parseJson(text);
  if (value === undefined) return refused(`not JSON, it begins with '${text.slice(0, 40)}'`);
  const events = typeof value === 'object' && value !== null && 'events' in value ? value.events : undefined;
  if (!Array.isArray(events))
    return refused('events: is not a list; the answer has another shape than known');
  const without = events.filter((event) => !hasCompetitors(event)).length;
  if (without * 100 > events.length * DRIFT_PERCENT_MAX)
    return refused(`events: ${without} of ${events.length} have no competitors; the shape has changed`);
  return { kind: 'events', events };
}

const refused = (detail: string): WireScoreboard => ({ kind: 'refused', detail });

const competitorsOf = z.object({
  competitions: z.tuple([z.object({ competitors: z.array(z.unknown()).min(1) })]).rest(z.unknown()),
});
const hasCompetitors = (event: unknown): boolean => competitorsOf.safeParse(event).success;
