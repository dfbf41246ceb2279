import { expect, test } from 'vitest';
import { readingOf } from '../../../../adapters/venues/espn/frame-reading.ts';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { plusMs } from '../../../../core/time.ts';
import { MLB_LIVE, NBA_LIVE, NFL_LIVE, scoreboard, starting, withStatus } from './samples.ts';
import { type Listened, listen, START } from './score-world.ts';

const SECOND = 1_000;
const LIVE = scoreboard(NFL_LIVE);
const SCORED = scoreboard(NFL_LIVE.replace('"score":"17"', '"score":"24"'));
const FINAL = scoreboard(withStatus({ name: 'STATUS_FINAL', state: 'post', completed: true }));

/** A frame so many seconds after the start. */
const frame = (seconds: number, raw: string, channel = 'rest:scoreboard:nfl'): Frame => ({
  wire: 'espn',
  receivedAt: plusMs(START, seconds * SECOND),
  channel,
  raw,
  connection: 'poll',
});
const unchanged = (seconds: number): Frame => frame(seconds, '', 'rest:scoreboard-unchanged:nfl');

/** Reads frames; what was told, as `20 changed 21-24`. */
function read({ reader, updates }: Listened, ...frames: readonly Frame[]): readonly string[] {
  const before = updates.length;
  for (const one of frames) reader.read(one);
  return updates
    .slice(before)
    .map(({ kind, at, game }) => `${(at - START) / SECOND} ${kind} ${game.away.score}-${game.home.score}`);
}

test('tells what changed from one scoreboard to the next, at the moment it came', () => {
  const listened = listen();
  expect(
    read(
      listened,
      frame(0, LIVE),
      frame(10, LIVE),
      frame(20, SCORED),
      frame(30, LIVE),
      frame(40, FINAL),
      frame(50, FINAL),
      frame(60, FINAL),
    ),
  ).toEqual(['0 new 21-17', '20 changed 21-24', '30 score_corrected 21-17', '50 final 21-17']);
  expect(listened.reader.messages).toEqual(new Map([['scoreboard', 7]]));
});

test('a word that nothing changed is as good as the scoreboard itself', () => {
  const listened = listen();
  expect(read(listened, frame(0, LIVE), unchanged(30), unchanged(60))).toEqual([
    '0 new 21-17',
    '60 heartbeat 21-17',
  ]);
  expect(read(listened, frame(70, FINAL), unchanged(80), unchanged(90))).toEqual(['80 final 21-17']);
  expect(listened.reader.messages).toEqual(
    new Map([
      ['scoreboard', 2],
      ['scoreboard-unchanged', 4],
    ]),
  );
});

test('a recording that begins with that word tells nothing before the first scoreboard', () => {
  const listened = listen();
  expect(read(listened, unchanged(0), unchanged(10), frame(20, LIVE))).toEqual(['20 new 21-17']);
});

test('leagues do not mix', () => {
  const listened = listen();
  const nba = (seconds: number): Frame =>
    frame(seconds, scoreboard(starting(NBA_LIVE)), 'rest:scoreboard:nba');
  expect(read(listened, frame(0, LIVE), nba(1), frame(10, LIVE), nba(11), unchanged(61))).toEqual([
    '0 new 21-17',
    '1 new 101-98',
    '61 heartbeat 21-17',
  ]);
});

test.each([
  ['<html>', "nfl scoreboard: not JSON, it begins with '<html>'"],
  ['', "nfl scoreboard: not JSON, it begins with ''"],
  ['{"events":{}}', 'nfl scoreboard: events: is not a list; the answer has another shape than known'],
  ['{"events":[{"id":"1"}]}', 'nfl scoreboard: events: 1 of 1 have no competitors; the shape has changed'],
])('puts %j aside, counts it and says why, and goes on as if it had not come', (raw, detail) => {
  const listened = listen();
  expect(read(listened, frame(0, LIVE), frame(10, raw), frame(20, LIVE), frame(30, SCORED))).toEqual([
    '0 new 21-17',
    '30 changed 21-24',
  ]);
  expect(listened.reader.frames).toEqual({ frames: 4, malformed: 1, venueErrors: 0, unfollowed: 0 });
  expect(listened.notes).toEqual([{ kind: 'malformed', detail }]);
});

