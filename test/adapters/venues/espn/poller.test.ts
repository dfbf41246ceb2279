import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANSWER_BYTES_MAX } from '../../../../adapters/venues/espn/mapper.ts';
import { isFrame } from '../../../../adapters/venues/frame-source.ts';
import { AnswerTooLarge } from '../../../../adapters/venues/session/transport.ts';
import { LEAGUES } from '../../../../core/market/game.ts';
import { epochMs, plusMs } from '../../../../core/time.ts';
import { utc } from '../../../core/market/sample-games.ts';
import { seeded } from '../../../support/random.ts';
import type { ScoreReply } from '../../../support/score-host.ts';
import { NBA_LIVE, NFL_LIVE, scoreboard, starting, withStatus } from './samples.ts';
import { openWorld, START, type WorldOptions } from './score-world.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
/** What a question and its answer take. */
const TRIP = 40;

const SITE = 'https://site.api.espn.com/apis/site/v2/sports';
const URL = `${SITE}/football/nfl/scoreboard?dates=20261003-20261004&limit=200`;
const LIVE = scoreboard(NFL_LIVE);
const FINAL = scoreboard(withStatus({ name: 'STATUS_FINAL', state: 'post', completed: true }));
/** Football that starts so many minutes after the beginning. */
const aheadBy = (minutes: number): string => {
  const date = new Date(START + minutes * MINUTE).toISOString().slice(0, 16);
  const ahead = withStatus({ name: 'STATUS_SCHEDULED', state: 'pre', period: 0 });
  return scoreboard(ahead.replaceAll('2026-10-04T17:00Z', `${date}Z`));
};
const live = (options: WorldOptions = {}) =>
  openWorld({
    ...options,
    host: (host) => {
      host.boards.set('nfl', LIVE);
      options.host?.(host);
    },
  });

test('asks for yesterday and today at once, as a caller with a name, and gives the answer to the reader', () => {
  const { host, items, updates, pass } = live();
  pass(TRIP);
  expect(host.questions).toEqual([
    {
      at: START,
      league: 'nfl',
      request: {
        method: 'GET',
        url: URL,
        headers: { accept: 'application/json', 'user-agent': 'deckle', 'cache-control': 'max-age=600' },
        timeoutMs: 5_000,
        bytesMax: 8 * 1_024 * 1_024,
      },
    },
  ]);
  expect(items).toEqual([
    {
      wire: 'espn',
      receivedAt: plusMs(START, TRIP),
      channel: 'rest:scoreboard:nfl',
      raw: LIVE,
      url: URL,
      connection: 'poll',
    },
  ]);
  expect(updates.map(({ kind, at, game }) => [kind, at - START, game.gameId])).toEqual([
    ['new', TRIP, '401772001'],
  ]);
});

test('asks its leagues one after the other, never two at once', () => {
  const world = openWorld({ leagues: LEAGUES });
  world.pass(MINUTE);
  expect(world.host.questions.map(({ league, at }) => [league, at - START])).toEqual([
    ['nfl', 0],
    ['nba', TRIP],
    ['nhl', 2 * TRIP],
    ['mlb', 3 * TRIP],
  ]);
  expect(world.host.underWayMost).toBe(1);
});

test.each([
  ['a game is being played', LIVE, 10 * SECOND],
  ['a game starts in 29 minutes', aheadBy(29), MINUTE],
  ['a game starts in two hours', aheadBy(120), 10 * MINUTE],
] as const)('while %s, the next question comes %3$s ms after the answer', (_what, board, everyMs) => {
  const world = openWorld({ host: (host) => host.boards.set('nfl', board) });
  world.pass(TRIP + everyMs - 1);
  expect(world.asked('nfl')).toEqual([0]);
  world.pass(1);
  expect(world.asked('nfl')).toEqual([0, TRIP + everyMs]);
});

