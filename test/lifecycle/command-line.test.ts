import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { deckle, type Ended } from './processes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

let directory: string;
let config: string;
let run: Ended;
beforeAll(async () => {
  directory = temporaryDirectory();
  config = configFile(directory, shortDemo(120));
  run = await deckle('start', '--once', '--json', '--port', '0', '--dir', directory, '--config', config);
});

test('start --json says one line on stdout, with the documented fields and no others', () => {
  expect(run.code, run.stderr).toBe(0);
  expect(run.stdout).toMatch(/^\{.*\}\n$/);
  expect(Object.keys(JSON.parse(run.stdout))).toEqual([
    'windows',
    'signals',
    'accepted',
    'denied',
    'fills',
    'makerFills',
    'openOrders',
    'equity',
    'realizedPnl',
    'feesPaid',
    'discrepancies',
    'ledgerHash',
    'wallMs',
  ]);
  expect(JSON.parse(run.stdout)).toEqual({
    windows: 120,
    signals: expect.any(Number),
    accepted: expect.any(Number),
    denied: expect.any(Number),
    fills: expect.any(Number),
    makerFills: expect.any(Number),
    openOrders: expect.any(Number),
    equity: expect.stringMatching(/^\d+(?:\.\d+)?$/),
    realizedPnl: expect.stringMatching(/^-?\d+(?:\.\d+)?$/),
    feesPaid: expect.stringMatching(/^-?\d+(?:\.\d+)?$/),
    discrepancies: 0,
    ledgerHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    wallMs: expect.any(Number),
  });
});

const COMMANDS = [
  { words: ['start'] },
  { words: ['replay'] },
  { words: ['status'] },
  { words: ['orders'] },
  { words: ['positions'] },
  { words: ['explain'] },
  { words: ['kill'] },
  { words: ['resume'] },
  { words: ['report'] },
  { words: ['reconcile'] },
  { words: ['config', 'validate'] },
  { words: ['search'] },
  { words: ['universe'] },
  { words: ['reset'] },
];

test.each(COMMANDS)('deckle $words explains itself with --help and knows --json', async ({ words }) => {
  const { code, stdout } = await command(...words, '--help');
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: deckle ${words.join(' ')}`);
  expect(stdout).toContain('--json');
});

test('the help of deckle lists every command', async () => {
  const { code, stdout } = await command('--help');
  expect(code).toBe(0);
  for (const { words } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${words[0]} `, 'm'));
});

test.each([
  { args: ['start', '--ones'], words: "unknown option '--ones'" },
  { args: ['trade'], words: "unknown command 'trade'" },
  { args: ['start', '--windows', '0'], words: 'must be at least 1' },
  { args: ['start', '--windows', 'many'], words: 'must be a whole number' },
  { args: ['start', '--port', '70000'], words: 'must be a port from 0 to 65535' },
  { args: ['resume'], words: "required option '--reason <text>' not specified" },
  { args: ['resume', '--reason', ' '], words: 'give a reason' },
  { args: ['explain'], words: 'name one fill id, or give --all' },
  { args: ['report', '--day', 'today'], words: '--day must look like' },
  { args: ['orders', '--lane', 'fast'], words: '--lane must be one of' },
])('$args is called wrongly: exit 2, and says $words', async ({ args, words }) => {
  const { code, stdout, stderr } = await command(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
  expect(stdout).toBe('');
});

test.each([
  { args: ['status'] },
  { args: ['orders'] },
  { args: ['positions'] },
  { args: ['report'] },
  { args: ['reconcile'] },
  { args: ['explain', '--all'] },
])('$args gives one JSON document on stdout after the run', async ({ args }) => {
  const { code, stdout, stderr } = await command(...args, '--json', '--dir', directory);
  expect(code, stderr).toBe(0);
  expect(() => JSON.parse(stdout)).not.toThrow();
});

test('without a session commands say how to begin one', async () => {
  const { code, stderr } = await command('status', '--dir', temporaryDirectory());
  expect(code).toBe(1);
  expect(stderr).toContain('begin one with: npm start');
});

test('a session that is not there is named with those that are', async () => {
  const { code, stderr } = await command('status', '--session', 'demo-8', '--dir', directory);
  expect(code).toBe(1);
  expect(stderr).toContain("there is no session 'demo-8'");
  expect(stderr).toContain('demo-7');
});

test('a wrong field of the configuration is named with its path and the fix, and nothing starts', async () => {
  const broken = join(temporaryDirectory(), 'broken.yaml');
  writeFileSync(broken, readFileSync(config, 'utf8').replace('timeInForce: IOC', 'timeInForce: FOREVER'));
  const validated = await command('config', 'validate', broken);
  const started = await command('start', '--once', '--port', '0', '--dir', directory, '--config', broken);
  for (const { code, stderr } of [validated, started]) {
    expect(code).toBe(2);
    expect(stderr).toContain('strategies[0].execution.timeInForce');
    expect(stderr).toMatch(/GTC.*IOC/);
  }
});
