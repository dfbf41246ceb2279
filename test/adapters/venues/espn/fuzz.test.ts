import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScoreboard } from '../../../../adapters/venues/espn/mapper.ts';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import type { League } from '../../../../core/market/game.ts';
import { gameSchema } from '../../../../core/market/game-schema.ts';
import { plusMs } from '../../../../core/time.ts';
import { seeded } from '../../../support/random.ts';
import { MLB_LIVE, NBA_LIVE, NFL_LIVE, NHL_LIVE, scoreboard, starting, withStatus } from './samples.ts';
import { type Listened, listen, START } from './score-world.ts';

const SAMPLES: Readonly<Record<League, string>> = {
  nfl: NFL_LIVE,
  nba: starting(NBA_LIVE),
  nhl: starting(NHL_LIVE),
  mlb: starting(MLB_LIVE),
};
const FINAL = withStatus({ name: 'STATUS_FINAL', state: 'post', completed: true });

/** Polls of all leagues, every ten seconds; scores rise and are taken back, and football ends. */
function session(seed: number, polls: number): Frame[] {
  const random = seeded(seed);
  const frames: Frame[] = [];
  for (let n = 0; n < polls; n += 1)
    for (const league of ['nfl', 'nba', 'nhl', 'mlb'] as const) {
      const isOver = league === 'nfl' && n > polls - 4;
      const points = String(isOver ? 99 : 20 + n + Math.floor(random() * 3));
      const sample = (isOver ? FINAL : SAMPLES[league]).replace(/"score":"\d+"/, `"score":"${points}"`);
      const isUnchanged = n > 0 && random() < 0.3;
      frames.push({
        wire: 'espn',
        receivedAt: plusMs(START, n * 10_000),
        channel: `rest:scoreboard${isUnchanged ? '-unchanged' : ''}:${league}`,
        raw: isUnchanged ? '' : scoreboard(sample),
        connection: 'poll',
      });
    }
  return frames;
}

interface Wound {
  readonly frame: number;
  readonly kind: 'drop' | 'double' | 'swap' | 'cut' | 'letter' | 'garbage' | 'number' | 'null';
  readonly where: number;
  readonly letter: string;
}
const wound = (...kinds: Wound['kind'][]): fc.Arbitrary<Wound> =>
  fc.record({
    frame: fc.nat(),
    kind: fc.constantFrom(...kinds),
    where: fc.nat(),
    letter: fc.constantFrom('0', '9', '"', '}', ']', '.', '-', 'x', '\\', '\u0000'),
  });

function damaged(frames: readonly Frame[], wounds: readonly Wound[]): Frame[] {
  const all = [...frames];
  for (const { frame: n, kind, where, letter } of wounds) {
    const at = n % all.length;
    const one = all[at];
    const next = all[at + 1];
    if (one === undefined) continue;
    const cut = where % (one.raw.length + 1);
    const raw = (text: string): Frame => ({ ...one, raw: text });
    if (kind === 'drop') all.splice(at, 1);
    else if (kind === 'double') all.splice(at, 0, one);
    else if (kind === 'swap' && next !== undefined) all.splice(at, 2, next, one);
    else if (kind === 'cut') all[at] = raw(one.raw.slice(0, cut));
    else if (kind === 'letter') all[at] = raw(one.raw.slice(0, cut) + letter + one.raw.slice(cut + 1));
    else if (kind === 'garbage') all[at] = raw(letter.repeat(where % 40));
    else {
      // One value of the document becomes another, or nothing.
      const values = [...one.raw.matchAll(/:("[^"]*"|-?[\d.]+|true|false)/g)];
      const value = values[where % Math.max(1, values.length)];
      if (value === undefined) continue;
      const put = kind === 'null' ? 'null' : String(where);
      all[at] = raw(`${one.raw.slice(0, value.index)}:${put}${one.raw.slice(value.index + value[0].length)}`);
    }
  }
  return all;
}

function read(frames: readonly Frame[]): Listened {
  const listened = listen();
  for (const one of frames) listened.reader.read(one);
  return listened;
}

/** Frames of which the reader says what became of them. */
function accounted({ messages, unknown, frames }: Listened['reader']): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return sum(messages) + sum(unknown) + frames.malformed;
}

test('damaged scoreboards never throw, are each counted, and tell only games that are whole', () => {
  let told = 0;
  let malformed = 0;
  const any = wound('drop', 'double', 'swap', 'cut', 'letter', 'garbage', 'number', 'null');
  fc.assert(
    fc.property(fc.nat(20), fc.array(any, { minLength: 1, maxLength: 12 }), (seed, wounds) => {
      const frames = damaged(session(seed, 8), wounds);
      const { reader, updates } = read(frames);
      expect(reader.frames.frames).toBe(frames.length);
      expect(accounted(reader)).toBe(frames.length);
      for (const { game } of updates) expect(gameSchema.safeParse(game).error).toBeUndefined();
      told += updates.length;
      malformed += reader.frames.malformed;
    }),
    { seed: 55, numRuns: 400 },
  );
  expect(told).toBeGreaterThan(1_000);
  expect(malformed).toBeGreaterThan(300);
});

/** Whether an answer would be taken; whatever is not a scoreboard must leave no trace. */
const isGarbage = (raw: string): boolean => readScoreboard('nfl', raw).kind === 'refused';

test('garbage between scoreboards changes nothing of what is told', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json({ maxDepth: 4 }),
    fc.nat(2_000).map((length) => scoreboard(NFL_LIVE).slice(0, length)),
  );
  const garbage = fc.record({ raw: text.filter(isGarbage), after: fc.nat(31) });
  fc.assert(
    fc.property(fc.nat(20), fc.array(garbage, { minLength: 1, maxLength: 10 }), (seed, between) => {
      const good = session(seed, 8);
      const mixed = good.flatMap((one, n) => [
        one,
        ...between
          .filter(({ after }) => after === n)
          .map(({ raw }) => ({ ...one, raw, channel: one.channel.replace('-unchanged', '') })),
      ]);
      const { reader, updates } = read(mixed);
      expect(updates).toEqual(read(good).updates);
      expect(reader.frames.malformed).toBe(between.length);
    }),
    { seed: 56, numRuns: 300 },
  );
});

test('garbage alone tells nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json()).filter(isGarbage)), (texts) => {
      const frames = texts.map((raw, n) => ({
        ...(session(1, 1)[0] as Frame),
        raw,
        receivedAt: plusMs(START, n),
      }));
      expect(read(frames).updates).toEqual([]);
    }),
    { seed: 57, numRuns: 500 },
  );
});

test('an undamaged session tells each game as new, its changes, and the end once', () => {
  const { reader, updates } = read(session(3, 60));
  const kinds = Map.groupBy(updates, ({ game }) => game.league);
  expect([...kinds.values()].map(([first]) => first?.kind)).toEqual(['new', 'new', 'new', 'new']);
  expect(updates.filter(({ kind }) => kind === 'final').map(({ game }) => game.league)).toEqual(['nfl']);
  expect(updates.length).toBeGreaterThan(100);
  expect([reader.frames.malformed, reader.unknown.size, reader.problems.size]).toEqual([0, 0, 0]);
});

test('the same frames tell the same', () => {
  const wounds: Wound[] = [{ frame: 9, kind: 'cut', where: 100, letter: '' }];
  const once = read(damaged(session(5, 30), wounds));
  const again = read(damaged(session(5, 30), wounds));
  expect(again.updates).toEqual(once.updates);
  expect(again.notes).toEqual(once.notes);
});
