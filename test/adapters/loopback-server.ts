import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** `hang`: never answers. `cut`: closes the connection instead of answering. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
  | 'hang'
  | 'cut';

export interface Loopback {
  readonly url: string;
  /** Everything that arrived, oldest first. */
  readonly received: readonly Received[];
}

export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'secret', sessionToken: 'token' };

/** A server on this machine that answers as told, to the end of the test; `n` counts requests from 1. */
export async function openLoopback(answer: (request: Received, n: number) => Reply): Promise<Loopback> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request));
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    const reply = answer(one, received.length);
    if (reply === 'cut') request.socket.destroy();
    else if (reply !== 'hang') response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}