test('a game moves from rarely to often by itself, and back when it is over', () => {
  const world = openWorld({ host: (host) => host.boards.set('nfl', aheadBy(60)) });
  const gaps = (from: number) =>
    world
      .asked('nfl')
      .slice(from)
      .map((at, n, all) => Math.round((at - (all[n - 1] ?? at)) / SECOND))
      .slice(1);
  world.pass(61 * MINUTE);
  // Every ten minutes, and each minute from half an hour before.
  expect(gaps(0)).toEqual([600, 600, 600, ...Array(30).fill(60)]);
  world.host.boards.set('nfl', LIVE);
  const begun = world.asked('nfl').length;
  world.pass(3 * MINUTE);
  expect(new Set(gaps(begun))).toEqual(new Set([10]));
  world.host.boards.set('nfl', FINAL);
  const over = world.asked('nfl').length;
  world.pass(30 * MINUTE);
  expect(gaps(over)).toEqual([10, 600, 600]); // once more, to see it twice
  expect(world.updates.at(-1)).toMatchObject({ kind: 'final', game: { status: 'final' } });
});

test('without games the schedule is read at six in the morning, Eastern', () => {
  const world = openWorld({ start: utc('2026-07-20T12:00Z') });
  world.pass(3 * 24 * HOUR);
  expect(world.host.questions.map(({ at }) => new Date(at).toISOString())).toEqual([
    '2026-07-20T12:00:00.000Z',
    '2026-07-21T10:00:30.000Z', // and half a minute of spread
    '2026-07-22T10:00:30.000Z',
    '2026-07-23T10:00:30.000Z',
  ]);
});

test('a scoreboard that did not change is not sent again, and counts as a poll', () => {
  const world = live();
  world.pass(65 * SECOND);
  const tags = world.host.questions.map(({ request }) => request.headers?.['if-none-match'] !== undefined);
  expect(tags).toEqual([false, ...Array(6).fill(true)]);
  expect(world.frames().map(({ channel, raw }) => [channel, raw.length])).toEqual([
    ['rest:scoreboard:nfl', LIVE.length],
    ...Array(6).fill(['rest:scoreboard-unchanged:nfl', 0]),
  ]);
  expect(world.updates.map(({ kind }) => kind)).toEqual(['new', 'heartbeat']);
  expect(world.poller.scores()[0]).toMatchObject({
    polls: 7,
    answers: 7,
    answersUnchanged: 6,
    pollsFailed: 0,
  });
});

test('a result that is seen twice is final, also when the second answer is only that nothing changed', () => {
  const world = openWorld({ host: (host) => host.boards.set('nfl', FINAL) });
  world.pass(TRIP);
  expect(world.updates).toEqual([]);
  world.pass(10 * SECOND + TRIP);
  expect(world.frames().at(-1)?.raw).toBe('');
  expect(world.updates.map(({ kind, at }) => [kind, world.since(at)])).toEqual([
    ['final', 2 * TRIP + 10 * SECOND],
  ]);
});

test('another Eastern day is another address, whose tag is not known', () => {
  const world = live({ start: utc('2026-10-05T03:59:45Z') });
  world.pass(25 * SECOND);
  const asked = world.host.questions.map(({ request }) => [
    /dates=[\d-]+/.exec(request.url)?.[0],
    request.headers?.['if-none-match'] !== undefined,
  ]);
  expect(asked).toEqual([
    ['dates=20261003-20261004', false],
    ['dates=20261003-20261004', true],
    ['dates=20261004-20261005', false],
  ]);
});

test.each([
  ['no longer than it is', 'max-age=7', undefined, 10 * SECOND],
  ['as long as it is good', 'public, max-age=30', undefined, 30 * SECOND],
  ['less what it had lain in a cache', 'max-age=30', '12', 18 * SECOND],
  ['an hour at most', 'max-age=999999', undefined, HOUR],
] as const)('waits %s: %s', (_what, control, age, waitMs) => {
  const headers = { 'cache-control': control, ...(age !== undefined && { age }) };
  const world = live({ host: (host) => Object.assign(host, { headers }) });
  world.pass(2 * HOUR);
  expect(world.asked('nfl').slice(0, 2)).toEqual([0, TRIP + waitMs]);
});

