import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { portWords } from '../port-words.ts';
import type { Health } from './health.ts';
import { healthJson, overallStatus } from './health.ts';

export interface StatusServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** This machine only, unless told otherwise. */
  readonly host?: string;
  readonly health: () => Promise<Health> | Health;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
}

export interface StatusServer {
  readonly port: number;
  readonly url: string;
  /** Resolves when the port is free again, within a second whatever the clients do. */
  close(): Promise<void>;
}

/** The status page cannot be served; the message says why and which flag changes it. */
export class StatusServerError extends Error {
  override readonly name = 'StatusServerError';
}

/** Requests under way may finish for this long. */
const DRAIN_MS = 500;

/**
 * Serves `/health` (200 when all parts are ok, else 503) and `/metrics`. Reads only: nothing here changes the desk.
 * @throws StatusServerError when the port cannot be had.
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host = '127.0.0.1' } = options;
  const handle = getRequestListener(statusApp(options).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void handle(request, response));
  await listen(server, options.port, host);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () => close(server),
  };
}

function statusApp({ health, metrics }: StatusServerOptions): Hono {
  const app = new Hono();
  const json = (body: string, status: number): Response =>
    new Response(`${body}\n`, {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    });
  const handlers: Readonly<Record<string, () => Promise<Response>>> = {
    '/': async () => json(JSON.stringify({ health: '/health', metrics: '/metrics' }), 200),
    '/health': async () => {
      const current = await health();
      return json(healthJson(current), overallStatus(current) === 'ok' ? 200 : 503);
    },
    '/metrics': async () =>
      new Response(await metrics(), {
        headers: { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE, 'cache-control': 'no-store' },
      }),
  };
  for (const [path, handler] of Object.entries(handlers)) {
    app.get(path, handler);
    app.all(path, () => {
      const refused = json(
        JSON.stringify({ error: 'only GET is answered here; commands go through npx deckle' }),
        405,
      );
      refused.headers.set('allow', 'GET, HEAD');
      return refused;
    });
  }
  app.notFound(() => json(JSON.stringify({ error: 'there are /health and /metrics' }), 404));
  // A part that cannot be asked is not well; the page says so instead of hanging up.
  app.onError((error) => json(JSON.stringify({ status: 'down', error: error.message }), 503));
  return app;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).then(
    // From here on trouble with a connection is that connection's own, and never the desk's.
    () => void server.removeAllListeners('error').on('error', () => undefined),
    (error: unknown) => {
      throw new StatusServerError(portWords(error, port, host));
    },
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // Closing twice is closing once.
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
