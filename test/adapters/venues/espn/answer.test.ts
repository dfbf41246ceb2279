import { expect, test } from 'vitest';
import { judgeAnswer } from '../../../../adapters/venues/espn/answer.ts';
import { channelOf, readChannel } from '../../../../adapters/venues/espn/channel.ts';
import { answerAgeMs, quietMs, restingMs } from '../../../../adapters/venues/espn/freshness.ts';
import { isConditional, scoreboardRequest } from '../../../../adapters/venues/espn/request.ts';
import { LEAGUES } from '../../../../core/market/game.ts';
import { plusMs } from '../../../../core/time.ts';
import { NFL_LIVE, scoreboard } from './samples.ts';
import { START } from './score-world.ts';

const ago = (seconds: number): string => new Date(START - seconds * 1_000).toUTCString();

test.each(LEAGUES)('the channels of %s say what they are', (league) => {
  const both = [true, false].map((isUnchanged) => ({ league, isUnchanged }));
  expect(both.map(channelOf).map(readChannel)).toEqual(both);
});

test.each([
  [{}, null],
  [{ date: ago(7) }, 7_000],
  [{ age: '9' }, 9_000],
  [{ date: ago(7), age: '9' }, 9_000],
  [{ date: ago(12), age: '9' }, 12_000],
  [{ date: ago(-3) }, 0], // their clock is ahead of ours
  [{ date: 'yesterday' }, null],
  [{ date: 'yesterday', age: '-4' }, 0],
] as const)('an answer with %o is %s ms old', (headers, ms) => {
  expect(answerAgeMs(headers, START)).toBe(ms);
});

test.each([
  [{}, 0],
  [{ 'cache-control': 'max-age=7' }, 7_000],
  [{ 'cache-control': 'max-age=7', age: '3' }, 4_000],
  [{ 'cache-control': 'max-age=7', age: 'x' }, 7_000],
  [{ 'cache-control': 'max-age=86400' }, 3_600_000], // an hour at most
] as const)('an answer with %o rests for %s ms', (headers, ms) => {
  expect(restingMs(headers)).toBe(ms);
});

test.each([
  [{}, 0],
  [{ 'retry-after': '120' }, 120_000],
  [{ 'retry-after': ago(-60) }, 60_000],
  [{ 'retry-after': ago(60) }, 0],
  [{ 'retry-after': 'soon' }, 0],
  [{ 'retry-after': '999999999' }, 86_400_000], // a day at most
] as const)('a refusal with %o asks for %s ms', (headers, ms) => {
  expect(quietMs(headers, START)).toBe(ms);
});

test('a tag is good for its own address only', () => {
  const { url } = scoreboardRequest('nfl', START, null);
  const tagged = (tag: { url: string; etag: string }) => scoreboardRequest('nfl', START, tag).headers ?? {};
  expect(tagged({ url, etag: '"a"' })['if-none-match']).toBe('"a"');
  expect(tagged({ url: `${url}0`, etag: '"a"' })['if-none-match']).toBeUndefined();
});

test.each([
  ['"a"', '"a"'],
  ['', null],
  ['x'.repeat(256), 'x'.repeat(256)],
  ['x'.repeat(257), null], // nobody needs such a name
])('an answer named %j is remembered as %j', (etag, kept) => {
  const request = scoreboardRequest('nfl', START, null);
  const answer = { status: 200, headers: { etag }, body: scoreboard(NFL_LIVE) };
  const judged = judgeAnswer({ league: 'nfl', request, answer, at: START, now: START });
  expect(judged.kind === 'answered' && judged.etag).toBe(kept);
});

test('that nothing changed is believed only where it was asked', () => {
  const plain = scoreboardRequest('nfl', START, null);
  const conditional = scoreboardRequest('nfl', START, { url: plain.url, etag: '"a"' });
  const answer = { status: 304, headers: {}, body: '' };
  const kindOf = (request: typeof plain) =>
    judgeAnswer({ league: 'nfl', request, answer, at: plusMs(START, 1), now: START });
  expect([plain, conditional].map(isConditional)).toEqual([false, true]);
  expect(kindOf(plain)).toMatchObject({ kind: 'failed', frame: null });
  expect(kindOf(conditional)).toMatchObject({
    kind: 'answered',
    games: null,
    frame: { channel: 'rest:scoreboard-unchanged:nfl', raw: '', receivedAt: START + 1 },
  });
});