const failures: readonly (readonly [what: string, reply: ScoreReply, why: string])[] = [
  ['no network', new Error('getaddrinfo ENOTFOUND'), 'nfl/scoreboard: getaddrinfo ENOTFOUND'],
  ['no answer', 'hang', 'nfl/scoreboard: no answer within 5000 ms'],
  ['too much', new AnswerTooLarge('its answer has more than 8 bytes'), 'more than 8 bytes'],
  ['a server in trouble', { status: 503, body: 'try later' }, 'nfl/scoreboard: HTTP 503 try later'],
  ['a redirect', { status: 302 }, 'nfl/scoreboard: HTTP 302'],
  ['a firewall', { status: 403 }, 'site.api.espn.com refuses us with HTTP 403'],
  ['an uncalled-for 304', { status: 304 }, 'nfl/scoreboard: HTTP 304'],
  ['a page', { body: '<html>' }, "nfl/scoreboard: not JSON, it begins with '<html>'"],
  ['nothing', { body: '' }, "nfl/scoreboard: not JSON, it begins with ''"],
  [
    'another shape',
    { body: '{"events":{}}' },
    'events: is not a list; the answer has another shape than known',
  ],
];

test.each(failures)(
  '%s is a failure that says why, and the third one makes the league stale',
  (_what, reply, why) => {
    const world = live({ host: (host) => Object.assign(host, { answer: () => reply }) });
    world.pass(20 * MINUTE);
    // 15 s after the first answer, then twice as long each time.
    const tookMs = reply === 'hang' ? 5_000 : TRIP;
    const waits = world
      .asked('nfl')
      .map((at, n, all) => (at - (all[n - 1] ?? 0)) / SECOND - (n > 0 ? tookMs / SECOND : 0));
    expect(waits).toEqual([0, 15, 30, 60, 120, 240, 480]);
    expect(world.poller.scores()).toEqual([
      {
        league: 'nfl',
        games: null,
        inPlay: null,
        answeredAt: null,
        answerAgeMs: null,
        stale: true,
        failures: 7,
        failedBecause: expect.stringContaining(why),
        nextPollAt: expect.any(Number),
        polls: 7,
        answers: 0,
        answersUnchanged: 0,
        pollsFailed: 7,
      },
    ]);
    expect(world.said).toEqual([
      expect.stringContaining(`nfl: poll failed: `),
      expect.stringMatching(/^nfl: scores are out of date, none came yet: /),
    ]);
    expect(world.said.every((one) => one.includes(why))).toBe(true);
    expect(world.updates).toEqual([]);
  },
);

test.each(failures)('after %s the league goes on as before', (_what, reply) => {
  const world = live({ host: (host) => Object.assign(host, { hasTags: false }) });
  world.pass(MINUTE);
  world.host.answer = () => reply;
  world.pass(20 * MINUTE);
  expect(world.poller.scores()[0]).toMatchObject({ stale: true, games: 1, inPlay: 1 });
  world.host.answer = () => undefined;
  world.pass(13 * MINUTE);
  const [status] = world.poller.scores();
  expect(status).toMatchObject({ stale: false, failures: 0, failedBecause: null });
  expect((status?.nextPollAt ?? 0) - world.timers.now()).toBeLessThanOrEqual(10 * SECOND);
  expect(world.said.at(-1)).toBe('nfl: scores come again');
  expect(world.updates.map(({ kind }) => kind).filter((kind) => kind !== 'heartbeat')).toEqual(['new']);
});

test('what cannot be read goes to the reader, which counts it; what says no does not', () => {
  const world = live({
    host: (host) =>
      Object.assign(host, {
        answer: (_: string, n: number) => (n === 1 ? { body: '<html>' } : { status: 500, body: '<html>' }),
      }),
  });
  world.pass(MINUTE);
  expect(world.frames().map(({ raw }) => raw)).toEqual(['<html>']);
  expect(world.reader.frames).toEqual({ frames: 1, malformed: 1, venueErrors: 0, unfollowed: 0 });
});

