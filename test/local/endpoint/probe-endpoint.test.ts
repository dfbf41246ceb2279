import { expect, test } from 'vitest';
import { probeEndpoint } from '../../../local/endpoint/probe-endpoint.ts';
import { freePort } from '../../stack/free-port.ts';
import { asEndpoint, serve } from './http-server.ts';

const url = (port: number): string => `http://127.0.0.1:${port}`;

test('a compatible endpoint is known by its health, and named', async () => {
  expect(await probeEndpoint(url(await serve(asEndpoint)))).toEqual({
    kind: 'endpoint',
    name: 'LocalStack-compatible light 1.2.3',
  });
});

test.each([
  { what: 'a page', status: 200, body: '<html></html>' },
  { what: 'other JSON', status: 200, body: '{"status":"ok"}' },
  { what: 'null', status: 200, body: 'null' },
  { what: 'an error', status: 503, body: '{"services":{}}' },
])('a server that answers with $what is a stranger', async ({ status, body }) => {
  const port = await serve((_request, response) => response.writeHead(status).end(body));
  expect(await probeEndpoint(url(port))).toEqual({
    kind: 'stranger',
    answer: `HTTP ${status} to GET /_localstack/health`,
  });
});

test('a port where nobody listens is silent, with the reason of the system', async () => {
  expect(await probeEndpoint(url(await freePort()))).toEqual({ kind: 'silent', reason: 'ECONNREFUSED' });
});

test('a server that takes too long is silent', async () => {
  const port = await serve(() => undefined);
  expect(await probeEndpoint(url(port), 20)).toEqual({ kind: 'silent', reason: 'it takes too long' });
});
