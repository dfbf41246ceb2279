import { keyFault } from '../../adapters/venues/key-fault.ts';
import { KALSHI_SECRET_FIELDS } from '../../core/config/stages.ts';
import type { ClientSettings, Environment } from '../stack-view/stack-place.ts';
import type { KalshiSecret } from './facts.ts';
import { type Credentials, readSecret } from './read-secret.ts';

export interface SecretPlace {
  readonly region: string;
  readonly settings: ClientSettings;
  readonly env: Environment;
  /** Of whoever asks; a provider of the SDK fits. */
  readonly credentials: () => Promise<Credentials>;
}

type Field = keyof typeof KALSHI_SECRET_FIELDS;

const FIELDS = Object.keys(KALSHI_SECRET_FIELDS) as readonly Field[];

/**
 * What is amiss with a secret that the feeds task is to be given; null when there is no such secret. What it holds is read
 * here and goes nowhere. @throws Error of AWS, or of the network.
 */
export async function lookAtKalshiSecret(name: string, place: SecretPlace): Promise<KalshiSecret | null> {
  const text = await readSecret(name, place);
  if (text === null) return null;
  const fields = fieldsOf(text);
  const missing = FIELDS.filter((field) => fields[field] === undefined);
  if (missing.length > 0) return { missing, keyFault: null };
  const { keyId = '', privateKey = '' } = fields;
  return { missing, keyFault: keyFault({ kalshi: { keyId, privateKeyPem: privateKey } }) };
}

/** Fields that hold something; none when it is no JSON object. */
function fieldsOf(text: string): Readonly<Partial<Record<Field, string>>> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return {};
  const given = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== '',
  );
  return Object.fromEntries(given);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
