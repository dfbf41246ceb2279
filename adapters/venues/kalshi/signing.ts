import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { EpochMs } from '../../../core/time.ts';

/** An API key of the venue as its owner has it. */
export interface KalshiKeys {
  readonly keyId: string;
  /** RSA or Ed25519, unencrypted; `\n` may stand for a line's end, as environment variables have it. */
  readonly privateKeyPem: string;
}

/** The one request that is signed: the opening of the stream of public data. */
const METHOD = 'GET';
const PATH = '/trade-api/ws/v2';

/**
 * Signs the opening of the stream and nothing else (docs/adr/0014): it takes neither a method nor a path, so that no order
 * can be made of it. The key is held where neither a log nor an inspection can show it; nothing here says any of it.
 */
export class UpgradeSigner {
  readonly #keyId: string;
  readonly #key: KeyObject;

  /** @throws Error in words, without the key, when it cannot be used. */
  constructor({ keyId, privateKeyPem }: KalshiKeys) {
    if (keyId.trim() === '') throw new Error('Kalshi key id: it is empty; set it beside the private key');
    this.#keyId = keyId.trim();
    this.#key = readKey(privateKeyPem);
  }

  /** Headers that open the stream at this moment. */
  headers(now: EpochMs): Readonly<Record<string, string>> {
    return {
      'KALSHI-ACCESS-KEY': this.#keyId,
      'KALSHI-ACCESS-TIMESTAMP': String(now),
      'KALSHI-ACCESS-SIGNATURE': this.signOpening(now).toString('base64'),
    };
  }

  toJSON(): string {
    return '[Kalshi key]';
  }

  toString(): string {
    return this.toJSON();
  }

  private signOpening(now: EpochMs): Buffer {
    const data = Buffer.from(`${now}${METHOD}${PATH}`);
    if (this.#key.asymmetricKeyType === 'ed25519') return sign(null, data, this.#key);
    return sign('sha256', data, {
      key: this.#key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  }
}

const USABLE: ReadonlySet<string | undefined> = new Set(['rsa', 'rsa-pss', 'ed25519']);

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    // What the library says may quote what it was given.
    throw new Error(
      'Kalshi private key: it cannot be read; give the unencrypted PEM text that the venue showed once',
    );
  }
  if (!USABLE.has(key.asymmetricKeyType))
    throw new Error(
      `Kalshi private key: it must be RSA or Ed25519, not ${key.asymmetricKeyType ?? 'unknown'}`,
    );
  return key;
}
