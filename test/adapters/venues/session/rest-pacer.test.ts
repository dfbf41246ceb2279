import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Priority,
  RestFailure,
  type RestResult,
} from '../../../../adapters/venues/session/rest-lane.ts';
import { RestPacer } from '../../../../adapters/venues/session/rest-pacer.ts';
import { AnswerTooLarge } from '../../../../adapters/venues/session/transport.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../../support/random.ts';
import { type Reply, restRequest, ScriptedVenue } from '../../../support/scripted-venue.ts';

const LIMITS = { spacingMs: 1_000, burst: 2, weightPerMinute: 100 };

type Answer = (url: string, n: number) => Reply | Error | 'hang' | undefined;

function opened(answer: Answer = () => ({ body: 'fine' }), limits = LIMITS, random: () => number = () => 0) {
  const timers = new VirtualTimers(epochMs(0));
  const venue = new ScriptedVenue(timers, { latencyMs: 10, answer: ({ url }, n) => answer(url, n) });
  const pacer = new RestPacer({ transport: venue, timers, random });
  const log: string[] = [];
  const ask = (place: string, priority: Priority = 'poll', weight = 1): (() => void) =>
    pacer.ask({ request: restRequest(place), priority, weight, limits }, (result) =>
      log.push(`${place} ${words(result)} @${timers.now()}`),
    );
  const sent = (): string[] => venue.requests.map(({ at, what }) => `${what.url.split('/').at(-1)}@${at}`);
  return { timers, pacer, log, ask, sent, pass: (ms: number) => timers.runUntil(epochMs(timers.now() + ms)) };
}

const words = (result: RestResult): string =>
  result instanceof RestFailure ? `${result.reason}: ${result.message}` : `${result.status} ${result.body}`;

test('sends within the rate of the host, what was asked first first', () => {
  const { pass, ask, sent, log } = opened();
  for (const place of ['a', 'b', 'c', 'd']) ask(place);
  pass(10_000);
  expect(sent()).toEqual(['a@0', 'b@0', 'c@1000', 'd@2000']);
  expect(log).toEqual(['a 200 fine @20', 'b 200 fine @20', 'c 200 fine @1020', 'd 200 fine @2020']);
});

test('snapshots go before polls, polls before listings', () => {
  const { pass, ask, sent } = opened();
  ask('list1', 'discovery');
  ask('list2', 'discovery');
  ask('poll', 'poll');
  ask('book', 'snapshot');
  pass(10_000);
  expect(sent()).toEqual(['book@0', 'poll@0', 'list1@1000', 'list2@2000']);
});

test('keeps the weight of a minute within the budget', () => {
  const { pass, ask, sent } = opened();
  for (const place of ['a', 'b', 'c']) ask(place, 'poll', 50);
  pass(120_000);
  expect(sent()).toEqual(['a@0', 'b@0', 'c@60000']);
});

test('a request that never fits the budget fails in words', () => {
  const { pass, ask, log } = opened();
  ask('a', 'poll', 101);
  expect(log).toEqual([]);
  pass(0);
  expect(log).toEqual(['a too_large: rest.toy: a request of weight 101 never fits its limits @0']);
});

test('equal requests share one answer, as urgent as the most urgent of them', () => {
  const { pass, ask, sent, log } = opened();
  for (const place of ['x', 'y', 'a', 'b']) ask(place);
  ask('b', 'snapshot');
  pass(10);
  ask('x');
  pass(5_000);
  expect(sent()).toEqual(['b@0', 'x@0', 'y@1000', 'a@2000']);
  expect(log.map((line) => line.split(' @')[0])).toEqual([
    'b 200 fine',
    'b 200 fine',
    'x 200 fine',
    'x 200 fine',
    'y 200 fine',
    'a 200 fine',
  ]);
});

