import { afterEach, expect, test, vi } from 'vitest';
import { defaultProvider } from '../../../adapters/aws/env-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

function given(id: string, secret: string, token: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
}

test('credentials are those of the environment at the moment they are asked for', async () => {
  given('id', 'secret', 'token');
  const provider = defaultProvider();
  await expect(provider()).resolves.toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
  given('new', 'secret', 'token');
  await expect(provider()).resolves.toMatchObject({ accessKeyId: 'new' });
});

test('a token that is empty is none', async () => {
  given('id', 'secret', '');
  await expect(defaultProvider()()).resolves.toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
});

test.each([
  ['', 'secret'],
  ['id', ''],
])('credentials %j and %j are missing, which is said by name', async (id, secret) => {
  given(id, secret, '');
  await expect(defaultProvider()()).rejects.toThrow(
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
  );
});
