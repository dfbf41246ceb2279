import { expect, test } from 'vitest';
import type {
  RestAnswer,
  RestRequest,
  SocketEnd,
  SocketRequest,
} from '../../../adapters/venues/session/transport.ts';
import { epochMs, plusMs } from '../../../core/time.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { json } from '../../../local/venue-simulator/sim-dialect.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { ToyDialect } from './toy-dialect.ts';

const START = epochMs(1_790_000_000_000);

/** A toy venue, a client of it, and what the client saw: `<ms> <what>`. */
function open(faults: readonly Fault[] = [], request: Partial<SocketRequest> = {}) {
  const timers = new VirtualTimers(START);
  const toys: ToyDialect[] = [];
  const venue = new SimVenue({
    seed: 7,
    timers,
    faults,
    dialect: (desk) => {
      const toy = new ToyDialect(desk);
      toys.push(toy);
      return toy;
    },
  });
  const transport = new SimTransport({ seed: 7, timers, venues: [venue], latencyMs: [10, 10] });
  const [toy] = toys;
  if (toy === undefined) throw new Error('the venue has a dialect');
  const saw: string[] = [];
  const see = (what: string): void => {
    saw.push(`${timers.now() - START} ${what}`);
  };
  const connect = () =>
    transport.connect(
      {
        url: 'wss://toy.example/feed',
        headers: { 'X-Key': 'k' },
        messageBytesMax: 1_000,
        timeoutMs: 5_000,
        ...request,
      },
      {
        opened: () => see('opened'),
        message: (data) => see(typeof data === 'string' ? data : `${data.length} bytes`),
        pinged: () => see('pinged'),
        ponged: () => see('ponged'),
        closed: (end) => see(`closed ${endWords(end)}`),
      },
    );
  const fetch = (over: Partial<RestRequest> = {}) =>
    transport.fetch(
      { method: 'GET', url: 'https://rest.toy.example/list?a=1', timeoutMs: 2_000, bytesMax: 100, ...over },
      (answer: RestAnswer | Error) =>
        see(
          answer instanceof Error ? `${answer.name}: ${answer.message}` : `${answer.status} ${answer.body}`,
        ),
    );
  const pass = (ms: number): void => timers.runUntil(plusMs(timers.now(), ms));
  return { timers, venue, toy, transport, saw, connect, fetch, pass };
}

const endWords = ({ code, reason, status, retryAfterMs }: SocketEnd): string =>
  [code, status, retryAfterMs, reason].filter((part) => part !== undefined && part !== '').join(' ');

test('nothing happens before the call that asked for it has returned, and each way takes its time', () => {
  const { saw, connect, pass, toy } = open();
  const socket = connect();
  expect(toy.told).toEqual([]);
  pass(20);
  expect(toy.told).toEqual(['knock /feed k', 'opened 1']);
  socket.send('say hello');
  pass(20);
  expect(saw).toEqual(['20 opened', '40 hello']);
});

test('messages arrive in the order in which they were sent, though each has a latency of its own', () => {
  const timers = new VirtualTimers(START);
  const venue = new SimVenue({ seed: 7, timers, dialect: (desk) => new ToyDialect(desk) });
  const transport = new SimTransport({ seed: 7, timers, venues: [venue], latencyMs: [1, 500] });
  const got: string[] = [];
  const at = new Set<number>();
  const socket = transport.connect(
    { url: 'wss://toy.example/', headers: {}, messageBytesMax: 1_000, timeoutMs: 5_000 },
    {
      opened: () => socket.send('many 2000'),
      message: (data) => {
        got.push(String(data));
        at.add(timers.now());
      },
      pinged: () => undefined,
      ponged: () => undefined,
      closed: () => undefined,
    },
  );
  timers.runUntil(plusMs(START, 10_000));
  expect(got).toEqual(Array.from({ length: 2_000 }, (_, n) => `${n}`));
  expect(at.size).toBeGreaterThan(5);
});

test('ping and pong frames go both ways', () => {
  const { saw, connect, pass, toy } = open();
  const socket = connect();
  pass(20);
  socket.ping();
  pass(20);
  socket.send('ping');
  pass(100);
  expect(saw).toEqual(['20 opened', '40 ponged', '60 pinged']);
  expect(toy.told.slice(2)).toEqual(['pinged by 1', 'heard ping', 'ponged by 1']);
});

test.each([
  { what: 'a farewell', say: 'bye', closed: '40 closed 4001 bye' },
  { what: 'a cut', say: 'cut', closed: '40 closed 1006' },
])('$what of the venue ends the socket once, and the venue learns it', ({ say, closed }) => {
  const { saw, connect, pass, toy } = open();
  const socket = connect();
  pass(20);
  socket.send(say);
  socket.send('say too late');
  pass(1_000);
  socket.close();
  pass(1_000);
  expect(saw).toEqual(['20 opened', closed]);
  expect(toy.told.at(-1)).toBe('closed 1');
});

test('a farewell of the client is answered, and nothing is heard behind it', () => {
  const { saw, connect, pass, toy, venue } = open();
  const socket = connect();
  pass(20);
  socket.send('many 3');
  pass(5);
  socket.close();
  pass(1_000);
  expect(saw).toEqual(['20 opened', '45 closed 1000']);
  expect(toy.told.at(-1)).toBe('closed 1');
  expect(venue.connections()).toEqual([]);
});

