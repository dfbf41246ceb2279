import { describe, expect, test } from 'vitest';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { DAY_MS, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { readVenueKeys } from '../../../local/cli/venue-keys.ts';
import { AnswerCache } from '../../../local/venue-simulator/answer-cache.ts';
import { CatalogueScript, EmptyLists, play } from '../../../local/venue-simulator/catalogue-script.ts';
import { CONTRACT_VENUES } from '../../../local/venue-simulator/contract-venues.ts';
import { easternParts } from '../../../local/venue-simulator/eastern-text.ts';
import { indexCents } from '../../../local/venue-simulator/index-price.ts';
import { maintenanceEnd, weekPartAt } from '../../../local/venue-simulator/kalshi-hours.ts';
import { limitOf, pageOf, partsOf } from '../../../local/venue-simulator/page-of.ts';
import { SimConnection } from '../../../local/venue-simulator/sim-connection.ts';
import { json } from '../../../local/venue-simulator/sim-dialect.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { WindowClock } from '../../../local/venue-simulator/window-clock.ts';
import { signedHeaders } from './contract-client.ts';
import { RecordingPeer } from './recording-peer.ts';
import { START } from './sim-world.ts';

test('windows come once each, so long before they open, beginning with the one that runs', () => {
  const quarters = { rolling: { lengthMs: 900, aheadMs: 900 } };
  const hours = { rolling: { lengthMs: 3_600, aheadMs: 0 } };
  const clock = new WindowClock([quarters, hours, { rolling: null }], epochMs(4_000));
  const due = (now: number) =>
    clock
      .due(epochMs(now))
      .map(({ series, opensAt }) => `${series === hours ? 'hour' : 'quarter'} ${opensAt}`);
  expect([due(4_000), due(4_499), due(4_500), due(7_200)]).toEqual([
    ['quarter 3600', 'quarter 4500', 'hour 3600'],
    [],
    ['quarter 5400'],
    ['quarter 6300', 'quarter 7200', 'quarter 8100', 'hour 7200'],
  ]);
});

test('a script gives each action once, when it is due, in the order of their moments', () => {
  const script = new CatalogueScript(
    [
      { atMs: 20, n: 2 },
      { atMs: 10, n: 1 },
      { atMs: 30, n: 3 },
    ],
    1_000,
  );
  expect([1_009, 1_020, 1_020, 5_000].map((now) => script.due(now).map(({ n }) => n))).toEqual([
    [],
    [1, 2],
    [],
    [3],
  ]);
});

test('what a script says of a catalogue is done by whoever keeps it', () => {
  const done: string[] = [];
  const keeper = {
    empties: new EmptyLists(),
    create: (plan: string) => void done.push(`create ${plan}`),
    delist: (symbol: string) => void done.push(`delist ${symbol}`),
    hurry: (series: string) => void done.push(`hurry ${series}`),
  };
  play({ kind: 'list', atMs: 0, plan: 'A' }, keeper, START);
  play({ kind: 'delist', atMs: 0, symbol: 'A' }, keeper, START);
  play({ kind: 'roll', atMs: 0, series: 'S' }, keeper, START);
  play({ kind: 'empty', atMs: 0, forMs: 1_000, series: 'S' }, keeper, START);
  expect(done).toEqual(['create A', 'delist A', 'hurry S']);
  expect([999, 1_000].map((ms) => keeper.empties.isEmpty('S', START + ms))).toEqual([true, false]);
});

test('lists are empty for a series, or for all, until a moment', () => {
  const lists = new EmptyLists();
  lists.empty('a', 10);
  expect([
    lists.isEmpty('a', 9),
    lists.isEmpty('a', 10),
    lists.isEmpty('b', 9),
    lists.isEmpty(undefined, 9),
  ]).toEqual([true, false, false, false]);
  lists.empty(undefined, 20);
  expect([lists.isEmpty('b', 19), lists.isEmpty(undefined, 19), lists.isEmpty('b', 20)]).toEqual([
    true,
    true,
    false,
  ]);
});

test('an answer is kept for a while with its age, a refusal is not', () => {
  const cache = new AnswerCache(5_000);
  let made = 0;
  const ask = (question: string, now: number, status = 200) =>
    cache.get(question, now, () => {
      made += 1;
      return json(`${made}`, status);
    });
  expect(
    [ask('a', 0), ask('a', 4_999), ask('b', 4_999), ask('a', 5_000)].map(({ body, headers }) => [
      body,
      headers['age'],
    ]),
  ).toEqual([
    ['1', '0'],
    ['1', '4'],
    ['2', '0'],
    ['3', '0'],
  ]);
  expect([ask('c', 5_000, 404), ask('c', 5_000)].map(({ status }) => status)).toEqual([404, 200]);
});

describe('the week of the exchange', () => {
  /** Thursday, 00:00 Eastern time: four hours behind in summer, five in winter. */
  const SUMMER = Date.parse('2026-09-24T04:00:00Z');
  const WINTER = Date.parse('2026-12-03T05:00:00Z');
  test.each([
    { at: SUMMER + 3 * HOUR_MS - 1, part: 'open' },
    { at: SUMMER + 3 * HOUR_MS, part: 'maintained' },
    { at: SUMMER + 4 * HOUR_MS, part: 'deployed' },
    { at: SUMMER + 5 * HOUR_MS - 1, part: 'deployed' },
    { at: SUMMER + 5 * HOUR_MS, part: 'open' },
    { at: SUMMER + DAY_MS + 3 * HOUR_MS, part: 'open' },
    { at: WINTER + 3 * HOUR_MS - 1, part: 'open' },
    { at: WINTER + 3 * HOUR_MS, part: 'maintained' },
  ])('is $part at $at', ({ at, part }) => {
    expect(weekPartAt(epochMs(at))).toBe(part);
  });

  test('has maintenance until five', () => {
    expect(maintenanceEnd(epochMs(SUMMER + 3 * HOUR_MS + MINUTE_MS))).toBe(SUMMER + 5 * HOUR_MS);
  });
});

test('pages follow each other by the name of their last row', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'];
  const page = (cursor: string | null) => pageOf(rows, { cursor, limit: 2 }, (row) => row);
  expect([page(null), page('b'), page('d'), page('gone')]).toEqual([
    { rows: ['a', 'b'], next: 'b' },
    { rows: ['c', 'd'], next: 'd' },
    { rows: ['e'], next: null },
    { rows: ['a', 'b'], next: 'b' },
  ]);
  expect([null, '7', '0', 'x', '900'].map((text) => limitOf(text, 20, 100))).toEqual([20, 7, 20, 20, 100]);
  expect([null, '', 'a,,b'].map(partsOf)).toEqual([[], [], ['a', 'b']]);
});

