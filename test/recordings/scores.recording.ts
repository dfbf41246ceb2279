import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { espnReader } from '../../adapters/venues/espn/reader.ts';
import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { ReaderNote } from '../../adapters/venues/venue-reader.ts';
import type { League } from '../../core/market/game.ts';
import type { GameUpdate } from '../../core/market/game-watch.ts';
import { epochMs } from '../../core/time.ts';
import { recordingFile } from './recordings.ts';

const documentOf = (name: string): string =>
  gunzipSync(readFileSync(recordingFile(`espn/${name}.json.gz`))).toString();

function listen() {
  const updates: GameUpdate[] = [];
  const notes: ReaderNote[] = [];
  const reader = espnReader({
    emit: (update) => {
      if (update.kind === 'game') updates.push(update.update);
    },
    need: () => undefined,
    note: (note) => notes.push(note),
  });
  return { reader, updates, notes };
}

const poll = (league: League, seconds: number, raw: string): Frame => ({
  wire: 'espn',
  receivedAt: epochMs(seconds * 1_000),
  channel: `rest:scoreboard${raw === '' ? '-unchanged' : ''}:${league}`,
  raw,
  connection: 'poll',
});

test.each([
  ['nfl', 'nfl-scoreboard-20220911', { games: 16, over: 2, running: 8 }],
  ['mlb', 'mlb-scoreboard-20220917', { games: 17, over: 3, running: 3 }],
] as const)(
  '%s: what is not over is told at once, what is over when it is seen twice, what runs once a minute',
  (league, name, { games, over, running }) => {
    const document = documentOf(name);
    const { reader, updates, notes } = listen();
    const kinds = [document, document, '', '', '', '', ''].map((raw, n) => {
      updates.length = 0;
      reader.read(poll(league, n * 10, raw));
      return Object.fromEntries(
        [...Map.groupBy(updates, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]),
      );
    });
    expect(kinds).toEqual([{ new: games - over }, { final: over }, {}, {}, {}, {}, { heartbeat: running }]);
    expect(notes).toEqual([]);
    expect(reader.frames).toEqual({ frames: 7, malformed: 0, venueErrors: 0, unfollowed: 0 });
    expect(reader.problems.size).toBe(0);
  },
);