test('a client that leaves while it knocks has not been there', () => {
  const { saw, connect, pass, toy } = open();
  connect().close();
  pass(1_000);
  expect(saw).toEqual(['0 closed 1006']);
  expect(toy.told).toEqual([]);
});

test('a refusal tells its status, its words and how long to wait', () => {
  const { saw, connect, pass, toy } = open();
  toy.refusal = json('too many', 429, { 'retry-after': '3' });
  connect();
  pass(1_000);
  expect(saw).toEqual(['20 closed 1006 429 3000 too many']);
});

test('a host that says nothing is left after the time that was given', () => {
  const { saw, connect, pass, toy } = open();
  toy.refusal = 'hang';
  connect();
  pass(10_000);
  expect(saw).toEqual(['5000 closed 1006 no answer within 5000 ms']);
});

test('a name that no venue has is not found, by socket and by REST', () => {
  const { saw, connect, fetch, pass, transport } = open([], { url: 'wss://nowhere.example/x' });
  connect();
  fetch({ url: 'https://nowhere.example/y' });
  pass(1_000);
  expect(saw).toEqual([
    '10 closed 1006 getaddrinfo ENOTFOUND nowhere.example',
    '10 Error: getaddrinfo ENOTFOUND nowhere.example',
  ]);
  expect([...transport.unknownHosts]).toEqual(['nowhere.example']);
});

test('a message larger than allowed ends the socket, one as large does not', () => {
  const { saw, connect, pass } = open();
  const socket = connect();
  pass(20);
  socket.send('large 1000');
  pass(20);
  socket.send('large 1001');
  pass(20);
  expect(saw.map((one) => one.slice(0, 30))).toEqual([
    '20 opened',
    `40 ${'x'.repeat(27)}`,
    '60 closed 1009 a message of mo',
  ]);
});

test('what passes while a connection is frozen is lost, and it is not ended by that', () => {
  const { saw, connect, pass, toy } = open([{ kind: 'freeze', atMs: 100, forMs: 1_000 }]);
  const socket = connect();
  pass(150);
  socket.send('say lost');
  socket.ping();
  pass(1_000);
  socket.send('say hello');
  pass(50);
  expect(saw).toEqual(['20 opened', '1170 hello']);
  expect(toy.told.slice(2)).toEqual(['heard say hello']);
});

test('what was on its way when a connection froze is lost, in both directions', () => {
  const { saw, connect, pass, toy } = open([{ kind: 'freeze', atMs: 100, forMs: 1_000 }]);
  const socket = connect();
  pass(85);
  // Heard at 95, answered then, and at 105 it would arrive.
  socket.send('say one');
  pass(10);
  socket.send('say two');
  pass(2_000);
  expect(saw).toEqual(['20 opened']);
  expect(toy.told.slice(2)).toEqual(['heard say one']);
});

test('a frozen connection answers no farewell, so that the client leaves it after a second', () => {
  const { saw, connect, pass, toy } = open([{ kind: 'freeze', atMs: 100, forMs: 60_000 }]);
  const socket = connect();
  pass(200);
  socket.close();
  pass(5_000);
  expect(saw).toEqual(['20 opened', '1200 closed 1000']);
  expect(toy.told.at(-1)).toBe('closed 1');
});

test('those who connect during a freeze are well', () => {
  const { saw, connect, pass } = open([{ kind: 'freeze', atMs: 100, forMs: 60_000 }]);
  connect();
  pass(200);
  const second = connect();
  pass(20);
  second.send('say hello');
  pass(100);
  expect(saw).toEqual(['20 opened', '220 opened', '240 hello']);
});

test('a text that is no UTF-8 ends the socket', () => {
  const { saw, connect, pass } = open([{ kind: 'garbage', as: 'no_text', atMs: 0, forMs: 1_000 }]);
  const socket = connect();
  pass(20);
  socket.send('many 1');
  pass(100);
  expect(saw).toEqual(['20 opened', '40 0', '40 closed 1007 a text that is not UTF-8']);
});

test('a request is answered with what the venue says then, after its way there and back', () => {
  const { saw, fetch, pass, toy } = open();
  toy.answering = { ...json('{"a":1}', 201), afterMs: 300 };
  fetch({ method: 'POST', body: '{"b":2}' });
  pass(1_000);
  expect(saw).toEqual(['320 201 {"a":1}']);
  expect(toy.told).toEqual(['POST /list?a=1 {"b":2}']);
});

test('a request that was taken back is not answered', () => {
  const { saw, fetch, pass } = open();
  const cancel = fetch();
  pass(15);
  cancel();
  pass(10_000);
  expect(saw).toEqual([]);
});

test('an answer that does not come, and one that is too large, are said so', () => {
  const { saw, fetch, pass, toy } = open();
  toy.answering = json('é'.repeat(51));
  fetch();
  pass(100);
  toy.answering = { ...json('late'), afterMs: Number.POSITIVE_INFINITY };
  fetch();
  pass(10_000);
  // 51 letters of two bytes each are 102.
  expect(saw).toEqual([
    '20 AnswerTooLarge: its answer has more than 100 bytes',
    '2100 Error: no answer within 2000 ms',
  ]);
});
