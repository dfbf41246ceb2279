import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import { createAsideStore } from '../../../adapters/store/aside-store.ts';
import { createConfigStore } from '../../../adapters/store/config-store.ts';
import { createModeStore } from '../../../adapters/store/mode-store.ts';
import { keys, replace } from '../../../adapters/store/table.ts';
import { asQuantity } from '../../../core/amounts.ts';
import { parseConfig } from '../../../core/config/desk-config.ts';
import { flat } from '../../../core/ledger/position.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import type { FeedId } from '../../../core/market/window.ts';
import { NO_CONSUMPTION } from '../../../core/paper/consumption.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { configFile } from '../../lifecycle/demo-config.ts';
import { command as deckle } from '../../lifecycle/in-process.ts';
import type { StackDesk } from '../stack-view/stack-desk.ts';
import { startStackDesk } from '../stack-view/stack-desk.ts';

const OAK = instrumentId('binance', 'OAKUSDT');
const directory = mkdtempSync(join(tmpdir(), 'deckle-stack-'));
let desk: StackDesk;

beforeAll(async () => {
  desk = await startStackDesk();
});
afterAll(async () => {
  await desk.stop();
  rmSync(directory, { recursive: true, force: true });
});

const modes = () => createModeStore(desk.store, systemClock);
const push = (changes: Parameters<typeof configFile>[1] = []) =>
  deckle('--stack', 'local', 'config', 'push', configFile(directory, changes), '--json');

// One stack goes through its first day here: the tests follow one another.

test('without a configuration, what needs one says how to push it', async () => {
  for (const command of ['status', 'orders', 'positions', 'reconcile', 'report']) {
    const { code, stderr } = await deckle(command, '--stack', 'local');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'no configuration was pushed to Deckle-local yet, so that it does not trade. Push deckle.yaml: npx deckle --stack local config push',
    );
  }
});

test('the first push opens the accounts, puts the version in force and begins trading', async () => {
  const { code, stdout } = await push();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'pushed',
    stack: 'Deckle-local',
    before: null,
    unchanged: false,
    changes: [],
    opened: ['main', 'patient'],
    begins: true,
    mode: { mode: 'active', version: 1, cause: 'start', author: userInfo().username },
  });
  const stored = await createConfigStore(desk.store).current();
  const read = parseConfig(stored?.document, sha256);
  expect(read).toMatchObject({ kind: 'valid', config: { hash: JSON.parse(stdout).hash } });
});

test('pushing the same again changes nothing, and says so', async () => {
  const before = await desk.store.query({ pk: 'CONTROL' });
  const { code, stdout } = await push();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ unchanged: true, changes: [], opened: [], begins: false });
  expect((await deckle('config', 'push', '--stack', 'local')).stdout).toContain(
    'unchanged: deckle.yaml is in force at Deckle-local already',
  );
  expect(await desk.store.query({ pk: 'CONTROL' })).toEqual(before);
});

test('another version says what it changes, by path, and an account added is opened', async () => {
  const third = { id: 'third', currency: 'USDT', openingEquity: 100, limits: limits() };
  const { code, stdout } = await push([
    [['accounts', 0, 'limits', 'dailyLossMax'], 150],
    [['accounts', 2], third],
  ]);
  expect(code).toBe(0);
  const { changes, opened } = JSON.parse(stdout) as {
    changes: readonly { readonly path: string; readonly before: string; readonly after: string }[];
    opened: readonly string[];
  };
  expect(opened).toEqual(['third']);
  expect(changes).toContainEqual({
    path: 'accounts[main].limits.dailyLossMax',
    before: '200',
    after: '150',
  });
  expect(changes.filter((one) => !one.path.startsWith('accounts[third]'))).toHaveLength(1);
});

