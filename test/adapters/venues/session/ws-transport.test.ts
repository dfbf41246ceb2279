import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  AnswerTooLarge,
  type RestAnswer,
  type RestRequest,
  type SocketEnd,
  type SocketRequest,
} from '../../../../adapters/venues/session/transport.ts';
import { wsTransport } from '../../../../adapters/venues/session/ws-transport.ts';
import { openLoopback } from '../../loopback-server.ts';

const SIGNATURE = 'c2lnbmF0dXJl-secret';

interface Served {
  readonly url: string;
  readonly upgrades: IncomingMessage[];
}

/** A WebSocket server on this machine, to the end of the test. */
async function serve(
  onSocket: (socket: WebSocket) => void,
  options: { perMessageDeflate?: boolean; autoPong?: boolean } = {},
): Promise<Served> {
  const upgrades: IncomingMessage[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket, request) => {
    upgrades.push(request);
    onSocket(socket);
  });
  onTestFinished(async () => {
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, upgrades };
}

/** A server that answers the upgrade by hand. */
async function serveUpgrade(answer: (socket: Duplex, request: IncomingMessage) => void): Promise<string> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket, request);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(server: Server | ReturnType<typeof createTcpServer>, end: () => void): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    end();
    await new Promise((resolve) => server.close(resolve));
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
}

interface Talk {
  readonly heard: (string | Uint8Array)[];
  readonly ends: SocketEnd[];
  opened: number;
  pings: number;
  pongs: number;
}

/** Connects, and ends with the socket's end. */
function talk(
  url: string,
  over: Partial<SocketRequest> = {},
  onHeard: (talk: Talk, socket: ReturnType<typeof wsTransport.connect>) => void = () => undefined,
): Promise<Talk> {
  return new Promise((resolve) => {
    const story: Talk = { heard: [], ends: [], opened: 0, pings: 0, pongs: 0 };
    const request = { url, headers: {}, messageBytesMax: 1_000, timeoutMs: 5_000, ...over };
    const socket = wsTransport.connect(request, {
      opened: () => {
        story.opened += 1;
        onHeard(story, socket);
      },
      message: (data) => {
        story.heard.push(data);
        onHeard(story, socket);
      },
      pinged: () => {
        story.pings += 1;
        onHeard(story, socket);
      },
      ponged: () => {
        story.pongs += 1;
        onHeard(story, socket);
      },
      closed: (end) => {
        story.ends.push(end);
        // Whatever else it may say would come before the next turn.
        setTimeout(() => resolve(story), 20);
      },
    });
  });
}

