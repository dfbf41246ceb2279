import { expect, test } from 'vitest';
import { plusMs } from '../../../core/time.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { SimConnection } from '../../../local/venue-simulator/sim-connection.ts';
import type { SimRequest } from '../../../local/venue-simulator/sim-dialect.ts';
import { SimFloor } from '../../../local/venue-simulator/sim-floor.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { binanceListings } from '../../../local/venue-simulator/spot-listings.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { RecordingPeer } from './recording-peer.ts';
import { START } from './sim-world.ts';
import { ToyDialect } from './toy-dialect.ts';

function open(faults: readonly Fault[] = []) {
  const timers = new VirtualTimers(START);
  const toys: ToyDialect[] = [];
  const venue = new SimVenue({
    seed: 7,
    timers,
    faults,
    listings: binanceListings({ count: 2 }),
    dialect: (desk) => {
      const toy = new ToyDialect(desk);
      toys.push(toy);
      return toy;
    },
  });
  const [toy] = toys;
  if (toy === undefined) throw new Error('the venue has a dialect');
  const until = (ms: number): void => timers.runUntil(plusMs(START, ms));
  /** A client that leaves when it is sent away; text: why it was not let in. */
  const connect = (): RecordingPeer | string => {
    const peer = new RecordingPeer();
    const answer = venue.accept(peer, { url: new URL('ws://toy.example/'), headers: {} });
    if (!(answer instanceof SimConnection)) return answer === 'hang' ? answer : `${answer.status}`;
    const end = peer.end.bind(peer);
    peer.end = (code, reason) => {
      end(code, reason);
      venue.closed(answer);
    };
    venue.opened(answer);
    return peer;
  };
  const ask = (path = '/x') => {
    const request: SimRequest = {
      method: 'GET',
      url: new URL(`http://toy.example${path}`),
      headers: {},
      body: '',
    };
    const { status, headers, afterMs } = venue.http(request);
    return [status, headers['retry-after'], afterMs].filter((part) => part !== undefined).join(' ');
  };
  return { timers, venue, toy, until, connect, ask };
}

const got = (peer: RecordingPeer | string): readonly unknown[] =>
  typeof peer === 'string' ? [peer] : peer.got;

test('a storm cuts whoever is there, again and again, until it is over', () => {
  const { until, connect, venue } = open([
    { kind: 'close_storm', everyMs: 1_000, atMs: 5_000, forMs: 2_500 },
  ]);
  const first = connect();
  until(5_000);
  const second = connect();
  until(5_999);
  expect([got(first), got(second)]).toEqual([['<end 1006>'], []]);
  until(7_000);
  const third = connect();
  until(60_000);
  expect([got(second), got(third)]).toEqual([['<end 1006>'], []]);
  expect(venue.faults.struck.map(({ at, connection }) => [at - START, connection])).toEqual([
    [5_000, 1],
    [6_000, 2],
  ]);
});

test('a shutdown is announced when it begins, and cuts those who stayed when it ends', () => {
  const { until, connect } = open([{ kind: 'shutdown', atMs: 1_000, forMs: 4_000 }]);
  const old = connect();
  until(1_000);
  const fresh = connect();
  until(4_999);
  expect(got(old)).toEqual(['going down']);
  until(5_000);
  expect([got(old), got(fresh)]).toEqual([['going down', '<end 1006>'], []]);
});

test('a freeze holds the connections of its beginning, and releases them', () => {
  const { until, connect, venue } = open([{ kind: 'freeze', connection: 2, atMs: 1_000, forMs: 4_000 }]);
  const [one, two] = [connect(), connect()];
  until(1_500);
  for (const connection of venue.connections()) connection.send('lost', 'other');
  until(6_000);
  for (const connection of venue.connections()) connection.send('heard', 'other');
  expect([got(one), got(two)]).toEqual([
    ['lost', 'heard'],
    ['<held>', '<released>', 'heard'],
  ]);
});

test('a place that is not served gets 451 for everything, and loses what it had', () => {
  const { until, connect, ask } = open([{ kind: 'region', atMs: 1_000, forMs: 4_000 }]);
  const peer = connect();
  until(1_000);
  expect([got(peer), connect(), ask()]).toEqual([['<end 1006>'], '451', '451 0']);
  until(5_000);
  expect([typeof connect(), ask()]).toEqual(['object', '200 0']);
});