test('hosts do not wait for each other', () => {
  const { timers, pacer, log, pass } = opened();
  for (const host of ['one', 'two'])
    for (const n of [1, 2, 3])
      pacer.ask(
        {
          request: { ...restRequest('a'), url: `https://${host}/${n}` },
          priority: 'poll',
          weight: 1,
          limits: LIMITS,
        },
        () => log.push(`${host}${n}@${timers.now()}`),
      );
  pass(5_000);
  expect(log).toEqual(['one1@20', 'one2@20', 'two1@20', 'two2@20', 'one3@1020', 'two3@1020']);
});

test.each([
  {
    what: 'HTTP 500',
    reply: { status: 500, body: 'oops' },
    words: 'rest.toy/a: HTTP 500 oops, after 5 tries',
  },
  { what: 'HTTP 503', reply: { status: 503 }, words: 'rest.toy/a: HTTP 503, after 5 tries' },
  {
    what: 'a broken connection',
    reply: new Error('read ECONNRESET'),
    words: 'rest.toy/a: read ECONNRESET, after 5 tries',
  },
])('tries again 0.5, 1, 2 and 4 s after $what, then fails in words', ({ reply, words: why }) => {
  const { pass, ask, sent, log } = opened(() => reply);
  ask('a');
  pass(100_000);
  // Each try is over 20 ms after it was sent, which count as waited for.
  expect(sent()).toEqual(['a@0', 'a@520', 'a@1520', 'a@3520', 'a@7520']);
  expect(log).toEqual([`a gave_up: ${why} @7540`]);
});

test.each([
  { status: 429, headers: {} },
  { status: 429, headers: { 'retry-after': '3' } }, // less than our own
  { status: 418, headers: { 'retry-after': '3' } },
])('tries again 4, 8, 16 and 32 s after HTTP $status with $headers, then fails in words', (reply) => {
  const { pass, ask, sent, log } = opened(() => reply);
  ask('a');
  pass(100_000);
  expect(sent()).toEqual(['a@0', 'a@4020', 'a@12040', 'a@28060', 'a@60080']);
  expect(log).toEqual([`a gave_up: rest.toy/a: HTTP ${reply.status}, after 5 tries @60100`]);
});

test.each([
  { status: 500, tries: ['a@0', 'a@550', 'a@1650', 'a@3850', 'a@8250'] }, // 0.55, 1.1, 2.2 and 4.4 s
  { status: 429, tries: ['a@0', 'a@4420', 'a@13240', 'a@30860', 'a@66080'] }, // 4.4, 8.8, 17.6 and 35.2 s
])('waits after HTTP $status grow by up to a tenth, drawn from the seed', ({ status, tries }) => {
  const { pass, ask, sent } = opened(
    () => ({ status }),
    LIMITS,
    () => 0.999_999_999,
  );
  ask('a');
  pass(100_000);
  expect(sent()).toEqual(tries);
});

test('a try that got no answer for longer than its wait is followed by the next one after half a second', () => {
  const { pass, ask, sent } = opened(() => 'hang');
  ask('a');
  pass(100_000);
  const gaps = sent().map((one) => Number(one.slice(2)));
  expect(gaps.map((at, n) => at - (gaps[n - 1] ?? 0))).toEqual([0, 10_500, 10_500, 10_500, 10_500]);
});

test('one that waits for its next try does not hold the others up', () => {
  const { pass, ask, log } = opened((url, n) => (n === 1 ? new Error('broken') : { body: url.slice(-1) }), {
    ...LIMITS,
    burst: 4,
  });
  ask('a');
  ask('b');
  pass(100);
  ask('c');
  pass(10_000);
  expect(log).toEqual(['b 200 b @20', 'c 200 c @120', 'a 200 a @540']);
});

test('its next try goes before what was asked later', () => {
  const { pass, ask, sent } = opened((url, n) => (url.endsWith('a') && n <= 3 ? new Error('broken') : {}));
  for (const place of ['a', 'b', 'c', 'd', 'e']) ask(place);
  pass(10_000);
  // The rate lets one through each second: due at 520 and, 1 s after its second try, at 2000.
  expect(sent()).toEqual(['a@0', 'b@0', 'a@1000', 'a@2000', 'c@3000', 'd@4000', 'e@5000']);
});