describe('sockets', () => {
  test('carry texts and bytes both ways, and end once with the venue’s farewell', async () => {
    const { url, upgrades } = await serve((socket) => {
      socket.on('message', (data) => {
        socket.send(`heard ${data}`);
        socket.send(Buffer.from([0, 255]));
        socket.close(4001, 'enough');
      });
    });
    const story = await talk(url, { headers: { 'x-key': 'k1' } }, ({ heard }, socket) => {
      if (heard.length === 0) socket.send('{"é":1}');
    });
    expect(story).toMatchObject({ opened: 1, ends: [{ code: 4001, reason: 'enough' }] });
    expect([story.heard[0], Buffer.from(story.heard[1] ?? [])]).toEqual([
      'heard {"é":1}',
      Buffer.from([0, 255]),
    ]);
    expect(upgrades[0]?.headers).toMatchObject({ 'x-key': 'k1', 'user-agent': 'deckle' });
  });

  test('ask for no compression, unless they are told to', async () => {
    const { url, upgrades } = await serve((socket) => socket.close(1000), { perMessageDeflate: true });
    await talk(url);
    await talk(url, { compress: true });
    expect(upgrades.map(({ headers }) => headers['sec-websocket-extensions'])).toEqual([
      undefined,
      'permessage-deflate; client_max_window_bits',
    ]);
  });

  test('answer pings, and tell of them and of pongs', async () => {
    const answers: string[] = [];
    const { url } = await serve((socket) => {
      socket.on('pong', (data) => answers.push(data.toString()));
      socket.ping('heartbeat');
    });
    const received: number[] = [];
    const story = await talk(url, {}, ({ pings, pongs }, socket) => {
      received.push(socket.received);
      if (pings === 1 && pongs === 0) socket.ping();
      if (pongs === 1) socket.close();
    });
    expect(answers).toEqual(['heartbeat']);
    expect(story).toMatchObject({ pings: 1, pongs: 1 });
    // The answer to the upgrade, and then two bytes of a frame with or without its text.
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(received.at(-1)).toBeGreaterThan(received[0] ?? Number.NaN);
  });

  test('end for a message that is larger than allowed', async () => {
    const { url } = await serve((socket) => {
      socket.send('x'.repeat(1_000));
      socket.send('x'.repeat(1_001));
      socket.send('after');
    });
    const story = await talk(url);
    expect(story.heard).toEqual(['x'.repeat(1_000)]);
    expect(story.ends).toEqual([{ code: 1009, reason: 'a message of more than 1000 bytes' }]);
  });

  test('end for a compressed message that unfolds to more than allowed', async () => {
    const { url } = await serve((socket) => socket.send('x'.repeat(2_000_000)), { perMessageDeflate: true });
    const story = await talk(url, { compress: true });
    expect(story).toMatchObject({
      heard: [],
      ends: [{ code: 1009, reason: 'a message of more than 1000 bytes' }],
    });
  });

  test('end for a text that is not UTF-8', async () => {
    const { url } = await serve((socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }));
    const story = await talk(url);
    expect(story).toMatchObject({ heard: [], ends: [{ code: 1007, reason: 'a text that is not UTF-8' }] });
  });

  test.each([
    { status: 451, head: 'HTTP/1.1 451 Unavailable', body: '{"msg":"restricted location"}', more: {} },
    { status: 401, head: 'HTTP/1.1 401 Unauthorized', body: 'token_authentication_failure', more: {} },
    {
      status: 429,
      head: 'HTTP/1.1 429 Too Many\r\nRetry-After: 30',
      body: '',
      more: { retryAfterMs: 30_000 },
    },
    { status: 503, head: 'HTTP/1.1 503 Busy', body: 'busy', more: {} },
    { status: 302, head: 'HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/', body: '', more: {} },
  ])('tell HTTP $status and what was said instead of opening', async ({ status, head, body, more }) => {
    const url = await serveUpgrade((socket) => {
      socket.end(`${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    });
    const story = await talk(url);
    expect(story).toMatchObject({
      opened: 0,
      heard: [],
      ends: [{ code: 1006, reason: body, status, ...more }],
    });
  });

  test('read only the beginning of a refusal, and do not wait for its end', async () => {
    const url = await serveUpgrade((socket) => {
      socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: 100000000\r\n\r\n${'n'.repeat(4_000)}`);
    });
    const story = await talk(url);
    expect(story.ends).toEqual([{ code: 1006, reason: 'n'.repeat(512), status: 403 }]);
  });

  test('never repeat a header that was sent, though the server does', async () => {
    const url = await serveUpgrade((socket, { headers }) => {
      const body = `bad signature ${headers['x-signature']}`;
      socket.end(`HTTP/1.1 401 No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    const story = await talk(url, { headers: { 'x-signature': SIGNATURE } });
    expect(story.ends).toEqual([{ code: 1006, reason: 'bad signature …', status: 401 }]);
  });

  test.each([
    { what: 'an address that is none', over: { url: 'nonsense' }, reason: 'Invalid URL: nonsense' },
    {
      what: 'a header that cannot be sent',
      over: { headers: { 'x-signature': `${SIGNATURE}\n` } },
      reason: 'Invalid character in header content ["x-signature"]',
    },
    {
      what: 'a port where nobody listens',
      over: { url: 'ws://127.0.0.1:1/' },
      reason: 'connect ECONNREFUSED 127.0.0.1:1',
    },
  ])('$what ends the attempt after the call', async ({ over, reason }) => {
    const story = await talk('ws://127.0.0.1:1/', over);
    expect(story).toMatchObject({ opened: 0, ends: [{ code: 1006, reason }] });
  });

  test('end an attempt that nobody answers in time, though bytes keep coming', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n');
      const drip = setInterval(() => socket.write('x-more: yes\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const url = await listen(server, () => undefined);
    const story = await talk(url, { timeoutMs: 200 });
    expect(story).toMatchObject({ opened: 0, ends: [{ code: 1006, reason: 'no answer within 200 ms' }] });
  });

  test('end within a second though the peer does not answer the farewell, and hear nothing meanwhile', async () => {
    const url = await serveUpgrade((socket, request) => {
      const raw = new WebSocketServer({ noServer: true, autoPong: false });
      raw.handleUpgrade(request, socket, Buffer.alloc(0), (peer) => {
        peer.send('hello');
        // Reads nothing any more, so that it never sees the farewell.
        socket.pause();
        socket.removeAllListeners('data');
        setTimeout(() => peer.send('too late'), 100).unref();
      });
    });
    const begun = performance.now();
    const story = await talk(url, {}, ({ heard }, socket) => {
      if (heard.length > 0) socket.close();
    });
    expect(story.heard).toEqual(['hello']);
    expect(story.ends.length).toBe(1);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('tell that the network cut them', async () => {
    const { url } = await serve((socket) => socket.terminate());
    const story = await talk(url);
    expect(story).toMatchObject({ opened: 1, ends: [{ code: 1006 }] });
  });

  test('may be closed while they open', async () => {
    const url = await serveUpgrade(() => undefined);
    const ends = await new Promise<SocketEnd[]>((resolve) => {
      const told: SocketEnd[] = [];
      const socket = wsTransport.connect(
        { url, headers: {}, messageBytesMax: 10, timeoutMs: 5_000 },
        {
          opened: () => undefined,
          message: () => undefined,
          pinged: () => undefined,
          ponged: () => undefined,
          closed: (end) => {
            told.push(end);
            setTimeout(() => resolve(told), 20);
          },
        },
      );
      socket.send('not open yet');
      socket.close();
      socket.close();
    });
    expect(ends).toMatchObject([{ code: 1006 }]);
  });

  test('keep no process alive', async () => {
    const { url } = await serve(() => undefined);
    const script = `
      import { wsTransport } from './adapters/venues/session/ws-transport.ts';
      wsTransport.connect({ url: '${url}', headers: {}, messageBytesMax: 10, timeoutMs: 60000 },
        { opened() { console.log('opened'); }, message() {}, pinged() {}, ponged() {}, closed() {} });
      // Long enough to open; nothing else keeps this process.
      setTimeout(() => undefined, 300);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        timeout: 20_000,
      },
    );
    expect(stdout).toBe('opened\n');
  });
});

