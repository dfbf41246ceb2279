import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { SimConnection } from './sim-connection.ts';
import type { SimAnswer, SimPeer, SimUpgrade } from './sim-dialect.ts';
import type { SimVenue } from './sim-venue.ts';

export interface ServerOptions {
  /** 0, unless told, takes a free one. */
  readonly port?: number;
}

/** A venue that listens on this machine. */
export interface SimServer {
  /** Addresses without a path: what a client's `hosts` are set to. */
  readonly hosts: { readonly ws: string; readonly rest: string };
  /** Cuts all connections and stops the venue. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const BODY_BYTES_MAX = 1 << 20;

/** Puts a simulated venue, which must run on the machine's clock, behind real sockets and HTTP on the loopback address. */
export async function startSimServer(venue: SimVenue, { port = 0 }: ServerOptions = {}): Promise<SimServer> {
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  const server = createServer((request, response) => void serve(venue, request, response));
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    // A client that goes before it was answered is nobody's fault.
    socket.on('error', () => undefined);
    upgrade(venue, sockets, { request, socket, head });
  });
  // Those that hang, or left HTTP behind, would keep the server from closing.
  const wires = new Set<Duplex>();
  server.on('connection', (wire: Duplex) => {
    wires.add(wire);
    wire.on('close', () => wires.delete(wire));
  });
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    hosts: { ws: `ws://${HOST}:${taken}`, rest: `http://${HOST}:${taken}` },
    close: () => close(venue, server, wires),
  };
}

interface Knock {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

function upgrade(venue: SimVenue, sockets: WebSocketServer, { request, socket, head }: Knock): void {
  let ws: WebSocket | undefined;
  const answer = venue.accept(
    peerOf(() => ws),
    toUpgrade(request),
  );
  if (answer === 'hang') return;
  if (!(answer instanceof SimConnection)) {
    refuse(socket, answer);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (opened) => {
    ws = opened;
    listenTo(opened, answer, venue);
    venue.opened(answer);
  });
}

function listenTo(ws: WebSocket, connection: SimConnection, venue: SimVenue): void {
  ws.on('message', (data, isBinary) => {
    if (!isBinary && Buffer.isBuffer(data)) venue.message(connection, data.toString());
  });
  ws.on('ping', (payload) => {
    ws.pong(payload);
    venue.pinged(connection);
  });
  ws.on('pong', () => venue.ponged(connection));
  ws.on('close', () => venue.closed(connection));
  // What a client sends wrongly ends its connection, which `close` tells.
  ws.on('error', () => undefined);
}

/** Held, nothing is read any more either, so that not even a farewell is answered. */
function peerOf(socket: () => WebSocket | undefined): SimPeer {
  return {
    send: (data) => socket()?.send(data),
    sendNoText: (bytes) => socket()?.send(bytes, { binary: false }),
    ping: () => socket()?.ping(),
    end: (code, reason) => {
      if (code === 1006) socket()?.terminate();
      else socket()?.close(code, reason);
    },
    hold: (isHeld) => {
      if (isHeld) socket()?.pause();
      else socket()?.resume();
    },
  };
}

async function serve(venue: SimVenue, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) return;
  const answer = venue.http({ ...toUpgrade(request), method: request.method ?? 'GET', body });
  if (!Number.isFinite(answer.afterMs)) return;
  venue.timers.after(answer.afterMs, () => {
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
}

/** Undefined when the client went before it had said all. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  try {
    for await (const part of request) if (body.length < BODY_BYTES_MAX) body += part;
    return body;
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, { status, headers, body }: SimAnswer): void {
  const lines = Object.entries({ ...headers, 'content-length': `${Buffer.byteLength(body)}` });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\n${head}\r\n${body}`);
}

function toUpgrade({ url = '/', headers }: IncomingMessage): SimUpgrade {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { url: new URL(url, `http://${HOST}`), headers: Object.fromEntries(flat) };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });

async function close(venue: SimVenue, server: Server, wires: ReadonlySet<Duplex>): Promise<void> {
  venue.stop();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const wire of wires) wire.destroy();
  await closed;
}
