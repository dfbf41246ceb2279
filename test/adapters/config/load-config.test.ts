import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatIssues, loadConfig } from '../../../adapters/config/load-config.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import { formatUnits } from '../../../core/amounts.ts';
import type { ConfigIssue, DeskConfig } from '../../../core/config/desk-config.ts';
import { demoInstruments } from '../../../local/demo-market/demo-listing.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const root = new URL('../../../', import.meta.url);
const file = (name: string): string => new URL(name, root).pathname;
const example = readFileSync(file('examples/short-recording.yaml'), 'utf8');

function load(content: string | Uint8Array) {
  const path = join(temporaryDirectory(), 'desk.yaml');
  writeFileSync(path, content);
  return loadConfig(path, sha256);
}

function issuesOf(content: string | Uint8Array): readonly ConfigIssue[] {
  const result = load(content);
  return result.kind === 'valid' ? [] : result.issues;
}

function valid(path: string): DeskConfig {
  const result = loadConfig(path, sha256);
  if (result.kind !== 'valid') throw new Error(formatIssues(path, result.issues));
  return result.config;
}

test('the configuration of the demo is valid and leaves nothing to a default', () => {
  const config = valid(file('deckle.yaml'));
  expect(config.defaulted).toEqual([]);
  expect(config.demo).toMatchObject({ seed: 7, seconds: 1_800, scenario: 'fair' });
});

test('the demo has three strategies with different execution on instruments that its market lists', () => {
  const { strategies } = valid(file('deckle.yaml'));
  expect(new Set(strategies.map((one) => JSON.stringify(one.execution))).size).toBe(3);
  const listed = demoInstruments.map((one) => one.id);
  for (const id of strategies.flatMap((one) => one.instruments)) expect(listed).toContain(id);
});

test('the example for short recordings is valid, with the rules of its instruments', () => {
  const config = valid(file('examples/short-recording.yaml'));
  expect(
    config.instruments.map((one) => [one.id, formatUnits(one.tickSize), formatUnits(one.lotSize)]),
  ).toEqual([
    ['binance:BTCUSDT', '0.01', '0.00001'],
    ['binance:ETHUSDT', '0.01', '0.0001'],
  ]);
  expect(config.strategies.map((one) => one.execution.style)).toEqual(['take']);
});

test('comments and the order of fields do not change the hash, a value does', () => {
  const hash = (text: string): string => {
    const result = load(text);
    return result.kind === 'valid' ? result.config.hash : '';
  };
  const moved = example.replace(
    '  windowMs: 1000 # milliseconds\n  depth: 10',
    '  depth: 10\n  windowMs: 1000',
  );
  expect(moved).not.toBe(example);
  expect(hash(`# mine\n${moved}`)).toBe(hash(example));
  expect(hash(example.replace('windowMs: 1000', 'windowMs: 500'))).not.toBe(hash(example));
});

test('a file that is not there is said so', () => {
  const path = join(temporaryDirectory(), 'none.yaml');
  expect(loadConfig(path, sha256)).toEqual({
    kind: 'invalid',
    issues: [
      { path: 'the file', message: 'does not exist; give the path of a YAML file with --config FILE' },
    ],
  });
});