test.each([
  { status: 429, headers: { 'retry-after': '30' }, until: 30_020 },
  { status: 429, headers: {}, until: 4_020 },
  { status: 418, headers: { 'retry-after': '600' }, until: 600_020 },
  { status: 418, headers: {}, until: 120_020 }, // the shortest ban that is known
])('HTTP $status with $headers keeps the whole host quiet until $until', ({ status, headers, until }) => {
  const { pass, pacer, ask, sent } = opened((_url, n) => (n === 1 ? { status, headers } : {}));
  ask('a');
  pass(100);
  for (const place of ['b', 'c']) ask(place, 'snapshot');
  const quiet = pacer.stats();
  pass(700_000);
  expect(sent()).toEqual(['a@0', `b@${until}`, `c@${until}`, `a@${until + 1_000}`]);
  expect(quiet).toMatchObject([{ host: 'rest.toy', queued: 3, underWay: 0, sent: 1, bannedUntil: until }]);
  expect(pacer.stats()).toEqual([
    {
      host: 'rest.toy',
      queued: 0,
      underWay: 0,
      sent: 4,
      answered: 3,
      failed: 0,
      refused429: status === 429 ? 1 : 0,
      banned418: status === 418 ? 1 : 0,
      bannedUntil: null,
      refusedBecause: null,
    },
  ]);
});

test('HTTP 503 makes the request wait as long as it says, and nobody else', () => {
  const { pass, ask, sent } = opened((_url, n) =>
    n === 1 ? { status: 503, headers: { 'retry-after': '20' } } : {},
  );
  ask('a');
  pass(100);
  ask('b');
  pass(60_000);
  expect(sent()).toEqual(['a@0', 'b@100', 'a@20020']);
});

test.each([401, 403, 451])(
  'HTTP %i is not tried again, and is kept for health until an answer comes',
  (status) => {
    const { pass, pacer, ask, sent, log } = opened((_url, n) => (n === 1 ? { status, body: 'no' } : {}));
    ask('a');
    pass(100_000);
    expect(sent()).toEqual(['a@0']);
    expect(log).toEqual([
      expect.stringContaining(`a refused: rest.toy/a refuses us with HTTP ${status} ("no"): `),
    ]);
    const refused = pacer.stats()[0]?.refusedBecause;
    ask('a');
    pass(1_000);
    expect([refused, pacer.stats()[0]?.refusedBecause]).toEqual([
      expect.stringContaining(`HTTP ${status}`),
      null,
    ]);
  },
);

test.each([200, 302, 400, 404, 422])('HTTP %i is an answer', (status) => {
  const { pass, ask, sent, log } = opened(() => ({ status, body: 'said' }));
  ask('a');
  pass(100_000);
  expect({ sent: sent(), log }).toEqual({ sent: ['a@0'], log: [`a ${status} said @20`] });
});

test('an answer that is too large is not asked for again', () => {
  const { pass, ask, sent, log } = opened(() => new AnswerTooLarge('its answer has more than 5 bytes'));
  ask('a');
  pass(100_000);
  expect({ sent: sent(), log }).toEqual({
    sent: ['a@0'],
    log: ['a too_large: rest.toy/a: its answer has more than 5 bytes @20'],
  });
});

test('what is taken back is not sent, nor told', () => {
  const { pass, ask, sent, log, pacer } = opened();
  const [first, second, third] = ['a', 'b', 'c'].map((place) => ask(place));
  third?.();
  pass(10);
  first?.();
  first?.();
  pass(5_000);
  second?.();
  expect({ sent: sent(), log }).toEqual({ sent: ['a@0', 'b@0'], log: ['b 200 fine @20'] });
  expect(pacer.stats()).toMatchObject([{ queued: 0, underWay: 0, answered: 1 }]);
});

test('a request shared with another is only taken back when both do', () => {
  const { pass, ask, log } = opened();
  ask('a')();
  ask('a');
  pass(100);
  expect(log).toEqual(['a 200 fine @20']);
});

