import { constants, generateKeyPairSync, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { UpgradeSigner } from '../../../../adapters/venues/kalshi/signing.ts';
import { epochMs } from '../../../../core/time.ts';

const NOW = epochMs(1_703_123_456_789);
const SIGNED = Buffer.from('1703123456789GET/trade-api/ws/v2');
const KEY_ID = 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c';

const pem = (key: { export(options: { format: 'pem'; type: 'pkcs8' }): string | Buffer }): string =>
  String(key.export({ format: 'pem', type: 'pkcs8' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ed25519 = generateKeyPairSync('ed25519');

const signatureOf = (headers: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'] ?? '', 'base64');

describe('signs the opening of the stream at a moment', () => {
  test('with an RSA key: PSS, SHA-256, a salt as long as the digest', () => {
    const headers = new UpgradeSigner({ keyId: KEY_ID, privateKeyPem: pem(rsa.privateKey) }).headers(NOW);
    expect(headers).toMatchObject({
      'KALSHI-ACCESS-KEY': KEY_ID,
      'KALSHI-ACCESS-TIMESTAMP': '1703123456789',
    });
    const pss = { key: rsa.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(verify('sha256', SIGNED, pss, signatureOf(headers))).toBe(true);
    const other = Buffer.from('1703123456790GET/trade-api/ws/v2');
    expect(verify('sha256', other, pss, signatureOf(headers))).toBe(false);
  });

  test('with an Ed25519 key: the same bytes directly', () => {
    const headers = new UpgradeSigner({ keyId: KEY_ID, privateKeyPem: pem(ed25519.privateKey) }).headers(NOW);
    expect(verify(null, SIGNED, ed25519.publicKey, signatureOf(headers))).toBe(true);
  });

  test('with a key whose line ends are written out, as environment variables have them', () => {
    const privateKeyPem = pem(ed25519.privateKey).replaceAll('\n', '\\n');
    const headers = new UpgradeSigner({ keyId: ` ${KEY_ID}\n`, privateKeyPem }).headers(NOW);
    expect(headers['KALSHI-ACCESS-KEY']).toBe(KEY_ID);
    expect(verify(null, SIGNED, ed25519.publicKey, signatureOf(headers))).toBe(true);
  });
});

test('takes no method, path or text to sign', () => {
  expect(Object.getOwnPropertyNames(UpgradeSigner.prototype).toSorted()).toEqual([
    'constructor',
    'headers',
    'signOpening',
    'toJSON',
    'toString',
  ]);
  expect([UpgradeSigner.prototype.headers.length, UpgradeSigner.prototype.toString.length]).toEqual([1, 0]);
});

test('shows nothing of the key in texts, JSON or an inspection', () => {
  const signer = new UpgradeSigner({ keyId: KEY_ID, privateKeyPem: pem(ed25519.privateKey) });
  const shown = [
    String(signer),
    JSON.stringify({ signer }),
    inspect(signer, { depth: 9, showHidden: true }),
  ].join(' ');
  const [, secret = ''] = pem(ed25519.privateKey).split('\n');
  expect(secret.length).toBeGreaterThan(20);
  expect(shown).not.toContain(KEY_ID);
  expect(shown).not.toContain(secret);
  expect(shown).not.toContain('PrivateKeyObject');
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SECRET = 'MC4CAQAwBQYDK2VwBCIEIIbroken';

test.each([
  {
    what: 'no PEM',
    keys: { keyId: KEY_ID, privateKeyPem: SECRET },
    why: 'Kalshi private key: it cannot be read',
  },
  {
    what: 'a broken PEM',
    keys: {
      keyId: KEY_ID,
      privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`,
    },
    why: 'Kalshi private key: it cannot be read',
  },
  {
    what: 'a key of another kind',
    keys: { keyId: KEY_ID, privateKeyPem: pem(ec.privateKey) },
    why: 'Kalshi private key: it must be RSA or Ed25519, not ec',
  },
  {
    what: 'no key id',
    keys: { keyId: ' ', privateKeyPem: pem(ed25519.privateKey) },
    why: 'Kalshi key id: it is empty',
  },
])('refuses $what in words, without any of it', ({ keys, why }) => {
  const refusal = (() => {
    try {
      return new UpgradeSigner(keys);
    } catch (error) {
      return error;
    }
  })();
  if (!(refusal instanceof Error)) throw new Error('it was taken');
  expect(refusal.message).toContain(why);
  expect(inspect(refusal)).not.toContain(SECRET);
});