test('an account that holds nothing may go, and come back as it was opened, but not otherwise', async () => {
  expect((await push()).code).toBe(0);
  const richer = { id: 'third', currency: 'USDT', openingEquity: 101, limits: limits() };
  const { code, stdout } = await push([[['accounts', 2], richer]]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'refused',
    issues: [{ path: 'accounts[third]', message: expect.stringContaining('was opened with 100 USDT') }],
  });
  const text = await deckle('config', 'push', join(directory, 'deckle.yaml'), '--stack', 'local');
  expect(text.stderr).toContain('accounts[third] was opened with 100 USDT');
});

test('an account that holds something may not go', async () => {
  const held = keys.holding('third' as AccountId, 'base', OAK);
  const third = { id: 'third', currency: 'USDT', openingEquity: 100, limits: limits() };
  expect((await push([[['accounts', 2], third]])).code).toBe(0);
  const position = { ...flat(OAK), quantity: asQuantity(150_000_000n) };
  await desk.store.transact([replace(held, 'position', { position, consumption: NO_CONSUMPTION }, 0)]);
  const before = await createConfigStore(desk.store).current();
  const { code, stdout } = await push();
  expect(code).toBe(1);
  expect(JSON.parse(stdout).issues).toEqual([
    {
      path: 'accounts[third]',
      message: expect.stringContaining('must stay: it has holdings in binance:OAKUSDT'),
    },
  ]);
  expect(await createConfigStore(desk.store).current()).toEqual(before);
  await desk.store.transact([{ kind: 'delete', key: held, condition: { kind: 'version', version: 1 } }]);
  expect((await push()).code).toBe(0);
});

test('an account that a strategy trades may not go, nor before what the strategy raised is decided', async () => {
  const strategy = {
    id: 'third-taker',
    type: 'sma-crossover',
    account: 'third',
    instruments: [OAK],
    params: { fast: 3, slow: 9, interval: '5s', minConfidence: 0 },
    execution: { style: 'take', timeInForce: 'IOC' },
    sizing: { method: 'fixed-fraction', fractionBps: 100, notionalMax: 50 },
  };
  const third = { id: 'third', currency: 'USDT', openingEquity: 100, limits: limits() };
  const withThird = [['accounts', 2], third] as const;
  expect((await push([withThird, [['strategies', 3], strategy]])).code).toBe(0);
  const refusedFor = async (why: string) => {
    const before = await createConfigStore(desk.store).current();
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(JSON.parse(stdout).issues).toEqual([
      { path: 'accounts[third]', message: expect.stringContaining(why) },
    ]);
    expect(await createConfigStore(desk.store).current()).toEqual(before);
  };
  await refusedFor(
    'must stay: third-taker trades it in the version in force, and the feed and the functions follow a push up to 30 seconds later, so that an order could still be made on it. Push a version without that strategy first, and 15 minutes after it one without the account',
  );
  expect((await push([withThird])).code).toBe(0);
  await refusedFor('must stay: a version before traded it, and the one in force was pushed less than 15');
  // A quarter of an hour later.
  const item = await desk.store.get(keys.configInForce);
  const pushedAt = Number(item?.['pushedAt']) - 15 * 60_000;
  const inForce = { hash: item?.['hash'], pushedAt, pushedBy: item?.['pushedBy'] };
  await desk.store.transact([
    replace(keys.configInForce, 'config-in-force', inForce, Number(item?.['version'])),
  ]);
  expect((await push()).code).toBe(0);
});

test('an invalid file is refused before anything is asked of the stack', async () => {
  const asked = desk.server.requests.length;
  const { code, stderr } = await push([[['feed', 'windowMs'], 7]]);
  expect(code).toBe(2);
  expect(stderr).toContain('feed.windowMs');
  expect(desk.server.requests.length).toBe(asked);
});

