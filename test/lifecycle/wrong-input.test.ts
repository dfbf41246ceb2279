import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { demoMarket } from '../../local/demo-market/demo-market.ts';
import { DEMO_START } from '../../local/input.ts';
import { type Changes, configFile, shortDemo } from './demo-config.ts';
import { command, type Said } from './in-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const RULES = {
  venue: 'binance',
  quoteAsset: 'USDT',
  quantityMin: '0.1',
  quantityMax: 900_000,
  notionalMin: 5,
  priceMin: '0.01',
  priceMax: 100_000,
};
const OAK = { ...RULES, symbol: 'OAKUSDT', baseAsset: 'OAK', tickSize: '0.01', lotSize: '0.001' };
const ELM = { ...RULES, symbol: 'ELMUSDT', baseAsset: 'ELM', tickSize: '0.0001', lotSize: '0.1' };

/** A desk that ran, and where its files would be. */
async function started(changes: Changes, recording?: string | Buffer): Promise<Said & { folder: string }> {
  const place = temporaryDirectory();
  const folder = join(place, 'desk');
  const flags = ['--once', '--json', '--port', '0', '--dir', folder, '--config', configFile(place, changes)];
  if (recording !== undefined) {
    const file = join(place, 'odd.jsonl');
    writeFileSync(file, recording);
    flags.push('--recording', file);
  }
  return { ...(await command('start', ...flags)), folder };
}

/** Frames of the demo market's OAKUSDT as a recorder would have written them, without the venue's list of instruments. */
async function oakRecording(seconds: number): Promise<string> {
  const source = demoMarket({
    seed: 7,
    startAt: DEMO_START,
    durationMs: seconds * 1_000,
    scenario: 'fair',
  });
  const lines: string[] = [];
  for await (const frame of source.frames(new AbortController().signal))
    if ('raw' in frame && frame.channel.includes('oakusdt'))
      lines.push(JSON.stringify({ ...frame, unit: 'ms', venue: 'binance-spot' }));
  return `${lines.join('\n')}\n`;
}

test.each([
  { what: 'an empty file', content: '', words: 'odd.jsonl is empty: no recorded frame in it' },
  { what: 'an empty archive', content: gzipSync(''), words: 'odd.jsonl is empty' },
  { what: 'a text', content: 'dear diary\n'.repeat(50), words: 'odd.jsonl is not a recording' },
])('$what is refused before anything is created', async ({ content, words }) => {
  const { code, stdout, stderr, folder } = await started([[['instruments'], [OAK, ELM]]], content);
  expect(code).toBe(1);
  expect(stderr).toContain(words);
  expect(stdout + stderr).not.toContain('ready');
  expect(existsSync(folder)).toBe(false);
});

test('one misspelled instrument beside right ones is refused before anything is created', async () => {
  const { code, stderr, folder } = await started([
    ...shortDemo(60),
    [['strategies', 1, 'instruments'], ['binance:ELMUSD']],
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('binance:ELMUSD, which joiner would trade, is not listed by demo market');
  expect(stderr).toContain('the nearest it lists: binance:ELMUSDT, binance:OAKUSDT');
  expect(existsSync(folder)).toBe(false);
});

test('an instrument of which a recording holds nothing is named at the end, and the others are traded', async () => {
  const recording = await oakRecording(70);
  const { code, stdout, stderr } = await started([[['instruments'], [OAK, ELM]]], recording);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ windows: 70, discrepancies: 0 });
  expect(stderr).toContain(
    'binance:ELMUSDT at the end: neither a book that can be proven nor a trade of it came since 2026-01-05T09:00:01.000Z; check its name',
  );
  expect(stderr).not.toContain('binance:OAKUSDT at the end');
  const unknown = await started([[['instruments'], [OAK]]], recording);
  expect(unknown.code, unknown.stderr).toBe(0);
  expect(unknown.stderr).toMatch(
    /ELMUSDT at the end: .*its rules are not known: .*check its name, or list it/,
  );
});

test.each([{ flags: [] }, { flags: ['--windows', '60'] }])(
  'a recording that holds nothing of what is traded is an error ($flags)',
  async ({ flags }) => {
    const place = temporaryDirectory();
    const file = join(place, 'oak.jsonl');
    writeFileSync(file, await oakRecording(65));
    const onlyElm: Changes = [0, 1, 2].map((n) => [['strategies', n, 'instruments'], ['binance:ELMUSDT']]);
    const config = configFile(place, [[['instruments'], [ELM]], ...onlyElm]);
    const common = ['--once', '--port', '0', '--dir', place, '--config', config, '--recording', file];
    const { code, stderr } = await command('start', ...common, ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'recording oak.jsonl holds no book that can be proven and no trade of what the strategies trade (binance:ELMUSDT)',
    );
  },
);

test('a desk that is told to stop where it already is says nothing of instruments it did not look for', async () => {
  const place = temporaryDirectory();
  const config = configFile(place, shortDemo(120));
  const flags = ['start', '--once', '--port', '0', '--dir', place, '--config', config, '--windows', '70'];
  expect((await command(...flags)).code).toBe(0);
  const again = await command(...flags);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).not.toContain('at the end:');
});

test.skipIf(process.platform !== 'linux')('a folder that nobody can make is refused in words', async () => {
  expect(await command('start', '--once', '--port', '0', '--dir', '/proc/nobody')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^deckle: --dir \/proc\/nobody cannot be made: ENOENT: .*\n$/),
  });
});
