import { request } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import type { RestAnswer, SocketEnd } from '../../../adapters/venues/session/transport.ts';
import { wsTransport } from '../../../adapters/venues/session/ws-transport.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { serveVenue } from '../../../local/venue-simulator/serve.ts';
import { json } from '../../../local/venue-simulator/sim-dialect.ts';
import { startSimServer } from '../../../local/venue-simulator/sim-server.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { ToyDialect } from './toy-dialect.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(faults: readonly Fault[] = []) {
  const toys: ToyDialect[] = [];
  const venue = new SimVenue({
    seed: 7,
    timers: systemTimers,
    faults,
    dialect: (desk) => {
      const toy = new ToyDialect(desk);
      toys.push(toy);
      return toy;
    },
  });
  const [toy] = toys;
  if (toy === undefined) throw new Error('the venue has a dialect');
  const server = await startSimServer(venue);
  ends.push(server.close);
  const saw: string[] = [];
  const connect = (timeoutMs = 5_000) =>
    wsTransport.connect(
      { url: `${server.hosts.ws}/feed`, headers: { 'X-Key': 'k' }, messageBytesMax: 1_000, timeoutMs },
      {
        opened: () => saw.push('opened'),
        message: (data) => saw.push(typeof data === 'string' ? data.slice(0, 20) : `${data.length} bytes`),
        pinged: () => saw.push('pinged'),
        ponged: () => saw.push('ponged'),
        closed: ({ code, status, retryAfterMs, reason }: SocketEnd) =>
          saw.push(
            ['closed', code, status, retryAfterMs, reason]
              .filter((part) => part !== undefined)
              .join(' ')
              .trim(),
          ),
      },
    );
  const ask = (timeoutMs = 5_000): Promise<RestAnswer | Error> =>
    new Promise((resolve) => {
      wsTransport.fetch(
        { method: 'POST', url: `${server.hosts.rest}/list?a=1`, body: '{"b":2}', timeoutMs, bytesMax: 1_000 },
        resolve,
      );
    });
  const sees = (...what: string[]): Promise<void> =>
    vi.waitFor(() => expect(saw).toEqual(what), { timeout: 10_000, interval: 10 });
  return { venue, toy, server, connect, ask, saw, sees };
}

test('messages, pings and pongs go both ways, and a farewell is answered', async () => {
  const { connect, sees, toy } = await open();
  const socket = connect();
  await sees('opened');
  socket.send('say hello');
  await sees('opened', 'hello');
  socket.ping();
  await sees('opened', 'hello', 'ponged');
  socket.send('ping');
  await sees('opened', 'hello', 'ponged', 'pinged');
  socket.close();
  await sees('opened', 'hello', 'ponged', 'pinged', 'closed 1000');
  await vi.waitFor(() => expect(toy.told.at(-1)).toBe('closed 1'));
  expect(toy.told).toEqual([
    'knock /feed k',
    'opened 1',
    'heard say hello',
    'pinged by 1',
    'heard ping',
    'ponged by 1',
    'closed 1',
  ]);
});

test.each([
  { say: 'bye', end: 'closed 4001 bye' },
  { say: 'cut', end: 'closed 1006' },
])('the venue ends a connection by $say', async ({ say, end }) => {
  const { connect, sees } = await open();
  const socket = connect();
  await sees('opened');
  socket.send(say);
  await sees('opened', end);
});

test.each([401, 451, 503])('a socket is refused with %d, and with the words of the venue', async (status) => {
  const { connect, sees, toy } = await open();
  toy.refusal = json('not you', status, { 'retry-after': '2' });
  connect();
  await sees(`closed 1006 ${status} 2000 not you`);
});

test('a host that says nothing to a knock leaves the client waiting', async () => {
  const { connect, sees, toy } = await open();
  toy.refusal = 'hang';
  connect(300);
  await sees('closed 1006 no answer within 300 ms');
});

test('a message larger than allowed ends the connection, so does a text that is no UTF-8', async () => {
  const { connect, sees } = await open([{ kind: 'garbage', as: 'no_text', atMs: 0, forMs: 60_000 }]);
  const socket = connect();
  await sees('opened');
  socket.send('large 1001');
  await sees('opened', 'closed 1009 a message of more than 1000 bytes');
  const second = connect();
  await sees('opened', 'closed 1009 a message of more than 1000 bytes', 'opened');
  second.send('many 1');
  await sees(
    'opened',
    'closed 1009 a message of more than 1000 bytes',
    'opened',
    '0',
    'closed 1007 a text that is not UTF-8',
  );
});

