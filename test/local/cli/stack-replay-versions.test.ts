import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import type { Item } from '../../../adapters/store/item-store.ts';
import { createLedger } from '../../../adapters/store/ledger.ts';
import { keys, replace } from '../../../adapters/store/table.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { requireConfig } from '../../../local/cli/load.ts';
import type { Changes } from '../../lifecycle/demo-config.ts';
import { configFile, shortDemo } from '../../lifecycle/demo-config.ts';
import { command as deckle } from '../../lifecycle/in-process.ts';
import { COIN } from '../../support/values.ts';
import { refusal } from '../stack-view/aws-server.ts';
import type { StackDesk } from '../stack-view/stack-desk.ts';
import { startStackDesk } from '../stack-view/stack-desk.ts';
import { type Bucket, bucketAnswer, trade } from '../stack-view/traded-desk.ts';

// A session whose fees were changed in the middle, together with how they are charged, and that lost an account then.

const HALF = 120;
const directory = mkdtempSync(join(tmpdir(), 'deckle-stack-versions-'));
const bucket: Bucket = new Map();
const hashes: string[] = [];
let desk: StackDesk;

const third = {
  id: 'third',
  currency: 'USDT',
  openingEquity: 100,
  limits: { exposurePerInstrumentMax: 50, exposureTotalMax: 60, dailyLossMax: 10, drawdownBpsMax: 500 },
};
const fees = { version: 'dearer', makerBps: 30, takerBps: 40, charge: 'quote' };

const onStack = (...args: readonly string[]) => deckle('--stack', 'local', ...args);
const replayed = async () => JSON.parse((await onStack('replay', '--windows', '--json')).stdout);

async function tradeUnder(changes: Changes, windowsMax: number): Promise<void> {
  const file = configFile(directory, [...shortDemo(2 * HALF + 60), ...changes]);
  const { code, stdout } = await onStack('config', 'push', file, '--json');
  expect(code).toBe(0);
  hashes.push(JSON.parse(stdout).hash);
  await trade(desk.store, bucket, requireConfig(file), windowsMax);
}

beforeAll(async () => {
  desk = await startStackDesk(
    (request) =>
      bucketAnswer(bucket, request) ?? refusal('InvalidAction', `nothing answers ${request.action}`),
  );
  await tradeUnder([[['accounts', 2], third]], HALF);
  await tradeUnder([[['venues', 'binance', 'fees'], fees]], 2 * HALF);
}, 120_000);
afterAll(async () => {
  await desk.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('fills were made under both versions', async () => {
  const versions = new Set<string>();
  const ledger = createLedger(desk.store, sha256, () => COIN);
  for (const account of ['main', 'patient'] as AccountId[])
    for await (const { evidence } of ledger.fills(account, 'base')) versions.add(evidence.fees.version);
  expect(versions).toEqual(new Set(['binance-spot-2026-05', 'dearer']));
});

test('each window is replayed under its own version, to the session’s own hash', async () => {
  expect(await replayed()).toMatchObject({
    same: true,
    windows: 2 * HALF,
    gaps: 0,
    versions: hashes,
    readOtherwise: [],
  });
  const { code, stdout } = await onStack('replay', '--windows');
  expect(code).toBe(0);
  expect(stdout).toContain(
    `note: the windows were published under 2 versions of the configuration, one after the other: ${hashes.map((one) => one.slice(0, 12)).join(', ')}`,
  );
});

test('the fees of a version decide: with those of the other one it is another ledger', async () => {
  const [first = '', second = ''] = hashes;
  const document = (await desk.store.get(keys.config(second)))?.['document'];
  await changed(first, { document }, async () => {
    const { same, readOtherwise } = await replayed();
    expect({ same, readOtherwise }).toEqual({ same: false, readOtherwise: [first] });
    const { code, stdout } = await onStack('replay', '--windows');
    expect(code).toBe(1);
    expect(stdout).toContain(
      `note: this version of Deckle reads configuration ${first.slice(0, 12)} otherwise than the one that pushed it`,
    );
  });
});

test('a version that is missing is told', async () => {
  const [first = ''] = hashes;
  const item = (await desk.store.get(keys.config(first))) ?? {};
  const { version } = item as Item;
  const condition = { kind: 'version', version: Number(version) } as const;
  await desk.store.transact([{ kind: 'delete', key: keys.config(first), condition }]);
  const { code, stderr } = await onStack('replay', '--windows');
  expect(code).toBe(1);
  expect(stderr).toContain(
    `stack Deckle-local published windows under configuration ${first}, which is not in the table any more`,
  );
  await desk.store.transact([replace(keys.config(first), 'config', item, 0)]);
  expect((await replayed()).same).toBe(true);
});

test.each([
  { what: 'of another schema', document: '{"feed":{}}', says: 'cannot read (venues is missing' },
  { what: 'no JSON', document: '{', says: 'cannot read (' },
  { what: 'no document at all', document: undefined, says: 'cannot read (' },
])('a version that is $what is told', async ({ document, says }) => {
  const [first = ''] = hashes;
  await changed(first, { document }, async () => {
    const { code, stderr } = await onStack('replay', '--windows');
    expect(code).toBe(1);
    expect(stderr).toContain(`published windows under configuration ${first}, which this version of Deckle`);
    expect(stderr).toContain(says);
    expect(stderr).toContain('Replay it with the version of Deckle that pushed it');
  });
});

/** Has a stored version read otherwise for as long as `during` runs. */
async function changed(
  hash: string,
  fields: Readonly<Record<string, unknown>>,
  during: () => Promise<void>,
): Promise<void> {
  const key = keys.config(hash);
  const item = await desk.store.get(key);
  const version = Number(item?.['version']);
  await desk.store.transact([replace(key, 'config', { ...item, ...fields }, version)]);
  try {
    await during();
  } finally {
    await desk.store.transact([replace(key, 'config', { ...item }, version + 1)]);
  }
}