test('config show gives back what config push takes', async () => {
  const shown = await deckle('config', 'show', '--stack', 'local');
  expect(shown.stdout).toMatch(/^# In force at stack Deckle-local: hash [0-9a-f]{64},\n# pushed at /);
  const json = JSON.parse((await deckle('config', 'show', '--stack', 'local', '--json')).stdout);
  expect(parseConfig(json.document, sha256)).toMatchObject({ kind: 'valid', config: { hash: json.hash } });
});

test('status says who set the mode, which version is in force and that the feed never ran', async () => {
  const { code, stdout } = await deckle('status', '--stack', 'local', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    stack: 'Deckle-local',
    region: 'us-east-1',
    mode: 'active',
    modeBy: userInfo().username,
    feed: { id: 'main', phase: null, healthy: true },
    configuration: { hash: (await createConfigStore(desk.store).current())?.hash },
    decisions: 0,
    lateDecisions: 0,
    holes: 0,
    putAside: { count: 0, newest: [] },
    accounts: [{ account: 'main', equity: '10000' }, { account: 'patient' }],
  });
});

test('status says what was put aside and that a feed fell silent, and is not well then', async () => {
  const now = systemClock.now();
  const aside = createAsideStore(desk.store);
  for (const [i, reason] of ['first', 'second', 'third', 'fourth'].entries())
    await aside.put({
      id: `${i}`,
      function: 'risk',
      reason,
      text: '{}',
      at: (now - 9_000 + i) as typeof now,
    });
  const lease = keys.lease('main' as FeedId);
  const sign = {
    epoch: 1,
    owner: 'x',
    until: now,
    phase: 'running',
    at: now - 95_000,
    eventTime: now - 96_000,
  };
  await desk.store.transact([replace(lease, 'lease', sign, 0)]);
  const { code, stdout } = await deckle('status', '--stack', 'local');
  expect(code).toBe(1);
  expect(stdout).toMatch(/main is SILENT: it should run, but its last sign of life was 1 minute ago/);
  expect(stdout).toContain('0 of 0 decisions late, 0 holes, 4 put aside');
  expect(
    stdout.match(/put aside \d+ seconds ago by risk: \w+/g)?.map((one) => one.split(' ').at(-1)),
  ).toEqual(['fourth', 'third', 'second']);
  await desk.store.transact([replace(lease, 'lease', { ...sign, phase: 'finished' }, 1)]);
  const finished = await deckle('status', '--stack', 'local');
  expect(finished.code).toBe(0);
  expect(finished.stdout).toContain('main finished 1 minute ago');
});

test('kill stores the mode with the person’s name, wherever the option stands', async () => {
  const { code, stdout } = await deckle('--stack', 'local', 'kill', '--reason', 'a drill', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    halted: true,
    stack: 'Deckle-local',
    table: 'ledger',
    version: 2,
    reason: 'a drill',
    author: userInfo().username,
    already: false,
  });
  expect(await modes().mode()).toMatchObject({ mode: 'halted', cause: 'person', version: 2 });
  expect((await deckle('status', '--stack', 'local')).code).toBe(1);
});

test('a second kill keeps the first reason, and says so', async () => {
  const { code, stdout } = await deckle('kill', '--stack', 'local', '--reason', 'another');
  expect(code).toBe(0);
  expect(stdout).toContain('It was halted already');
  expect(stdout).toContain('a drill');
  expect((await modes().mode()).reason).toBe('a drill');
});

test('a push while trading is halted leaves it halted, and says how to resume', async () => {
  const { code, stdout } = await deckle('config', 'push', '--stack', 'local');
  expect(code).toBe(0);
  expect(stdout).toContain(
    'trading is halted: a drill. When it is safe: npx deckle --stack local resume --reason "..."',
  );
  expect((await modes().mode()).version).toBe(2);
});

test('resume makes it active again, once, and is audited', async () => {
  const { code, stdout } = await deckle('resume', '--stack', 'local', '--reason', 'drill over', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ mode: 'active', version: 3 });
  expect((await deckle('resume', '--stack', 'local', '--reason', 'again')).stdout).toBe(
    'trading is active already in stack Deckle-local\n',
  );
  expect(await modes().mode()).toMatchObject({ version: 3, reason: 'drill over', cause: 'person' });
});