test('a directory is said so', () => {
  const path = join(temporaryDirectory(), 'desk.yaml');
  mkdirSync(path);
  expect(loadConfig(path, sha256)).toMatchObject({
    issues: [{ message: expect.stringContaining('is a directory') }],
  });
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefg'.split('').map((name, i) => {
    const before = 'abcdef'[i];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

test.each([
  { what: 'an empty file', content: '', path: 'the file', words: 'holds no settings' },
  { what: 'a file of comments', content: '# nothing\n', path: 'the file', words: 'holds no settings' },
  { what: 'a null', content: 'null\n', path: 'the file', words: 'holds no settings' },
  { what: 'a text', content: 'just words\n', path: 'the document', words: 'must be a group of fields' },
  {
    what: 'an open bracket',
    content: 'feed:\n  id: [main\n',
    path: /^line 3, column 1$/,
    words: 'is not valid YAML',
  },
  {
    what: 'a wrong indentation',
    content: 'feed:\n    id: a\n   depth: 3\n',
    path: /^line 3, column \d$/,
    words: 'is not valid YAML',
  },
  { what: 'a tab', content: 'feed:\n\tid: a\n', path: /^line 2, column 1$/, words: 'tab' },
  {
    what: 'a duplicate key',
    content: 'feed: {}\nfeed: {}\n',
    path: 'line 2, column 1',
    words: 'already has',
  },
  {
    what: 'a second document',
    content: 'feed: {}\n---\nfeed: {}\n',
    path: /^line 2/,
    words: 'second document',
  },
  { what: 'an unknown tag', content: 'feed: !env HOME\n', path: 'line 1, column 7', words: 'tag' },
  { what: 'an alias without an anchor', content: 'feed: *none\n', path: /line 1|the file/, words: 'alias' },
  { what: 'aliases that unfold to half a million values', content: bomb, path: 'the file', words: 'aliases' },
  {
    what: 'brackets without end',
    content: `feed: ${'['.repeat(100_000)}`,
    path: 'the file',
    words: 'nested too deeply',
  },
  {
    what: 'lists in lists without end',
    content: '- '.repeat(50_000),
    path: 'the file',
    words: 'nested too deeply',
  },
  {
    what: 'indentation without end',
    content: Array.from({ length: 1_200 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
    path: 'the file',
    words: 'nested too deeply',
  },
  {
    what: 'bytes that are no UTF-8',
    content: new Uint8Array([0x66, 0x3a, 0x20, 0xff, 0xfe]),
    path: 'the file',
    words: 'UTF-8',
  },
  { what: 'two megabytes', content: '#'.repeat(2_000_000), path: 'the file', words: 'larger than 1 MB' },
])('$what is refused in words', ({ content, path, words }) => {
  const issues = issuesOf(content);
  expect(issues[0]?.path).toMatch(path);
  expect(issues.map((issue) => issue.message).join('\n')).toContain(words);
});

test.each([
  { written: '0.1234567890123456', why: '16 digits' },
  { written: '12345678901234567', why: '17 digits' },
  { written: '0.0000001', why: 'shown with an exponent by a double' },
  { written: '1e-7', why: 'an exponent' },
])('a number of $why has to be quoted: $written', ({ written }) => {
  const issues = issuesOf(example.replace('openingEquity: 10000', `openingEquity: ${written}`));
  expect(issues).toEqual([
    {
      path: expect.stringMatching(/^line \d+, column 20$/),
      message: `has a number that loses digits as written; put it in quotes: '${written}'`,
    },
  ]);
});

test.each(['123456789012345.12345678', '0.00000001', '10000.50', '10000'])(
  'an amount in quotes is exact: %s',
  (written) => {
    const result = load(example.replace('openingEquity: 10000', `openingEquity: '${written}'`));
    if (result.kind !== 'valid') throw new Error(formatIssues('desk', result.issues));
    expect(formatUnits(result.config.accounts[0]?.openingEquity ?? 0n)).toBe(written.replace(/\.50$/, '.5'));
  },
);

test.each([
  {
    from: 'dailyLossMax: 200',
    to: 'dailyLossMin: 200',
    path: 'accounts[0].limits.dailyLossMin',
    words: 'is not a known field',
  },
  {
    from: '      dailyLossMax: 200 # USDT since 00:00 UTC\n',
    to: '',
    path: 'accounts[0].limits.dailyLossMax',
    words: 'must be an amount',
  },
  {
    from: 'openingEquity: 10000',
    to: 'openingEquity: lots',
    path: 'accounts[0].openingEquity',
    words: 'with at most 8 decimals, e.g. 10000 (got "lots")',
  },
  { from: 'windowMs: 1000', to: 'windowMs: 50', path: 'feed.windowMs', words: 'at least 100' },
  { from: 'fast: 3', to: 'fast: three', path: 'strategies[0].params.fast', words: 'must be a number' },
  { from: 'fast: 3', to: 'fast: 9', path: 'strategies[0].params.slow', words: 'must be larger than fast' },
  {
    from: '      fast: 3 # candles\n',
    to: '',
    path: 'strategies[0].params.fast',
    words: 'is missing; it must be a number',
  },
  { from: 'account: main', to: 'account: other', path: 'strategies[0].account', words: 'there are main' },
])('names the field, its line and the fix: $path', ({ from, to, path, words }) => {
  expect(example).toContain(from);
  const issues = issuesOf(example.replace(from, to));
  expect(issues.map((issue) => issue.path.replace(/ \(line \d+\)$/, ''))).toContain(path);
  expect(issues[0]?.path).toMatch(/ \(line \d+\)$/);
  expect(issues.map((issue) => issue.message).join('\n')).toContain(words);
});

test('the line is that of the field', () => {
  const text = example.replace('windowMs: 1000', 'windowMs: 50');
  const line = text.split('\n').findIndex((one) => one.includes('windowMs: 50')) + 1;
  expect(issuesOf(text)).toEqual([
    { path: `feed.windowMs (line ${line})`, message: 'must be milliseconds: at least 100' },
  ]);
});

test('a group that is missing is said so', () => {
  expect(issuesOf('feed: {}\n')).toContainEqual({
    path: 'venues',
    message: 'is missing; it must be a group of fields, indented under its name',
  });
});

test('a small use of aliases is fine', () => {
  const text = example
    .replace('quoteAsset: USDT', 'quoteAsset: &quote USDT')
    .replace('currency: USDT', 'currency: *quote');
  expect(issuesOf(text)).toEqual([]);
});

test('issues are shown under the name of the file, one a line', () => {
  const text = formatIssues('desk.yaml', [
    { path: 'feed.depth', message: 'must be levels per side: at most 50' },
    { path: 'the file', message: 'two\nlines' },
  ]);
  expect(text.split('\n')).toEqual([
    'desk.yaml: 2 things to put right',
    '  feed.depth must be levels per side: at most 50',
    '  the file two lines',
    'Every field is described in docs/configuration.md.',
  ]);
});
