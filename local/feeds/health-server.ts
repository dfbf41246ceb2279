import { createServer, type Server } from 'node:http';
import { CommandError } from '../cli/terminal.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What `/health` answers: the status decides between 200 and 503. */
export interface HealthAnswer {
  readonly status: 'ok' | 'down';
  readonly [field: string]: unknown;
}

/** The port inside the container, and on a host unless told otherwise. */
export const HEALTH_PORT = 8787;
const HOST = '127.0.0.1';

/** Serves `GET /health` to this machine only. @throws CommandError when the port cannot be had. */
export async function startHealthServer(port: number, health: () => HealthAnswer): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const answer = request.url !== '/health' ? null : isRead ? health() : undefined;
    const code = answer === null ? 404 : answer === undefined ? 405 : answer.status === 'ok' ? 200 : 503;
    const body = answer ?? { error: 'there is only GET /health' };
    const text = JSON.stringify(body, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    response
      .writeHead(code, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
      .end(request.method === 'HEAD' ? undefined : `${text}\n`);
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CommandError(
          error.code === 'EADDRINUSE'
            ? `port ${port} on ${HOST} is taken by another program; choose another with --port N`
            : `port ${port} on ${HOST} cannot be opened (${error.message}); choose another with --port N`,
        ),
      ),
    );
    server.listen(port, HOST, resolve);
  });
}

/** Asks a feeds process on this machine how it is: its answer as text, and whether it is well. */
export async function askHealth(port: number, timeoutMs: number): Promise<{ isWell: boolean; text: string }> {
  try {
    const response = await fetch(`http://${HOST}:${port}/health`, { signal: AbortSignal.timeout(timeoutMs) });
    return { isWell: response.ok, text: (await response.text()).trim() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return {
      isWell: false,
      text: `no feeds process answers on http://${HOST}:${port}/health (${cause instanceof Error ? cause.message : String(cause)})`,
    };
  }
}
