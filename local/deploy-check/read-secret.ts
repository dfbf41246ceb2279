import { AwsV4Signer } from 'aws4fetch';
import type { SecretPlace } from './kalshi-secret.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/**
 * The text of a secret in Secrets Manager; null when there is none of that name. One signed request: a client of the SDK for
 * it would be one more dependency. @throws Error named as AWS names it, or the network's.
 */
export async function readSecret(name: string, place: SecretPlace): Promise<string | null> {
  const body = JSON.stringify({ SecretId: name });
  const { accessKeyId, secretAccessKey, sessionToken } = await place.credentials();
  const region = regionOf(name, place);
  const signer = new AwsV4Signer({
    method: 'POST',
    url: `${endpointOf(place, region)}/`,
    service: 'secretsmanager',
    region,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  });
  const signed = await signer.sign();
  const signal = AbortSignal.timeout(place.settings.requestHandler.requestTimeout);
  const init = { method: 'POST', headers: signed.headers, body, redirect: 'manual', signal } as const;
  const response = await fetch(signed.url, init);
  return secretOf(response.status, await response.json());
}

/** An ARN says itself where its secret is. */
const regionOf = (name: string, { region }: SecretPlace): string =>
  /^arn:[^:]*:secretsmanager:([^:]+):/.exec(name)?.[1] ?? region;

function endpointOf({ env, settings }: SecretPlace, region: string): string {
  const named = env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] || env['AWS_ENDPOINT_URL'] || settings.endpoint;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return named?.replace(/\/+$/, '') ?? `https://secretsmanager.${region}.${domain}`;
}

/** A binary secret has no text, and so no fields. */
function secretOf(status: number, answer: unknown): string | null {
  const { SecretString = '', __type = '', message, Message } = answer as Readonly<Record<string, unknown>>;
  if (status === 200) return String(SecretString);
  const name = String(__type).split('#').at(-1) || `HTTP${status}`;
  if (name === 'ResourceNotFoundException') return null;
  throw Object.assign(new Error(String(message ?? Message ?? `HTTP ${status}`)), { name });
}