test('a league out of date is told once, as an outage too, and once when all are back', () => {
  const world = live({ leagues: ['nfl', 'nba'] });
  world.host.boards.set('nba', scoreboard(starting(NBA_LIVE)));
  world.pass(MINUTE);
  world.host.answer = (league) => (league === 'nfl' ? { status: 500 } : undefined);
  world.pass(10 * MINUTE);
  world.host.answer = () => ({ status: 500 });
  world.pass(10 * MINUTE);
  world.host.answer = (league) => (league === 'nfl' ? { status: 500 } : undefined);
  world.pass(15 * MINUTE);
  expect(world.poller.status()).toMatchObject({ connected: false, channels: [{ mute: ['nfl'] }] });
  expect(world.outages.map(({ kind }) => kind)).toEqual(['begun']);
  world.host.answer = () => undefined;
  world.pass(15 * MINUTE);
  expect(world.outages.map(({ kind, outage }) => [kind, outage.symbols, outage.why])).toEqual([
    ['begun', ['nfl'], 'site.api.espn.com/apis/site/v2/sports/football/nfl/scoreboard: HTTP 500'],
    ['over', ['nfl'], 'site.api.espn.com/apis/site/v2/sports/football/nfl/scoreboard: HTTP 500'],
  ]);
  expect(world.said.filter((one) => !one.includes('poll failed')).map((one) => one.slice(0, 27))).toEqual([
    'nfl: scores are out of date',
    'nba: scores are out of date',
    'nba: scores come again',
    'nfl: scores come again',
  ]);
});

test('an outage is told when polls have failed for a minute, not when a league is out of date', () => {
  const world = live();
  world.pass(MINUTE);
  const asked = world.asked('nfl').length;
  world.host.answer = () => ({ status: 500 });
  world.pass(SECOND * 10);
  const failed = world.asked('nfl')[asked] ?? 0;
  // The third failure comes after 15 and 30 s more, the fourth a minute later.
  world.pass(failed + TRIP + MINUTE - 1 - world.since(world.timers.now()));
  expect([world.poller.scores()[0]?.stale, world.outages]).toEqual([true, []]);
  world.pass(1);
  expect(world.outages.map(({ kind, at }) => [kind, at - failed])).toEqual([['begun', MINUTE + TRIP]]);
});

test('a poller that is stopped within the minute tells no outage any more', () => {
  const world = live({ host: (host) => Object.assign(host, { answer: () => ({ status: 500 }) }) });
  world.pass(50 * SECOND);
  expect(world.poller.scores()[0]).toMatchObject({ stale: true, failures: 3 });
  world.poller.stop();
  world.pass(10 * MINUTE);
  expect(world.outages).toEqual([]);
});

test('a host that says it is too much is left alone by all leagues for as long as it asks', () => {
  const world = live({
    leagues: ['nfl', 'nba'],
    host: (host) => {
      host.answer = (league, n) =>
        league === 'nfl' && n === 1 ? { status: 429, headers: { 'retry-after': '90' } } : undefined;
    },
  });
  world.pass(3 * MINUTE);
  expect(world.asked('nba')[0]).toBe(TRIP + 90 * SECOND);
  expect(world.asked('nfl').slice(0, 2)).toEqual([0, 2 * TRIP + 90 * SECOND]); // its turn is after basketball's
});

test('without a word how long, it is left alone for 15 seconds', () => {
  const world = live({
    leagues: ['nfl', 'nba'],
    host: (host) => {
      host.answer = (league) => (league === 'nfl' ? { status: 429 } : undefined);
    },
  });
  world.pass(30 * SECOND);
  expect(world.asked('nba')[0]).toBe(TRIP + 15 * SECOND);
});

test('leagues come and go while it runs, and the change is in the stream before their answers', () => {
  const world = live();
  world.host.boards.set('nba', scoreboard(starting(NBA_LIVE)));
  world.pass(30 * SECOND);
  const before = world.items.length;
  const polled = world.asked('nfl').length;
  world.poller.follow({ follow: ['nba', 'nba', 'epl'], unfollow: ['nfl', 'nhl'], detail: 'basketball' });
  world.pass(MINUTE);
  expect(world.items.slice(before).map((item) => (isFrame(item) ? item.channel : item))).toEqual([
    {
      wire: 'espn',
      receivedAt: plusMs(START, 30 * SECOND),
      follow: ['nba'],
      unfollow: ['nfl'],
      detail: 'basketball',
    },
    'rest:scoreboard:nba',
    ...Array(5).fill('rest:scoreboard-unchanged:nba'),
  ]);
  expect(world.asked('nfl')).toHaveLength(polled);
  expect(world.said).toEqual(["there are no scores of 'epl', only of nfl, nba, nhl, mlb"]);
  expect(world.poller.scores().map(({ league }) => league)).toEqual(['nba']);
});

