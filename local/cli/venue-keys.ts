import { existsSync, readFileSync } from 'node:fs';
import { keyFault } from '../../adapters/venues/key-fault.ts';
import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import { CommandError } from './terminal.ts';

const PEM = 'DECKLE_KALSHI_PRIVATE_KEY';
const FILE = 'DECKLE_KALSHI_PRIVATE_KEY_FILE';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Keys of venues from the environment: `DECKLE_KALSHI_KEY_ID` with `DECKLE_KALSHI_PRIVATE_KEY` (the PEM text) or
 * `DECKLE_KALSHI_PRIVATE_KEY_FILE` (its file). Without them nothing is missing but Kalshi's stream.
 * @throws CommandError when one is given without the other, its file cannot be read, or no key is in it; never with what they
 * hold.
 */
export function readVenueKeys(environment: Environment): VenueKeys {
  const keyId = given(environment, 'DECKLE_KALSHI_KEY_ID');
  const pem = given(environment, PEM);
  const file = given(environment, FILE);
  if (keyId === undefined && pem === undefined && file === undefined) return {};
  if (keyId === undefined)
    throw new CommandError('DECKLE_KALSHI_KEY_ID is not set, but a private key is: set both, or none', 2);
  if (pem !== undefined && file !== undefined)
    throw new CommandError(
      'DECKLE_KALSHI_PRIVATE_KEY and DECKLE_KALSHI_PRIVATE_KEY_FILE are both set: keep one of them',
      2,
    );
  const privateKeyPem = pem ?? (file === undefined ? undefined : read(file));
  if (privateKeyPem === undefined)
    throw new CommandError(
      'DECKLE_KALSHI_KEY_ID is set without its key: set DECKLE_KALSHI_PRIVATE_KEY_FILE to the PEM file, or unset it',
      2,
    );
  const keys: VenueKeys = { kalshi: { keyId, privateKeyPem } };
  const fault = keyFault(keys);
  if (fault === null) return keys;
  throw new CommandError(`${file === undefined ? PEM : FILE}: ${fault}`, 2);
}

const given = (environment: Environment, name: string): string | undefined => environment[name] || undefined;

function read(file: string): string {
  if (!existsSync(file))
    throw new CommandError(`DECKLE_KALSHI_PRIVATE_KEY_FILE: there is no file ${file}`, 2);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new CommandError(`DECKLE_KALSHI_PRIVATE_KEY_FILE: ${file}: ${code}`, 2);
  }
}
