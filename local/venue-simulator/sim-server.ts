import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { portWords } from '../port-words.ts';
import { SimConnection } from './sim-connection.ts';
import { json, type SimAnswer, type SimPeer, type SimUpgrade } from './sim-dialect.ts';
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

/** The venue cannot listen; the message says why and what to do. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

const HOST = '127.0.0.1';
const BODY_BYTES_MAX = 1 << 20;
const BAD_ADDRESS: SimAnswer = json('this is no address', 400);

/**
 * Puts a simulated venue, which must run on the machine's clock, behind real sockets and HTTP on the loopback address.
 * @throws PortError in words, when the port cannot be had.
 */
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
  const wanted = toUpgrade(request);
  if (wanted === undefined) {
    refuse(socket, BAD_ADDRESS);
    return;
  }
  let ws: WebSocket | undefined;
  const answer = venue.accept(
    peerOf(() => ws),
    wanted,
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
  const asked = toUpgrade(request);
  const answer = asked ? venue.http({ ...asked, method: request.method ?? 'GET', body }) : BAD_ADDRESS;
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

/** Undefined for an address that cannot be read. */
function toUpgrade({ url = '/', headers }: IncomingMessage): SimUpgrade | undefined {
  // With two slashes it would name another host.
  const address = url.startsWith('//') || !isDecodable(url) ? null : URL.parse(url, `http://${HOST}`);
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return address === null ? undefined : { url: address, headers: Object.fromEntries(flat) };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(new PortError(portWords(error, port, HOST)));
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      resolve();
    });
  });

async function close(venue: SimVenue, server: Server, wires: ReadonlySet<Duplex>): Promise<void> {
  venue.stop();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const wire of wires) wire.destroy();
  await closed;
}