test('a frozen connection stays open, hears nothing, says nothing and answers no farewell', async () => {
  const { connect, sees, saw, venue } = await open([{ kind: 'freeze', atMs: 300, forMs: 60_000 }]);
  const socket = connect();
  await sees('opened');
  await vi.waitFor(() => expect(venue.faults.struck.length).toBe(1));
  const leftAt = performance.now();
  socket.send('say hello');
  socket.ping();
  socket.close();
  await vi.waitFor(() => expect(saw.length).toBe(2), { timeout: 5_000 });
  // The client gives a peer that does not answer a second.
  expect(performance.now() - leftAt).toBeGreaterThan(900);
  expect(saw).toEqual(['opened', expect.stringMatching(/^closed 100[06]/)]);
});

test('requests are answered with status, headers and body, those of the script included', async () => {
  const { ask, toy } = await open();
  toy.answering = { ...json('{"a":1}', 201, { 'x-used': '7' }), afterMs: 50 };
  const answer = await ask();
  if (answer instanceof Error) throw answer;
  expect([answer.status, answer.body, answer.headers['x-used']]).toEqual([201, '{"a":1}', '7']);
  expect(toy.told).toEqual(['POST /list?a=1 {"b":2}']);
  const other = await open([{ kind: 'http', status: 429, retryAfterS: 9, atMs: 0, forMs: 60_000 }]);
  await vi.waitFor(async () =>
    expect(await other.ask()).toMatchObject({ status: 429, headers: { 'retry-after': '9' } }),
  );
});

test('a request that is not answered is given up by its client', async () => {
  const { ask, toy } = await open();
  toy.answering = { ...json(''), afterMs: Number.POSITIVE_INFINITY };
  expect(await ask(200)).toEqual(new Error('no answer within 200 ms'));
});

const BAD_ADDRESSES = ['//', '//host/list', '/%', '/list?name=%zz', 'http://['];
const statusOf = (base: string, path: string, headers = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(base, { headers }, (answer) => resolve(answer.resume().statusCode));
    asked.path = path;
    asked.on('error', reject).end();
  });

test.each(BAD_ADDRESSES)('the address %s is refused, and the venue goes on', async (path) => {
  const { server, toy } = await open();
  expect(await statusOf(server.hosts.rest, path)).toBe(400);
  const wanted = { connection: 'upgrade', upgrade: 'websocket' };
  expect(await statusOf(server.hosts.rest, path, wanted)).toBe(400);
  expect(toy.told).toEqual([]);
  expect(await statusOf(server.hosts.rest, '/list')).toBe(200);
});

test('a server that was closed has cut its clients and frees its port', async () => {
  const { connect, sees, server, saw } = await open();
  connect();
  await sees('opened');
  ends.length = 0;
  await server.close();
  await vi.waitFor(() => expect(saw.at(-1)).toMatch(/^closed/));
  await expect(fetch(server.hosts.rest)).rejects.toThrow();
});

test('a venue that people start says where it is and what to write into a configuration', async () => {
  const options = { venue: 'coinbase-exchange', seed: 7, port: 0, symbols: 2, stepMs: 100, faultHours: 1 };
  const { server, text } = await serveVenue(options);
  ends.push(server.close);
  expect(text).toBe(`A simulated coinbase-exchange, seed 7: BTC-USD, ETH-USD

  WebSocket  ${server.hosts.ws}
  REST       ${server.hosts.rest}

In the configuration:

venues:
  coinbase:
    interface: exchange
    hosts:
      ws: ${server.hosts.ws}
      rest: ${server.hosts.rest}

It runs until Ctrl+C.
`);
  const products = await fetch(`${server.hosts.rest}/products`, { headers: { 'user-agent': 'test' } });
  expect(((await products.json()) as { id: string }[]).map(({ id }) => id)).toEqual(['BTC-USD', 'ETH-USD']);
});

test('a venue that nobody can simulate is refused in words', async () => {
  const options = { venue: 'nowhere', seed: 7, port: 0, symbols: 2, stepMs: 100, faultHours: 0 };
  await expect(serveVenue(options)).rejects.toThrow("no venue 'nowhere'");
});
