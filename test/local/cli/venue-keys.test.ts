import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandError } from '../../../local/cli/terminal.ts';
import { readVenueKeys } from '../../../local/cli/venue-keys.ts';

const PEM = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const NO_PEM = 'what a key file holds, which nobody may read in an error';
const ID = 'DECKLE_KALSHI_KEY_ID';
const KEY = 'DECKLE_KALSHI_PRIVATE_KEY';
const FILE = 'DECKLE_KALSHI_PRIVATE_KEY_FILE';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-keys-'));
  file = join(folder, 'kalshi.pem');
  writeFileSync(file, PEM);
});
afterAll(() => rmSync(folder, { recursive: true }));

function refusalOf(environment: Readonly<Record<string, string>>): CommandError {
  try {
    readVenueKeys(environment);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each([
  { what: 'nothing', environment: {} },
  { what: 'empty variables, as a shell leaves them', environment: { [ID]: '', [KEY]: '', [FILE]: '' } },
])('$what means no keys', ({ environment }) => {
  expect(readVenueKeys(environment)).toEqual({});
});

test('takes the key itself', () => {
  expect(readVenueKeys({ [ID]: 'abc', [KEY]: PEM })).toEqual({
    kalshi: { keyId: 'abc', privateKeyPem: PEM },
  });
});

test('takes the key from its file', () => {
  const keys = { kalshi: { keyId: 'abc', privateKeyPem: PEM } };
  expect(readVenueKeys({ [ID]: 'abc', [FILE]: file })).toEqual(keys);
  expect(readVenueKeys({ [ID]: 'abc', [FILE]: file, [KEY]: '' })).toEqual(keys);
});

test.each([
  { given: { [KEY]: PEM }, says: `${ID} is not set, but a private key is: set both, or none` },
  { given: { [FILE]: '/nowhere' }, says: `${ID} is not set, but a private key is: set both, or none` },
  {
    given: { [ID]: 'abc', [KEY]: PEM, [FILE]: '/nowhere' },
    says: `${KEY} and ${FILE} are both set: keep one of them`,
  },
  { given: { [ID]: 'abc' }, says: `${ID} is set without its key: set ${FILE} to the PEM file, or unset it` },
  { given: { [ID]: 'abc', [FILE]: '/nowhere.pem' }, says: `${FILE}: there is no file /nowhere.pem` },
  {
    given: { [ID]: 'abc', [KEY]: NO_PEM },
    says: `${KEY}: Kalshi private key: it cannot be read; give the unencrypted PEM text that the venue showed once`,
  },
])('refuses in words, as a wrong call: $says', ({ given, says }) => {
  const { message, exitCode } = refusalOf(given);
  expect([message, exitCode]).toEqual([says, 2]);
});

test('refuses a file that cannot be read, with the reason', () => {
  expect(refusalOf({ [ID]: 'abc', [FILE]: folder }).message).toBe(`${FILE}: ${folder}: EISDIR`);
});

test('no refusal tells what the variables hold of a secret', () => {
  for (const given of [
    { [KEY]: NO_PEM },
    { [ID]: 'a key id', [KEY]: NO_PEM },
    { [ID]: 'a key id', [KEY]: NO_PEM, [FILE]: file },
  ]) {
    const { message } = refusalOf(given);
    expect(message).not.toContain(NO_PEM);
    expect(message).not.toContain('a key id');
  }
});
