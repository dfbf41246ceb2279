import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EpochMs } from '../../../core/time.ts';
import { DAY_MS, epochMs, plusMs } from '../../../core/time.ts';
import type { LogsOptions } from '../../../local/watch/logs.ts';
import { createLogs } from '../../../local/watch/logs.ts';
import { temporaryDirectory } from '../../adapters/store/temporary-directory.ts';

const NOON = epochMs(Date.UTC(2026, 10, 21, 12));

/** Logs into an empty folder, with a clock that the test moves. */
function setUp(options: Partial<LogsOptions> = {}) {
  const directory = options.directory ?? join(temporaryDirectory(), 'logs');
  const time: { now: EpochMs } = { now: NOON };
  const printed: string[] = [];
  const logs = createLogs({
    directory,
    clock: { now: () => time.now },
    stderr: 'none',
    keepDays: 7,
    print: (line) => printed.push(line),
    ...options,
  });
  const read = (name: string): string[] =>
    readFileSync(join(directory, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
  return { directory, time, printed, logs, read };
}

test('each part has a file of the UTC day, and a line is in it at once', () => {
  const { logs, read, directory } = setUp();
  logs.part('risk').info('accepted');
  logs.part('risk').warn('denied');
  logs.part('feeds').error('gap');
  expect(readdirSync(directory).sort()).toEqual(['feeds_2026-11-21.jsonl', 'risk_2026-11-21.jsonl']);
  expect(read('risk_2026-11-21.jsonl')).toEqual(['accepted', 'denied']);
  expect(read('feeds_2026-11-21.jsonl')).toEqual(['gap']);
});

test('a new UTC day begins a new file', () => {
  const { logs, time, read } = setUp();
  const risk = logs.part('risk');
  time.now = epochMs(Date.UTC(2026, 10, 21, 23, 59, 59, 999));
  risk.info('before midnight');
  time.now = epochMs(Date.UTC(2026, 10, 22));
  risk.info('at midnight');
  expect(read('risk_2026-11-21.jsonl')).toEqual(['before midnight']);
  expect(read('risk_2026-11-22.jsonl')).toEqual(['at midnight']);
});

test('a second run appends to the file of the day', () => {
  const { logs, directory, read } = setUp();
  logs.part('risk').info('first run');
  logs.close();
  setUp({ directory }).logs.part('risk').info('second run');
  expect(read('risk_2026-11-21.jsonl')).toEqual(['first run', 'second run']);
});

const OTHERS = [
  'notes.txt',
  'risk_2020-01-01.json',
  'risk_2020-01-01.jsonl.gz',
  'risk_2020-1-1.jsonl',
  'Risk!_2020-01-01.jsonl',
];

test('files of days that ended more than seven days before are deleted at start, and nothing else', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'old_2020-01-01.jsonl'));
  const kept = ['risk_2026-11-14.jsonl', 'risk_2026-11-20.jsonl', 'risk_2027-01-01.jsonl', ...OTHERS];
  for (const name of [...kept, 'risk_2026-11-13.jsonl', 'gone-part_2020-01-01.jsonl'])
    writeFileSync(join(directory, name), '');
  setUp({ directory });
  expect(readdirSync(directory).sort()).toEqual([...kept, 'old_2020-01-01.jsonl'].sort());
});

test('the oldest file goes when a day ends', () => {
  const { logs, time, directory } = setUp();
  const risk = logs.part('risk');
  for (let day = 0; day < 10; day += 1) {
    time.now = plusMs(NOON, day * DAY_MS);
    risk.info('day');
  }
  const names = readdirSync(directory).sort();
  expect(names).toHaveLength(8);
  expect([names[0], names.at(-1)]).toEqual(['risk_2026-11-23.jsonl', 'risk_2026-11-30.jsonl']);
});

test.each([
  { stderr: 'all', events: ['fine', 'odd', 'bad'] },
  { stderr: 'warnings', events: ['odd', 'bad'] },
  { stderr: 'none', events: [] },
] as const)('the terminal gets $stderr, the file gets all', ({ stderr, events }) => {
  const { logs, printed, read } = setUp({ stderr });
  const risk = logs.part('risk');
  risk.info('fine');
  risk.warn('odd');
  risk.error('bad');
  expect(printed.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(events);
  expect(read('risk_2026-11-21.jsonl')).toEqual(['fine', 'odd', 'bad']);
});

test('a person reads words: the time of day, the part, what happened to what, and why', () => {
  const { logs, printed, read } = setUp({ stderr: 'warnings', inWords: true });
  const feeds = logs.part('feeds');
  feeds.info('fine');
  const note = {
    kind: 'book_doubted',
    at: NOON,
    instrumentId: 'binance:BTCUSDT',
    detail: 'the connection was lost',
  };
  feeds.warn('book_doubted', note);
  feeds.warn('rules not stored', { why: new Error('no room'), tries: 3, none: undefined });
  feeds.error('odd', { amount: 1n, none: undefined });
  feeds.warn('malformed', { detail: `\u001b[2J\n${'x'.repeat(1_000)}` });
  expect(printed).toEqual([
    '  12:00:00 feeds: book doubted of binance:BTCUSDT: the connection was lost',
    '  12:00:00 feeds: rules not stored: why no room, tries 3',
    '  12:00:00 feeds: odd: amount "0.00000001"',
    `  12:00:00 feeds: malformed:  [2J ${'x'.repeat(366)}`,
  ]);
  expect(read('feeds_2026-11-21.jsonl')).toEqual([
    'fine',
    'book_doubted',
    'rules not stored',
    'odd',
    'malformed',
  ]);
});

test('a folder that cannot be made is said once and stops nothing', () => {
  const directory = join(temporaryDirectory(), 'taken');
  writeFileSync(directory, 'a file where the folder should be');
  const { logs, printed } = setUp({ directory, stderr: 'warnings' });
  const risk = logs.part('risk');
  for (let i = 0; i < 5; i += 1) risk.info('decision');
  risk.warn('denied');
  logs.close();
  expect(printed).toEqual([
    expect.stringMatching(
      /^deckle: log files in .*taken cannot be written \(.*\); the desk goes on without them$/,
    ),
    expect.stringContaining('"event":"denied"'),
  ]);
});

test('a folder that can be made again is said, with the number of lines lost', () => {
  const directory = join(temporaryDirectory(), 'taken');
  writeFileSync(directory, '');
  const { logs, printed, read } = setUp({ directory });
  const risk = logs.part('risk');
  risk.info('lost');
  risk.info('lost too');
  rmSync(directory);
  risk.info('kept');
  risk.info('kept too');
  expect(printed.slice(1)).toEqual([
    `deckle: log files in ${directory} are written again; 2 lines are not in them`,
  ]);
  expect(read('risk_2026-11-21.jsonl')).toEqual(['kept', 'kept too']);
});

test('flush resolves, and what is logged after close goes to the terminal only', async () => {
  const { logs, printed, read } = setUp({ stderr: 'all' });
  const risk = logs.part('risk');
  risk.info('before');
  await logs.flush();
  logs.close();
  risk.info('after');
  expect(read('risk_2026-11-21.jsonl')).toEqual(['before']);
  expect(printed).toHaveLength(2);
});

test.each(['', '..', '../risk', 'risk_1', 'Risk'])("a part cannot be named '%s'", (name) => {
  const { logs, directory } = setUp();
  expect(() => logs.part(name)).toThrow('small letters, digits and dashes');
  expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([]);
});