test('a question about a league that leaves is taken back, and the next one goes at once', () => {
  const world = live({ leagues: ['nfl', 'nba'] });
  world.pass(10);
  world.poller.follow({ follow: [], unfollow: ['nfl'], detail: '' });
  expect(world.host.questions.map(({ league, at }) => [league, at - START])).toEqual([
    ['nfl', 0],
    ['nba', 10],
  ]);
  world.pass(MINUTE);
  expect(world.frames().every(({ channel }) => channel.endsWith('nba'))).toBe(true);
  expect(world.host.underWay).toBe(0);
});

test('what is followed before it starts is followed from the start', () => {
  const world = live({ leagues: [] });
  world.pass(MINUTE);
  world.poller.stop();
  world.poller.follow({ follow: ['nfl'], unfollow: [], detail: '' });
  expect(world.items).toEqual([]);
  world.poller.start(world.sink);
  world.pass(SECOND);
  expect(world.asked('nfl')).toEqual([MINUTE]);
});

test('lost frames are asked for anew, whole, ten seconds after the last question', () => {
  const world = live({ leagues: ['nfl', 'nba'], start: utc('2026-10-04T19:00Z') });
  world.pass(HOUR + 12 * SECOND);
  const [nfl, nba] = [world.asked('nfl').length, world.asked('nba').length];
  const lastAt = world.asked('nfl').at(-1) ?? 0;
  world.poller.interrupt();
  world.pass(9 * SECOND);
  // Basketball has no games today: it would be asked tomorrow.
  expect(world.asked('nba')).toHaveLength(nba + 1);
  expect(world.asked('nba').at(-1)).toBe(HOUR + 12 * SECOND);
  world.pass(SECOND);
  expect(world.asked('nfl').slice(nfl)).toEqual([lastAt + 10 * SECOND]);
  expect(world.host.questions.slice(-2).map(({ request }) => request.headers?.['if-none-match'])).toEqual([
    undefined,
    undefined,
  ]);
});

test('an answer under way when frames were lost is not used, and a league that fails keeps its distance', () => {
  const world = live();
  world.pass(10);
  world.poller.interrupt();
  world.pass(9 * SECOND);
  expect(world.frames()).toEqual([]);
  world.host.answer = () => ({ status: 500 });
  world.pass(2 * SECOND);
  expect(world.asked('nfl')).toEqual([0, 10 * SECOND]);
  world.poller.interrupt();
  world.pass(10 * SECOND);
  expect(world.asked('nfl')).toEqual([0, 10 * SECOND]);
  world.pass(5 * SECOND);
  expect(world.asked('nfl')).toEqual([0, 10 * SECOND, 25 * SECOND + TRIP]);
});

test('a feed that loses frames each second asks no more often for it', () => {
  const world = live();
  for (let n = 0; n < 60; n += 1) {
    world.poller.interrupt();
    world.pass(SECOND);
  }
  expect(world.asked('nfl')).toEqual([0, 10, 20, 30, 40, 50, 60].map((n) => n * SECOND));
});

test('when looking at the clock shows that time was lost, the answer at hand is not used', () => {
  const world = live();
  let isLost = true;
  world.poller.stop();
  world.poller.start({
    ...world.sink,
    stamp: () => {
      if (isLost) {
        isLost = false;
        world.poller.interrupt();
      }
      return world.timers.now();
    },
  });
  world.pass(SECOND);
  expect(world.frames()).toEqual([]);
  world.pass(10 * SECOND);
  expect(world.frames().map(({ channel }) => channel)).toEqual(['rest:scoreboard:nfl']);
  expect(world.host.underWayMost).toBe(1);
});

test('once stopped it asks and says nothing; started again it begins anew, at any clock', () => {
  const world = live();
  world.pass(MINUTE + 5);
  world.poller.stop();
  const [items, questions] = [world.items.length, world.host.questions.length];
  world.pass(HOUR);
  expect([world.items.length, world.host.questions.length]).toEqual([items, questions]);
  world.poller.start({ ...world.sink, stamp: () => epochMs(START - HOUR) });
  world.pass(25 * SECOND);
  expect(world.items.slice(items).map((item) => isFrame(item) && item.channel)).toEqual([
    'rest:scoreboard:nfl',
    'rest:scoreboard-unchanged:nfl',
    'rest:scoreboard-unchanged:nfl',
  ]);
});

