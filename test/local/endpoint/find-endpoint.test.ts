import { expect, test } from 'vitest';
import { EndpointError } from '../../../local/endpoint/endpoint-error.ts';
import { findOrStartEndpoint } from '../../../local/endpoint/find-endpoint.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';
import { freePort } from '../../stack/free-port.ts';
import { asEndpoint, serve } from './http-server.ts';

const search = (port: number, env: NodeJS.ProcessEnv = {}) =>
  findOrStartEndpoint({ env, directory: temporaryDirectory(), port, say: () => undefined });

test('the endpoint that AWS_ENDPOINT_URL names is used, wherever it is', async () => {
  const url = `http://127.0.0.1:${await serve(asEndpoint)}`;
  expect(await search(await freePort(), { AWS_ENDPOINT_URL: url })).toEqual({
    url,
    how: 'named',
    name: 'LocalStack-compatible light 1.2.3',
  });
});

test('an endpoint that answers on the port already is used and is nobody’s to end', async () => {
  const port = await serve(asEndpoint);
  expect(await search(port)).toMatchObject({ url: `http://127.0.0.1:${port}`, how: 'there' });
});

test('a named endpoint that does not answer is an error that says what to do; none is started in its place', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const found = search(await freePort(), { AWS_ENDPOINT_URL: url });
  await expect(found).rejects.toThrow(EndpointError);
  await expect(found).rejects.toThrow(`${url} that AWS_ENDPOINT_URL names does not answer (ECONNREFUSED)`);
  await expect(found).rejects.toThrow('unset AWS_ENDPOINT_URL');
});

test('a named server that is no endpoint is told apart from one that is not there', async () => {
  const port = await serve((_request, response) => response.writeHead(404).end());
  await expect(search(0, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` })).rejects.toThrow(
    'answers with HTTP 404',
  );
});

test.each(['nonsense', '127.0.0.1:4566', 'ftp://127.0.0.1/'])(
  "AWS_ENDPOINT_URL='%s' is an error that shows how one looks",
  async (named) => {
    await expect(search(0, { AWS_ENDPOINT_URL: named })).rejects.toThrow(
      'it looks like http://127.0.0.1:4566',
    );
  },
);

test('something else on the port is an error that names the port', async () => {
  const port = await serve((_request, response) => response.end('hello'));
  await expect(search(port)).rejects.toThrow(`something else listens on port ${port}`);
});
