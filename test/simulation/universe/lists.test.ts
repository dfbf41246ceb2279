import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/time.ts';
import { alertOf } from '../../../lambdas/alerts/alert-of.ts';
import type { FaultEffect } from '../../../local/venue-simulator/faults.ts';
import { listedVenue } from '../../../local/venue-simulator/listed-floor.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { mexcListings } from '../../../local/venue-simulator/spot-listings.ts';
import { LIST_CASES, type ListCase } from './list-cases.ts';
import { deskWith, openLists } from './list-world.ts';

const NAMES = Object.keys(LIST_CASES);
const caseOf = (name: string): ListCase => LIST_CASES[name] ?? expect.fail(`no case ${name}`);
const configOf = (name: string, ...rules: readonly object[]) =>
  deskWith(rules, { coinbase: name === 'coinbase-exchange' ? 'exchange' : 'advanced' });
const sorted = (...names: readonly (readonly string[])[]): readonly string[] => names.flat().toSorted();
/** Minutes of the looks. */
const LOOKS = [0, 5, 10, 15, 20];

describe.each(NAMES)('%s', (name) => {
  const { rule, first, added, open } = caseOf(name);

  test('what is added, removed, away altogether and back is followed and told, each with its reason', async () => {
    const world = openLists(configOf(name, rule), open);
    const seen: (readonly string[])[] = [];
    for (const minute of LOOKS) {
      await world.look(minute);
      seen.push(sorted(await world.members()));
    }
    expect(seen).toEqual([sorted(first), sorted(first, added), sorted(added), [], sorted(added)]);
    const news = await world.news();
    const [one, other] = [first.length, added.length];
    expect(news.map((event) => [event.size, event.added.length, event.removed.length])).toEqual([
      [one, one, 0],
      [one + other, other, 0],
      [other, 0, one],
      [0, 0, other],
      [other, other, 0],
    ]);
    expect(new Set(news[2]?.removed.map(({ reason }) => reason))).toEqual(
      new Set(['one: not_listed, its venue does not list it any more, or the rule is not about it']),
    );
  });

  test('an empty universe raises the alert, and the next instrument in it clears it', async () => {
    const world = openLists(configOf(name, rule), open);
    for (const minute of LOOKS) await world.look(minute);
    const alerts = (await world.news()).map((event) => alertOf(event, 'deckle'));
    const cleared = { kind: 'cleared', keys: ['universe/main'] };
    expect(alerts).toMatchObject([
      cleared,
      cleared,
      cleared,
      { kind: 'opened', key: 'universe/main', alert: 'empty_universe', severity: 'critical' },
      cleared,
    ]);
  });

  test.each([
    { kind: 'http_hang' },
    { kind: 'http', status: 503 },
    { kind: 'http', status: 429, retryAfterS: 30 },
    { kind: 'region' },
  ] as const satisfies readonly FaultEffect[])(
    'while it does not answer ($kind $status) nobody is dropped',
    async (effect) => {
      const fault = { ...effect, atMs: 4 * MINUTE_MS, forMs: 9 * MINUTE_MS };
      const world = openLists(configOf(name, rule), (timers) => open(timers, [fault]));
      const seen: unknown[] = [];
      for (const minute of LOOKS) {
        const findings = await world.look(minute);
        seen.push([sorted(await world.members()), findings?.catalogues.map(({ state }) => state)]);
      }
      expect(seen).toEqual([
        [sorted(first), ['read']],
        [sorted(first), ['kept']],
        [sorted(first), ['kept']],
        [[], ['read']],
        [sorted(added), ['read']],
      ]);
      expect((await world.news()).map(({ size }) => size)).toEqual([first.length, 0, added.length]);
    },
  );
});

test('of five venues one does not answer: its instruments stay, and the lists of the others count', async () => {
  const names = NAMES.filter((name) => name !== 'coinbase-exchange');
  const rules = names.map((name) => ({ ...caseOf(name).rule, name }));
  const down = { kind: 'http', status: 503, atMs: 4 * MINUTE_MS, forMs: 10 * MINUTE_MS } as const;
  for (const silent of names) {
    const world = openLists(
      configOf('', ...rules),
      ...names.map(
        (name) => (timers: Parameters<ListCase['open']>[0]) =>
          caseOf(name).open(timers, name === silent ? [down] : []),
      ),
    );
    await world.look(0);
    await world.look(5);
    const findings = await world.look(10);
    const expected = names.flatMap((name) => (name === silent ? caseOf(name).first : caseOf(name).added));
    expect([silent, sorted(await world.members())]).toEqual([silent, sorted(expected)]);
    expect(findings?.catalogues.filter(({ state }) => state !== 'read').map(({ venue }) => venue)).toEqual([
      silent,
    ]);
    expect([...world.transport.unknownHosts]).toEqual([]);
  }
});

test('an exchange that lists nothing at all has not answered: nobody is dropped', async () => {
  const { rule, first } = caseOf('mexc');
  const listings = mexcListings({ count: 1, stepMs: 20_000 });
  const world = openLists(configOf('mexc', rule), (timers) =>
    listedVenue({
      seed: 7,
      timers,
      dialect: mexcDialect,
      listings,
      actions: first.map((symbol) => ({ kind: 'delist', atMs: 4 * MINUTE_MS, symbol })),
    }),
  );
  await world.look(0);
  const findings = await world.look(5);
  expect([await world.members(), findings?.catalogues]).toMatchObject([
    first,
    [{ state: 'kept', trouble: 'mexc: its list holds no instrument that can be read' }],
  ]);
});