test('resume after a drawdown asks for the peak to be rebased first', async () => {
  const mode = await modes().mode();
  await modes().setMode(mode, { ...mode, mode: 'halted', cause: 'drawdown', reason: 'main fell 6 %' });
  const refused = await deckle('resume', '--stack', 'local', '--reason', 'seen');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'main fell 6 %. The guard would halt again within a minute; add --rebase-peak',
  );
  const rebased = await deckle('resume', '--stack', 'local', '--reason', 'seen', '--rebase-peak');
  expect(rebased.code).toBe(0);
});

test('a table that DECKLE_TABLE names is halted and resumed without CloudFormation, and told by its name', async () => {
  process.env['DECKLE_TABLE'] = desk.table;
  const asked = desk.server.requests.length;
  try {
    const killed = await deckle('kill', '--stack', 'local', '--reason', 'CloudFormation is down');
    expect(killed.code).toBe(0);
    expect(killed.stdout).toContain(
      'nothing fills in stack Deckle-local (table ledger, as DECKLE_TABLE names it). The mode is stored',
    );
    expect(killed.stdout).not.toContain('never begun');
    expect(await modes().mode()).toMatchObject({ mode: 'halted', reason: 'CloudFormation is down' });
    const resumed = await deckle('resume', '--stack', 'local', '--reason', 'seen');
    expect(resumed.stdout).toContain('trading is active again in stack Deckle-local (table ledger, as');
    expect((await modes().mode()).mode).toBe('active');
  } finally {
    delete process.env['DECKLE_TABLE'];
  }
  expect(desk.server.requests.length).toBe(asked);
});

test('a named table on which trading was never begun is halted, with a doubt', async () => {
  const fresh = await startStackDesk();
  process.env['DECKLE_TABLE'] = fresh.table;
  try {
    const { code, stdout } = await deckle('kill', '--stack', 'local');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Trading was never begun on that table: make sure that it is the one of the stack.',
    );
  } finally {
    delete process.env['DECKLE_TABLE'];
    await fresh.stop();
  }
});

test('kill on a table that was never begun is stored, so that the first push does not begin trading', async () => {
  const fresh = await startStackDesk();
  try {
    expect((await deckle('kill', '--stack', 'local')).code).toBe(0);
    const { stdout } = await deckle('config', 'push', '--stack', 'local', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'pushed', begins: false, mode: { mode: 'halted' } });
  } finally {
    await fresh.stop();
  }
});

test.each([
  { args: ['status', '--stack', 'moon'], says: "--stack must be one of dev, prod, local, not 'moon'" },
  { args: ['status', '--stack', 'local', '--dir', '.'], says: '--dir is about sessions on this machine' },
  { args: ['kill', '--stack', 'local', '--session', 'demo-7'], says: '--session is about sessions' },
  { args: ['start', '--stack', 'local'], says: 'start works on files of this machine' },
  { args: ['--stack', 'local', 'reset'], says: 'reset works on files of this machine' },
  { args: ['config', 'validate', '--stack', 'local'], says: 'validate works on files of this machine' },
  { args: ['replay', '--stack', 'local'], says: 'replayed from its window log only: add --windows' },
  {
    args: ['replay', '--windows', '--stack', 'local', '--recording', 'x'],
    says: '--recording is about sessions',
  },
  { args: ['config', 'push'], says: 'name the stack it is about, e.g. --stack dev' },
  { args: ['deploy-check'], says: 'name the stack it is about, e.g. --stack dev' },
  { args: ['resume', '--stack', 'local', '--reason', ' '], says: 'give a reason' },
])('$args is called wrongly: $says', async ({ args, says }) => {
  const { code, stderr } = await deckle(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

function limits() {
  return {
    exposurePerInstrumentMax: 50,
    exposureTotalMax: 60,
    dailyLossMax: 10,
    drawdownBpsMax: 500,
  };
}