test('moments are written as clocks on the US East coast show them', () => {
  expect(easternParts(epochMs(Date.parse('2026-09-26T23:00:00Z')))).toEqual({
    year: '26',
    month: 'SEP',
    day: '26',
    hour: '19',
    minute: '00',
  });
});

test('an index stands at the same price whoever asks, and moves', () => {
  const at = (n: number) => indexCents('BTC', plusMs(START, n * MINUTE_MS));
  const prices = Array.from({ length: 60 }, (_, n) => at(n));
  expect(prices).toEqual(Array.from({ length: 60 }, (_, n) => at(59 - n)).toReversed());
  expect(new Set(prices).size).toBeGreaterThan(30);
});

test('a game has the names that each source gives it', () => {
  const { home, away } = fixture('nfl', { gameId: '1', startsAt: START, home: 'JAX', away: 'WAS' });
  expect([home.espn, home.kalshi, home.polymarket, away.espn, away.kalshi, away.polymarket]).toEqual([
    'JAX',
    'JAC',
    'jac',
    'WSH',
    'WAS',
    'wsh',
  ]);
  expect(() => fixture('nfl', { gameId: '1', startsAt: START, home: 'XYZ', away: 'WAS' })).toThrow(
    "no nfl team has the code 'XYZ'",
  );
});

describe('started for people', () => {
  const HOSTS = { ws: 'ws://127.0.0.1:1', rest: 'http://127.0.0.1:1' };
  const start = (name: string) => {
    const started = CONTRACT_VENUES[name]?.({ seed: 7, timers: systemTimers, stepMs: 100, faults: [] });
    if (started === undefined) throw new Error(`no ${name}`);
    return started;
  };

  test('Kalshi tells its addresses, and a key that opens its stream', ({ onTestFinished }) => {
    const { venue, settings } = start('kalshi');
    onTestFinished(() => venue.stop());
    const text = settings(HOSTS);
    expect(text).toContain(
      'ws: ws://127.0.0.1:1/trade-api/ws/v2\n      rest: http://127.0.0.1:1/trade-api/v2\n',
    );
    const environment = Object.fromEntries(
      [...text.matchAll(/^(DECKLE_\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [name, value]),
    );
    const { kalshi } = readVenueKeys(environment);
    if (kalshi === undefined) throw new Error('no key');
    const headers = signedHeaders(kalshi, venue.now());
    const answer = venue.accept(new RecordingPeer(), { url: new URL('ws://x/trade-api/ws/v2'), headers });
    expect(answer).toBeInstanceOf(SimConnection);
  });

  test('Polymarket tells where its stream and its services are', ({ onTestFinished }) => {
    const { venue, settings } = start('polymarket');
    onTestFinished(() => venue.stop());
    expect(settings(HOSTS)).toBe(
      'In the configuration:\n\nvenues:\n  polymarket:\n    hosts:\n      ws: ws://127.0.0.1:1/ws/market\n      rest: http://127.0.0.1:1\n',
    );
  });

  test('scores tell where they are', ({ onTestFinished }) => {
    const { venue, settings } = start('espn');
    onTestFinished(() => venue.stop());
    expect(settings(HOSTS)).toBe(
      'In the configuration:\n\nscores:\n  leagues: [nfl, nba, nhl, mlb]\n  host: http://127.0.0.1:1\n',
    );
  });
});