test.each([{ status: 401 }, { status: 503 }, { status: 'hang' }] as const)(
  'sockets are refused with $status while the script wants it',
  ({ status }) => {
    const { until, connect } = open([{ kind: 'upgrade', status, atMs: 1_000, forMs: 4_000 }]);
    expect(typeof connect()).toBe('object');
    until(1_000);
    expect(connect()).toBe(`${status}`);
    until(5_000);
    expect(typeof connect()).toBe('object');
  },
);

test('requests get the status of the script, those that it names', () => {
  const { until, ask } = open([
    { kind: 'http', status: 429, retryAfterS: 7, path: '/depth', atMs: 1_000, forMs: 1_000 },
    { kind: 'http_hang', atMs: 3_000, forMs: 1_000 },
  ]);
  expect(ask('/depth')).toBe('200 0');
  until(1_000);
  expect([ask('/depth?symbol=A'), ask('/trades')]).toEqual(['429 7 0', '200 0']);
  until(3_000);
  expect(ask('/depth')).toBe('200 Infinity');
});

test("the venue's clock is wrong while the script wants it, the market's pace is not", () => {
  const { until, venue, timers } = open([{ kind: 'clock_skew', byMs: -60_000, atMs: 1_000, forMs: 1_000 }]);
  until(1_000);
  expect(venue.now()).toBe(timers.now() - 60_000);
  until(2_000);
  expect(venue.now()).toBe(timers.now());
});

test('a paused market stands still; one that another fault still holds does not go on', () => {
  const { until, venue, toy } = open([
    { kind: 'paused', atMs: 10_000, forMs: 20_000 },
    { kind: 'paused', symbol: 'BTCUSDT', atMs: 20_000, forMs: 20_000 },
  ]);
  const ids = () => venue.floor.markets.map(({ book }) => book.updateId);
  until(10_000);
  const before = ids();
  until(29_999);
  expect(ids()).toEqual(before);
  until(35_000);
  const [btc, eth] = ids();
  expect([btc === before[0], eth === before[1]]).toEqual([true, false]);
  until(40_000);
  expect(toy.told).toEqual(['BTCUSDT is paused', 'ETHUSDT is paused', 'ETHUSDT trades', 'BTCUSDT trades']);
});

test('ids go back for the markets that the script names', () => {
  const { until, toy } = open([
    { kind: 'ids_back', atMs: 1_000, forMs: 1 },
    { kind: 'ids_back', symbol: 'ETHUSDT', atMs: 2_000, forMs: 1 },
  ]);
  until(3_000);
  expect(toy.told).toEqual(['restart BTCUSDT ETHUSDT', 'restart ETHUSDT']);
});

test('a beat comes at each multiple of its interval, until the venue stops', () => {
  const { until, venue, toy, timers } = open();
  const beats: number[] = [];
  toy.desk.every(250, () => beats.push(timers.now() - START));
  until(1_000);
  const peer = connectAndStop();
  until(5_000);
  expect(beats).toEqual([250, 500, 750, 1_000]);
  expect(peer.got).toEqual(['<end 1001 the venue stops>']);
  expect(timers.nextAt()).toBeNull();

  function connectAndStop(): RecordingPeer {
    const recording = new RecordingPeer();
    const answer = venue.accept(recording, { url: new URL('ws://toy.example/'), headers: {} });
    if (answer instanceof SimConnection) venue.opened(answer);
    venue.stop();
    return recording;
  }
});

test('a market makes its steps at its own pace on average', () => {
  const timers = new VirtualTimers(START);
  const [btc] = binanceListings({ count: 1 });
  if (btc === undefined) throw new Error('BTCUSDT is listed');
  const floor = new SimFloor({ seed: 7, timers, listings: [{ ...btc, stepMs: 0.5 }] });
  let steps = 0;
  floor.onMove(() => {
    steps += 1;
  });
  timers.runUntil(plusMs(START, 10_000));
  // Two a millisecond are 20 000; a few change nothing.
  expect(Math.abs(steps - 20_000)).toBeLessThan(600);
});

test('venues on one floor show the same books', () => {
  const timers = new VirtualTimers(START);
  const floor = new SimFloor({ seed: 7, timers, listings: binanceListings({ count: 1 }) });
  const seen: number[][] = [[], []];
  for (const n of [0, 1])
    new SimVenue({
      seed: n,
      timers,
      floor,
      dialect: (desk) => {
        const toy = new ToyDialect(desk);
        toy.moved = ({ book }) => seen[n]?.push(book.digest);
        return toy;
      },
    });
  timers.runUntil(plusMs(START, 5_000));
  expect(seen[0]?.length).toBeGreaterThan(20);
  expect(seen[0]).toEqual(seen[1]);
});
