import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { EpochMs } from '../../core/time.ts';
import { json, type SimAnswer, type SimUpgrade } from './sim-dialect.ts';

/** A key as the venue knows it. */
export interface KalshiPublicKey {
  readonly keyId: string;
  /** RSA or Ed25519, PEM. */
  readonly publicKeyPem: string;
}

/** The venue does not say how wrong a clock may be. */
const SKEW_MS_MAX = 30_000;
const METHOD = 'GET';

/** Looks at the signature of whoever opens a stream. */
export class KalshiGate {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly KalshiPublicKey[]) {
    this.keys = new Map(keys.map(({ keyId, publicKeyPem }) => [keyId, createPublicKey(publicKeyPem)]));
  }

  /** Null admits it; else the answer that refuses it. */
  judge({ url, headers }: SimUpgrade, now: EpochMs): SimAnswer | null {
    const key = this.keys.get(headers['kalshi-access-key'] ?? '');
    if (key === undefined) return refusal('no such key');
    const stamp = headers['kalshi-access-timestamp'] ?? '';
    if (!/^\d{13}$/.test(stamp) || Math.abs(Number(stamp) - now) > SKEW_MS_MAX)
      return refusal('the timestamp is not of this moment');
    const signature = Buffer.from(headers['kalshi-access-signature'] ?? '', 'base64');
    const signed = Buffer.from(`${stamp}${METHOD}${url.pathname}`);
    return isSigned(key, signed, signature) ? null : refusal('the signature is not of this key');
  }
}

function isSigned(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType === 'ed25519') return verify(null, signed, key, signature);
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return verify('sha256', signed, { key, padding, saltLength }, signature);
}

const refusal = (details: string): SimAnswer =>
  json(
    JSON.stringify({ error: { code: 'token_authentication_failure', message: 'unauthorized', details } }),
    401,
  );