test('a binary message is put aside', () => {
  const listened = listen();
  read(listened, { ...frame(0, LIVE), encoding: 'base64' });
  expect(listened.notes).toEqual([{ kind: 'malformed', detail: 'nfl scoreboard: it is not text' }]);
});

test('a game that cannot be read costs itself, is counted each time and told once', () => {
  const allStars = NFL_LIVE.replace('"BUF"', '"AFC"').replace('401772001', '401772999');
  const listened = listen();
  const board = scoreboard(allStars, NFL_LIVE, NFL_LIVE);
  expect(read(listened, frame(0, board), frame(10, board), frame(20, board))).toEqual(['0 new 21-17']);
  expect(listened.reader.problems).toEqual(
    new Map([
      ['unknown_team', 3],
      ['repeated', 3],
    ]),
  );
  expect(listened.notes).toEqual([
    { kind: 'unknown', detail: "nfl game 401772999: events.0: no nfl team in the table has 'AFC'" },
    { kind: 'malformed', detail: 'nfl game 401772001: events.2: was there before' },
  ]);
});

test('a game without an id is named by its place', () => {
  const listened = listen();
  const board = scoreboard(...Array(9).fill(NFL_LIVE), NFL_LIVE.replace('"id":"401772001",', ''));
  read(listened, frame(0, board));
  expect(listened.notes.at(-1)).toEqual({
    kind: 'malformed',
    detail: expect.stringMatching(/^nfl game \?: events\.9: id: /),
  });
});

test.each(['rest:summary:nfl', 'rest:scoreboard:epl', 'rest:scoreboard', 'nfl', '', 'x:rest:scoreboard:nfl'])(
  'a frame on %j is of an unknown kind',
  (channel) => {
    const listened = listen();
    expect(read(listened, frame(0, LIVE, channel))).toEqual([]);
    expect(listened.reader.unknown).toEqual(new Map([[channel, 1]]));
    expect(listened.notes).toEqual([{ kind: 'unknown', detail: `scores on '${channel}'` }]);
  },
);

test('many unknown channels are counted together', () => {
  const listened = listen();
  for (let n = 0; n < 1_000; n += 1) read(listened, frame(n, '', `rest:summary:${n}`));
  expect(listened.reader.unknown.size).toBe(33);
  expect(listened.reader.unknown.get('others')).toBe(1_000 - 32);
});

test('a league that is left is forgotten, and told anew when it comes back', () => {
  const listened = listen();
  const { reader } = listened;
  const change = { wire: 'espn', receivedAt: START, detail: '' } as const;
  read(listened, frame(0, LIVE));
  reader.changeFollowed({ ...change, follow: [], unfollow: ['nfl', 'epl'] });
  expect(read(listened, frame(10, SCORED), unchanged(20))).toEqual([]);
  expect(reader.frames).toEqual({ frames: 3, malformed: 0, venueErrors: 0, unfollowed: 2 });
  reader.changeFollowed({ ...change, follow: ['nfl'], unfollow: [] });
  expect(read(listened, unchanged(30), frame(40, SCORED))).toEqual(['40 new 21-24']);
});

test('times that go back in a foreign recording break nothing', () => {
  const listened = listen();
  expect(read(listened, frame(50, LIVE), frame(10, SCORED), frame(60, LIVE))).toEqual([
    '50 new 21-17',
    '50 changed 21-24',
    '60 score_corrected 21-17',
  ]);
});

test('a connection that ends takes nothing with it, and there are no instruments', () => {
  const listened = listen();
  const { reader } = listened;
  read(listened, frame(0, LIVE));
  reader.changeConnection();
  reader.changeVenue();
  reader.tick();
  expect(read(listened, frame(10, LIVE))).toEqual([]);
  expect([...reader.followed(), ...reader.quality(), ...reader.instruments(), ...reader.listed]).toEqual([]);
  expect(reader.bookOf()).toBeUndefined();
});

test('a frame is read once, however many ask what it says', () => {
  const one = frame(0, scoreboard(starting(MLB_LIVE)), 'rest:scoreboard:mlb');
  const reading = readingOf('mlb', one);
  expect(reading.kind === 'games' && reading.games.length).toBe(1);
  expect(readingOf('mlb', one)).toBe(reading);
  expect(readingOf('mlb', { ...one })).toEqual(reading);
});