test('a new start alone does not end an outage', () => {
  const world = live({ host: (host) => Object.assign(host, { answer: () => ({ status: 500 }) }) });
  world.pass(5 * MINUTE);
  world.poller.stop();
  world.poller.start(world.sink);
  world.pass(5 * MINUTE);
  expect(world.outages.map(({ kind }) => kind)).toEqual(['begun']);
  expect(world.said.filter((one) => one.includes('come again'))).toEqual([]);
  world.host.answer = () => undefined;
  world.pass(15 * MINUTE);
  expect(world.outages.map(({ kind }) => kind)).toEqual(['begun', 'over']);
});

test('says how it is, for health', () => {
  const headers = { date: new Date(START - 3_000).toUTCString(), age: '2' };
  const world = live({ leagues: ['nfl', 'nba'], host: (host) => Object.assign(host, { headers }) });
  expect(world.poller.status()).toMatchObject({ connected: false, since: START, trouble: null });
  world.pass(SECOND);
  expect(world.poller.scores()[0]).toEqual({
    league: 'nfl',
    games: 1,
    inPlay: 1,
    answeredAt: plusMs(START, TRIP),
    answerAgeMs: 3_000 + TRIP,
    stale: false,
    failures: 0,
    failedBecause: null,
    nextPollAt: plusMs(START, TRIP + 10 * SECOND),
    polls: 1,
    answers: 1,
    answersUnchanged: 0,
    pollsFailed: 0,
  });
  expect(world.poller.status()).toMatchObject({
    wire: 'espn',
    name: 'ESPN scores',
    connected: true,
    since: plusMs(START, 2 * TRIP),
    lastMessageAt: plusMs(START, 2 * TRIP),
    polling: ['nfl', 'nba'],
    trouble: null,
    channels: [{ channel: 'scoreboard', symbols: 2, shown: 2, mute: [] }],
    counts: { messages: 2, pollRounds: 2, pollsFailed: 0 },
  });
  expect(
    world.poller.need({ kind: 'snapshot', wire: 'espn', connection: 'poll', symbol: 'nfl', why: '' }),
  ).toBe(false);
});

const anyReply: fc.Arbitrary<ScoreReply | 'live' | 'soon' | 'none' | 'over'> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('live' as const, 'soon' as const, 'none' as const, 'over' as const),
  },
  { weight: 3, arbitrary: fc.constantFrom(...failures.map(([, reply]) => reply)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ status: 429 }, { status: 429, headers: { 'retry-after': '40' } }),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 60 }).map((body) => ({ body })) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 599 }).map((status) => ({ status, body: LIVE })) },
);

test('whatever a host answers, it is asked one thing at a time, decently, and again until it is well', () => {
  const boards: Record<string, string> = {
    live: LIVE,
    soon: aheadBy(20),
    none: scoreboard(),
    over: FINAL,
  };
  fc.assert(
    fc.property(fc.array(anyReply, { minLength: 1, maxLength: 40 }), fc.nat(), (replies, seed) => {
      const world = openWorld({
        leagues: LEAGUES,
        random: seeded(seed),
        host: (host) => {
          host.answer = () => {
            const reply = replies[host.questions.length % replies.length] ?? 'none';
            const body = typeof reply === 'string' ? boards[reply] : undefined;
            return body === undefined ? (reply as ScoreReply) : { body };
          };
        },
      });
      world.pass(HOUR);
      expect(world.host.underWayMost).toBe(1);
      for (const league of LEAGUES) {
        const gaps = world.asked(league).map((at, n, all) => at - (all[n - 1] ?? -HOUR));
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8 * SECOND);
      }
      world.host.answer = () => undefined;
      world.host.boards.set('nfl', LIVE);
      world.pass(15 * MINUTE);
      expect(world.poller.scores().filter(({ stale }) => stale)).toEqual([]);
      expect(world.frames().every(({ raw }) => raw.length <= ANSWER_BYTES_MAX)).toBe(true);
    }),
    { seed: 54, numRuns: 100 },
  );
});

test('the same answers give the same questions and items', () => {
  const run = () => {
    const world = live({ leagues: LEAGUES, random: seeded(5) });
    world.host.boards.set('nba', scoreboard(starting(NBA_LIVE)));
    world.pass(2 * HOUR);
    return [world.host.questions, world.items, world.updates];
  };
  expect(run()).toEqual(run());
});