const ask = (request: Partial<RestRequest> & { url: string }): Promise<RestAnswer | Error> =>
  new Promise((resolve) => {
    wsTransport.fetch({ method: 'GET', timeoutMs: 5_000, bytesMax: 1_000, ...request }, resolve);
  });

/** A port on which nobody listens any more. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

describe('requests', () => {
  test('bring the status, lower-case headers and the body of any answer', async () => {
    const server = await openLoopback((_request, n) =>
      n === 1 ? { status: 418, headers: { 'Retry-After': '7' }, body: 'teapot' } : { body: 'é' },
    );
    const first = await ask({ url: `${server.url}/a?b=c`, headers: { 'x-key': 'k1' } });
    const second = await ask({ url: server.url, method: 'POST', body: '{"x":1}' });
    expect(first).toMatchObject({ status: 418, headers: { 'retry-after': '7' }, body: 'teapot' });
    expect(second).toMatchObject({ status: 200, body: 'é' });
    expect(server.received).toMatchObject([
      { method: 'GET', path: '/a?b=c', headers: { 'x-key': 'k1', 'user-agent': 'deckle' } },
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from('{"x":1}') },
    ]);
  });

  test('do not follow to another place what was meant for this one', async () => {
    const server = await openLoopback(() => ({ status: 302, headers: { location: '/elsewhere' } }));
    expect(await ask({ url: server.url })).toMatchObject({
      status: 302,
      headers: { location: '/elsewhere' },
    });
    expect(server.received.length).toBe(1);
  });

  test.each([
    { what: 'a body', reply: { body: 'x'.repeat(1_001) } },
    {
      what: 'what a body unfolds to',
      reply: { headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(1_001)) },
    },
  ])('refuse $what that is larger than allowed', async ({ reply }) => {
    const server = await openLoopback((_request, n) => (n === 1 ? reply : { body: 'x'.repeat(1_000) }));
    expect(await ask({ url: server.url })).toEqual(new AnswerTooLarge('its answer has more than 1000 bytes'));
    expect(await ask({ url: server.url })).toMatchObject({ body: 'x'.repeat(1_000) });
  });

  test('fail in words when no answer comes in time, or the connection is cut', async () => {
    const server = await openLoopback((_request, n) => (n === 1 ? 'hang' : 'cut'));
    expect(await ask({ url: server.url, timeoutMs: 100 })).toEqual(new Error('no answer within 100 ms'));
    expect(await ask({ url: server.url })).toEqual(new Error('other side closed'));
    const port = await freePort();
    const refused = await ask({ url: `http://127.0.0.1:${port}/` });
    expect(refused).toEqual(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`));
    expect(await ask({ url: 'nonsense' })).toBeInstanceOf(Error);
  });

  test('tell nothing after they were taken back', async () => {
    const server = await openLoopback(() => ({ body: 'x' }));
    let told = 0;
    const cancel = wsTransport.fetch(
      { method: 'GET', url: server.url, timeoutMs: 1_000, bytesMax: 10 },
      () => {
        told += 1;
      },
    );
    cancel();
    // An answer to a request made afterwards has come: so would have the first one.
    await ask({ url: server.url });
    expect(told).toBe(0);
  });
});
