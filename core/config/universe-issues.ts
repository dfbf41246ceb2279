import type { ConfigIssue } from './desk-config.ts';
import type { RawUniverse } from './universe-schema.ts';
import type { RawVenues } from './venues-schema.ts';

/** What is wrong with rules beside each other: reasons name a rule, so names differ; and a venue is reached as the file says. */
export function universeIssues({
  universe: { rules },
  venues,
}: {
  readonly universe: RawUniverse;
  readonly venues: RawVenues;
}): readonly ConfigIssue[] {
  return rules.flatMap(({ name, venue }, i): ConfigIssue[] => {
    const path = `universe.rules[${i}]`;
    const isTwice = rules.findIndex((other) => other.name === name) < i;
    return [
      ...(isTwice
        ? [{ path: `${path}.name`, message: `'${name}' is used twice; names of rules must differ` }]
        : []),
      ...(venues[venue] === undefined
        ? [{ path: `${path}.venue`, message: `is ${venue}, which is not under 'venues'` }]
        : []),
    ];
  });
}
