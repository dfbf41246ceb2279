/** Credentials as the SDK and request signing take them. */
export interface EnvCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Credentials from the environment, which is where Lambda puts those of a function's role; they are valid for as long as
 * the environment lives. @throws Error that names the variables when they are missing.
 */
export async function envCredentials(): Promise<EnvCredentials> {
  const accessKeyId = process.env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = process.env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey)
    throw new Error(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; Lambda sets them for a function that has a role',
    );
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/**
 * Stands in for `@aws-sdk/credential-provider-node` in a function's bundle, under the name that the SDK's clients import.
 * That package also looks in files, at a metadata service and at single sign-on: 135 KB that a function never uses.
 */
export const defaultProvider = (): typeof envCredentials => envCredentials;