test('not more than eight are under way at once', () => {
  const { pass, ask, sent, pacer } = opened(() => 'hang', {
    spacingMs: 1,
    burst: 100,
    weightPerMinute: 1_000,
  });
  for (let n = 0; n < 12; n += 1) ask(`${n}`);
  pass(5_000);
  expect(sent().length).toBe(8);
  expect(pacer.stats()).toMatchObject([{ queued: 4, underWay: 8 }]);
});

test('the queue is bounded: the newest listing gives way to a snapshot, and what finds no room fails', () => {
  const { pass, ask, log, pacer } = opened();
  for (let n = 0; n < 500; n += 1) ask(`list${n}`, 'discovery');
  ask('one more', 'discovery');
  ask('book', 'snapshot');
  pass(0);
  expect(log).toEqual([
    'list499 crowded: rest.toy: gave way to more urgent requests @0',
    'one more crowded: rest.toy: 500 requests are waiting for it already @0',
  ]);
  expect(pacer.stats()).toMatchObject([{ queued: 498, underWay: 2, failed: 2 }]);
});

test('whatever hosts answer, no limit is passed and everybody hears once', () => {
  const reply = fc.constantFrom<Reply | Error>(
    { body: 'fine' },
    { status: 404 },
    { status: 429 },
    { status: 429, headers: { 'retry-after': '9' } },
    { status: 418, headers: { 'retry-after': '70' } },
    { status: 451 },
    { status: 500 },
    { status: 503, headers: { 'retry-after': '3' } },
    new Error('broken'),
  );
  const asked = fc.record({
    gap: fc.nat(3_000),
    place: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    priority: fc.constantFrom<Priority[]>('snapshot', 'poll', 'discovery'),
    weight: fc.integer({ min: 1, max: 20 }),
    takenBackAfter: fc.option(fc.nat(20_000), { nil: undefined, freq: 5 }),
  });
  fc.assert(
    fc.property(
      fc.array(asked, { minLength: 1, maxLength: 40 }),
      fc.array(reply, { minLength: 1 }),
      fc.nat(),
      (asks, replies, seed) => {
        const limits = { spacingMs: 700, burst: 3, weightPerMinute: 60 };
        const timers = new VirtualTimers(epochMs(0));
        // After these replies the host is well again, so that everything comes to an end.
        const venue = new ScriptedVenue(timers, {
          answer: (_request, n) => replies[n - 1] ?? { body: 'fine' },
        });
        const pacer = new RestPacer({ transport: venue, timers, random: seeded(seed) });
        const weights = new Map<string, number>();
        const heard = asks.map(() => 0);
        const takenBack = new Set<number>();
        for (const [n, { gap, place, priority, weight, takenBackAfter }] of asks.entries()) {
          timers.runUntil(epochMs(timers.now() + gap));
          const request = restRequest(`${place}${weight}`);
          weights.set(request.url, weight);
          const cancel = pacer.ask({ request, priority, weight, limits }, () => {
            heard[n] = (heard[n] ?? 0) + 1;
            expect(takenBack.has(n)).toBe(false);
          });
          if (takenBackAfter !== undefined)
            timers.after(takenBackAfter, () => {
              takenBack.add(n);
              cancel();
            });
        }
        timers.runUntil(epochMs(timers.now() + 40 * 3_600_000));
        const sends = venue.requests.map(({ at, what }) => ({ at, weight: weights.get(what.url) ?? 0 }));
        for (const [n, { at: from }] of sends.entries()) {
          const after = sends.slice(n);
          for (const [more, { at }] of after.entries())
            expect(more + 1).toBeLessThanOrEqual(limits.burst + (at - from) / limits.spacingMs);
          const inMinute = after.filter(({ at }) => at < from + 60_000);
          expect(inMinute.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(
            limits.weightPerMinute,
          );
        }
        expect(Math.max(...heard)).toBeLessThanOrEqual(1);
        for (const [n, times] of heard.entries()) if (!takenBack.has(n)) expect(times).toBe(1);
        expect(pacer.stats()).toMatchObject([{ queued: 0, underWay: 0, bannedUntil: null }]);
      },
    ),
    { seed: 21, numRuns: 150 },
  );
});
