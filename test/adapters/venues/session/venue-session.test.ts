import { describe, expect, test } from 'vitest';
import { type Need, POLL } from '../../../../adapters/venues/frame-source.ts';
import {
  frameRequest,
  type Reply,
  symbolOf,
  toyProtocol,
  toyScript,
  type Upgrade,
} from '../../../support/scripted-venue.ts';
import { longest, openWorld, START, type World, type WorldOptions } from './session-world.ts';

const MINUTE = 60_000;

/** What the connections of a world went through, as `kalshi/1 opened@80`. */
const life = (world: World): string[] =>
  world
    .changes()
    .map(({ connection, change, receivedAt }) => `${connection} ${change}@${receivedAt - START}`);

/** What each connection was sent of subscribing. */
const sent = (world: World): string[][] =>
  world.venue.peers.map((peer) => peer.sent.map(({ what }) => what).filter((text) => text.startsWith('{')));

const need = (over: Partial<Need>): Need => ({
  kind: 'snapshot',
  wire: 'kalshi',
  connection: 'kalshi/1',
  symbol: 'A',
  why: 'a gap',
  ...over,
});

const asked = (world: World, place: string): string[] =>
  world.venue.asked(place).map(({ at, what }) => `${what.url.split('=').at(-1)}@${at - START}`);

/** Milliseconds from each of these to the next. */
const gaps = (stamped: readonly { readonly at: number }[]): number[] =>
  stamped.slice(1).map(({ at }, n) => at - (stamped[n]?.at ?? Number.NaN));

describe('listing', () => {
  test('asks what is listed before anything is subscribed, and gives the answer to the reader', () => {
    const world = openWorld();
    world.pass(1_000);
    expect(asked(world, '/list')).toEqual(['A,B@0']);
    expect(sent(world)).toEqual([['{"sub":["A","B"]}']]);
    expect(world.frames()[0]).toEqual({
      wire: 'kalshi',
      receivedAt: START + 40,
      channel: 'rest:list',
      raw: '{"listed":["A","B"],"names":["A","B","C","D","E","F"]}',
      url: 'https://rest.toy/list?symbols=A,B',
    });
  });

  test('refuses what is not listed in words, with the nearest names', () => {
    const world = openWorld({ symbols: ['A', 'BTCUSD'], habits: { listed: ['A', 'BTCUSDT', 'ETHUSDT'] } });
    world.pass(5_000);
    const why = 'the venue does not list it; the nearest names are BTCUSDT, ETHUSDT, A';
    expect(world.session.status()).toMatchObject({ connected: true, refused: [{ symbol: 'BTCUSD', why }] });
    expect(world.notes).toEqual([`BTCUSD: ${why}`]);
    expect(sent(world)).toEqual([['{"sub":["A"]}']]);
  });

  test('follows unchecked what no listing came for in half a minute, and leaves it when one says no', () => {
    const world = openWorld({
      symbols: ['A', 'X'],
      habits: { answer: () => (world.now() < 45_000 ? new Error('refused') : undefined) },
    });
    world.pass(29_000);
    const before = sent(world);
    world.pass(2_000);
    const unchecked = sent(world);
    world.pass(60_000);
    expect([before, unchecked, sent(world)]).toEqual([
      [],
      [['{"sub":["A","X"]}']],
      [['{"sub":["A","X"]}', '{"unsub":["X"]}']],
    ]);
    expect(world.session.status().refused.map(({ symbol }) => symbol)).toEqual(['X']);
  });

  test('asks again at its time; a symbol is left when two listings in a row lack it, and taken back when it returns', () => {
    const world = openWorld();
    world.pass(10 * MINUTE);
    world.venue.habits.listed = ['A'];
    world.pass(50 * MINUTE + 30_000);
    const once = sent(world)[0]?.length;
    world.pass(MINUTE);
    const twice = sent(world)[0]?.at(-1);
    world.venue.habits.listed = ['A', 'B'];
    world.pass(60 * MINUTE);
    expect([once, twice, sent(world)[0]?.at(-1)]).toEqual([1, '{"unsub":["B"]}', '{"sub":["B"]}']);
    expect(asked(world, '/list')).toEqual(['A,B@0', 'A,B@3600000', 'B@3660040', 'B@3780080', 'A,B@7200000']);
  });

  test('asks again until something was learned, however long listings fail', () => {
    const world = openWorld({
      symbols: ['A', 'X'],
      habits: { answer: () => (world.now() < 5 * MINUTE ? { status: 500 } : undefined) },
    });
    world.pass(4 * MINUTE);
    const unchecked = world.venue.open.flatMap(({ symbols }) => [...symbols]);
    world.pass(4 * MINUTE);
    expect(unchecked).toEqual(['A', 'X']);
    expect(world.session.status().refused.map(({ symbol }) => symbol)).toEqual(['X']);
  });

  test('a listing that failed is asked for again after 2 s and each 4 s, less and less after three minutes', () => {
    const refuse = (): Reply => ({ status: 451 });
    const world = openWorld({ habits: { answer: refuse }, random: longest });
    world.pass(40 * MINUTE);
    const early = world.venue.asked('/list');
    world.venue.habits.answer = () => undefined;
    world.pass(10 * MINUTE);
    world.venue.habits.answer = refuse;
    world.session.follow({ follow: ['C'], unfollow: [], detail: '' });
    world.pass(10_000);
    // Each is refused 40 ms after it was asked for.
    expect(gaps(early).map((gap) => gap - 40)).toEqual(
      [
        [2_000, ...Array(45).fill(4_000)], // 182 s
        [8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000],
        [600_000],
      ].flat(),
    );
    // One that came begins it anew.
    expect(gaps(world.venue.asked('/list?symbols=C'))).toEqual([2_040, 4_040]);
  });

  test('looks for nothing beside listings that come as often', () => {
    const world = openWorld({
      symbols: ['A', 'X'],
      protocol: { discovery: { ...toyProtocol().discovery, everyMs: 30_000 } },
    });
    world.pass(100_000);
    expect(asked(world, '/list')).toEqual(['A,X@0', 'A,X@30000', 'A,X@60000', 'A,X@90000']);
  });

  test('looks for all that is missing together, later each time', () => {
    const world = openWorld({ symbols: ['A', 'X'] });
    world.pass(30_000);
    world.session.follow({ follow: ['Y'], unfollow: [], detail: '' });
    world.pass(9 * MINUTE);
    expect(asked(world, '/list')).toEqual(['A,X@0', 'Y@30000', 'X,Y@90040', 'X,Y@210080', 'X,Y@450120']);
  });

  test('says which host answered with a page where a listing belongs', () => {
    const world = openWorld({
      habits: { answer: ({ url }) => (url.includes('/list') ? { body: '<html>' } : undefined) },
      protocol: {
        discovery: {
          requests: (symbols) => [frameRequest('list', symbols)],
          listed: () => new Error('Invalid input'),
          everyMs: 60 * MINUTE,
        },
      },
    });
    world.pass(1_000);
    expect(world.notes).toEqual([
      "listing of 2 symbols failed: rest.toy answered with a page (HTML?), not with JSON: it begins with '<html>'",
    ]);
  });

  test('finds the one bad symbol for which a venue refuses to answer about many', () => {
    const world = openWorld({
      symbols: ['A', 'B', 'C', 'X', 'D'],
      habits: {
        answer: ({ url }) =>
          url.includes('/list') && url.includes('X')
            ? { status: 400, body: '{"msg":"Invalid symbol."}' }
            : undefined,
      },
      protocol: {
        discovery: {
          requests: (symbols) => [frameRequest('list', symbols)],
          listed: ({ status, body }) =>
            status === 200 ? new Set<string>(JSON.parse(body).listed) : new Error('unreadable'),
          everyMs: 60 * MINUTE,
        },
      },
    });
    world.pass(10_000);
    expect(asked(world, '/list').map((one) => one.split('@')[0])).toEqual([
      'A,B,C,X,D',
      'A,B',
      'C,X,D',
      'C',
      'X,D',
      'X',
      'D',
    ]);
    expect(world.session.status().refused.map(({ symbol }) => symbol)).toEqual(['X']);
    expect(sent(world)).toEqual([['{"sub":["A","B","C","D"]}']]);
  });
});

describe('connections', () => {
  test('spreads symbols over as many connections as are needed', () => {
    const world = openWorld({ symbols: ['A', 'B', 'C', 'D', 'E'], protocol: { symbolsPerConnection: 2 } });
    world.pass(5_000);
    expect(sent(world)).toEqual([['{"sub":["A","B"]}'], ['{"sub":["C","D"]}'], ['{"sub":["E"]}']]);
    expect(world.session.status()).toMatchObject({
      connected: true,
      channels: [
        { channel: 'book', symbols: 5, shown: 5, mute: [] },
        { channel: 'trade', shown: 0 },
      ],
      counts: { opened: 3, lost: 0 },
    });
  });

  test('comes back after a loss, and counts it', () => {
    const world = openWorld();
    world.pass(10_000);
    world.venue.open[0]?.cut();
    world.pass(2_000);
    expect(life(world).map((one) => one.split('@')[0])).toEqual([
      'kalshi/1 opened',
      'kalshi/1 lost',
      'kalshi/2 opened',
    ]);
    expect(world.session.status()).toMatchObject({
      connected: true,
      reconnects: 1,
      counts: { opened: 2, lost: 1 },
    });
    expect(world.outages).toEqual([]);
  });

  test('waits longer after each failure, up to 4 s, and begins anew after a minute of health', () => {
    const world = openWorld({ habits: { upgrade: (n) => (n <= 8 ? { reason: 'down' } : 'open') }, seed: 3 });
    world.pass(5 * MINUTE);
    const waits = gaps(world.venue.attempts);
    expect(waits.length).toBe(8);
    for (const [n, wait] of waits.entries()) {
      const whole = Math.min(4_000, 1_000 * 2 ** n);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole);
    }
    world.pass(2 * MINUTE);
    const before = world.now();
    const attempts = world.venue.attempts.length;
    world.venue.open[0]?.cut();
    world.pass(2_000);
    const [next] = world.venue.attempts.slice(attempts);
    expect((next?.at ?? Number.NaN) - START - before).toBeLessThanOrEqual(1_020);
  });

  test('after five minutes in vain it tries less and less, down to once a minute, until one holds', () => {
    let isDown = true;
    const world = openWorld({
      habits: { upgrade: () => (isDown ? { reason: 'down' } : 'open') },
      random: longest,
    });
    world.pass(10 * MINUTE);
    expect(gaps(world.venue.attempts)).toEqual(
      [
        [1_000, 2_000, ...Array(75).fill(4_000)], // 303 s
        [8_000, 16_000, 32_000, ...Array(4).fill(60_000)],
      ].flat(),
    );
    isDown = false;
    world.pass(3 * MINUTE);
    isDown = true;
    const tries = world.venue.attempts.length;
    const lostAt = { at: world.timers.now() + 20 };
    world.venue.open[0]?.cut();
    world.pass(20_000);
    const after = gaps([lostAt, ...world.venue.attempts.slice(tries)]);
    expect(after).toEqual([1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
  });

  test('tries as often as it is told to', () => {
    const world = openWorld({
      habits: { upgrade: () => ({ reason: 'down' }) },
      reconnect: { firstMs: 3_000, maxMs: 5_000, tiresAfterMs: 10_000, tiredMs: 20_000 },
      random: longest,
    });
    world.pass(80_000);
    expect(gaps(world.venue.attempts)).toEqual([3_000, 5_000, 5_000, 10_000, 20_000, 20_000]);
  });

  test('an attempt that hung was a part of the wait, or all of it but a quarter of a second', () => {
    const world = openWorld({
      limits: { connectTimeoutMs: 200 },
      habits: { upgrade: (n) => (n <= 5 ? 'hang' : 'open') },
      random: longest,
    });
    world.pass(30_000);
    // Each is given up by the first sweep more than 1.2 s after it began, and sweeps come with each full second.
    expect(world.venue.attempts.map(({ at }) => at - START)).toEqual([
      40,
      2_250, // given up at 2 s, after more than the 1 s to wait
      4_250, // at 4 s: of 2 s it took 1.75
      8_250, // at 6 s: of 4 s it took 1.75
      12_250, // at 10 s
      16_250, // at 14 s
    ]);
  });

  test('where a location is refused it tries quickly for three minutes, then less and less, down to once in five', () => {
    const world = openWorld({
      habits: { upgrade: () => ({ status: 451, reason: 'restricted' }) },
      random: longest,
    });
    world.pass(25 * MINUTE);
    expect(gaps(world.venue.attempts)).toEqual(
      [
        [1_000, 2_000, ...Array(45).fill(4_000)], // 183 s
        [8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000],
      ].flat(),
    );
    expect(world.session.status()).toMatchObject({
      connected: false,
      gaveUp: false,
      trouble: expect.stringContaining('HTTP 451 ("restricted"): it does not serve this location'),
    });
  });

  test('a failure of another kind ends a row of refusals', () => {
    const refused = { status: 403, reason: '' };
    const ends: readonly Upgrade[] = [refused, refused, refused, { reason: 'down' }, refused];
    const world = openWorld({ habits: { upgrade: (n) => ends[n - 1] ?? 'open' }, random: longest });
    world.pass(20_000);
    expect(gaps(world.venue.attempts)).toEqual([1_000, 2_000, 4_000, 1_000, 1_000]);
  });

  test('tries refused keys again only after minutes', () => {
    const world = openWorld({ habits: { upgrade: () => ({ status: 401, reason: 'bad signature' }) } });
    world.pass(20 * MINUTE);
    const waits = gaps(world.venue.attempts);
    expect(waits.length).toBeGreaterThanOrEqual(3);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(150_040); // 2.5 to 5 minutes after it was refused
      expect(wait).toBeLessThanOrEqual(300_040);
    }
    expect(world.session.status().trouble).toContain('HTTP 401 ("bad signature"): check the key id');
  });

  test('a host that asks for quiet gets it from all connections', () => {
    const world = openWorld({
      symbols: ['A', 'B', 'C'],
      protocol: { symbolsPerConnection: 1 },
      habits: { upgrade: (n) => (n === 1 ? { status: 429, reason: '', retryAfterMs: 30_000 } : 'open') },
    });
    world.pass(40_000);
    // The second was under way already.
    expect(world.venue.attempts.map(({ at }) => Math.floor((at - START) / 1_000))).toEqual([0, 30, 30, 30]);
  });

  test('a host that asks for quiet and does not say how long gets 4 s, 8 s, 16 s and so on', () => {
    const world = openWorld({
      habits: { upgrade: (n) => (n <= 7 ? { status: n === 3 ? 418 : 429, reason: '' } : 'open') },
    });
    world.pass(10 * MINUTE);
    expect(gaps(world.venue.attempts).map((ms) => Math.floor(ms / 1_000))).toEqual([
      4, 8, 16, 32, 64, 120, 120,
    ]);
    expect(world.session.status()).toMatchObject({ connected: true, trouble: null });
  });

  test('ends connections that carry nothing any more', () => {
    const world = openWorld({ protocol: { symbolsPerConnection: 1 } });
    world.pass(5_000);
    world.session.follow({ follow: [], unfollow: ['A'], detail: 'configuration changed' });
    world.pass(1_000);
    expect(life(world).at(-1)).toBe('kalshi/1 closed@5000');
    expect(world.venue.open.length).toBe(1);
  });

  test('a venue that accepts and closes at once is down: polled after 15 s, told after a minute, until a connection holds', () => {
    const world = openWorld({ random: longest });
    // Each connection ends a tenth of a second after it opened.
    const cut = (): void => {
      for (const peer of world.venue.open) peer.cut();
      if (world.now() < 2 * MINUTE) world.timers.after(100, cut);
    };
    world.timers.after(10_000, cut);
    world.pass(24_000);
    expect(world.session.status().polling).toEqual([]);
    world.pass(6_000);
    expect(world.session.status().polling).toEqual(['A', 'B']);
    world.pass(50_000);
    expect(world.outages).toMatchObject([{ kind: 'disconnected', outage: { isPolling: true } }]);
    world.pass(MINUTE);
    expect(world.outages.map(({ kind }) => kind)).toEqual(['disconnected', 'reconnected']);
    expect(world.session.status()).toMatchObject({ connected: true, polling: [] });
    expect(world.venue.attempts.length).toBeGreaterThan(25);
  });

  test('an open connection that shows nothing of its symbols leaves them to be polled, in words', () => {
    const world = openWorld({ habits: { isMute: () => true } });
    world.pass(25_000);
    expect(world.session.status()).toMatchObject({ polling: [], trouble: null });
    // A new connection was tried meanwhile; half a minute of it is waited for, too.
    world.pass(2 * MINUTE);
    expect(world.session.status()).toMatchObject({
      connected: true,
      polling: ['A', 'B'],
      trouble: 'connected, and no data of A, B: polled',
    });
    world.venue.habits.isMute = () => false;
    world.pass(20_000);
    expect(world.session.status()).toMatchObject({ connected: true, polling: [], trouble: null });
  });

  test('a symbol that never speaks costs its neighbors one reconnect in half an hour', () => {
    const world = openWorld({ habits: { isMute: (symbol) => symbol === 'B' } });
    world.pass(29 * MINUTE);
    const early = world.session.status();
    expect(early).toMatchObject({ connected: true, counts: { lost: 1 }, channels: [{ mute: ['B'] }, {}] });
    expect(
      world
        .frames()
        .filter((frame) => frame.channel === 'book')
        .every((frame) => symbolOf(frame) === 'A'),
    ).toBe(true);
  });

  test('a reader that cannot trust a connection gets a new one, not within its own call', () => {
    const world = openWorld();
    world.pass(1_000);
    const known = world.session.need(need({ kind: 'reconnect', symbol: '', why: 'sequence lost' }));
    const unknown = world.session.need(need({ kind: 'reconnect', connection: 'kalshi/9', symbol: '' }));
    expect([known, unknown, life(world).length]).toEqual([true, false, 1]);
    world.pass(2_000);
    expect(world.changes().map(({ change, detail }) => `${change}: ${detail}`)).toEqual([
      'opened: connected to ws.toy',
      'lost: the reader cannot trust it: sequence lost',
      'opened: connected to ws.toy',
    ]);
  });

  test('lost frames begin all connections anew, and ask for the rules again', () => {
    const world = openWorld({ protocol: { symbolsPerConnection: 1 } });
    world.pass(5_000);
    world.session.interrupt('its frames had to be dropped');
    world.pass(5_000);
    expect(life(world).map((one) => one.split('@')[0])).toEqual([
      'kalshi/1 opened',
      'kalshi/2 opened',
      'kalshi/1 lost',
      'kalshi/2 lost',
      'kalshi/3 opened',
      'kalshi/4 opened',
    ]);
    expect(asked(world, '/list')).toEqual(['A,B@0', 'A,B@5000']);
  });

  test('nothing comes, is sent or is asked after it was stopped', () => {
    const world = openWorld();
    world.pass(5_000);
    world.session.need(need({}));
    const before = world.items.length;
    world.session.stop();
    world.session.follow({ follow: ['C'], unfollow: [], detail: '' });
    const requests = world.venue.requests.length;
    world.pass(10 * MINUTE);
    expect([world.items.length, world.venue.requests.length, world.venue.open.length]).toEqual([
      before,
      requests,
      0,
    ]);
    // Nothing of it waits for anything.
    expect([world.session.need(need({})), world.timers.nextAt()]).toEqual([false, null]);
  });

  test('nothing is asked by REST either after it was stopped', () => {
    const world = openWorld({
      protocol: {
        hasSocket: false,
        exchangeStatus: { request: frameRequest('status', []).request, everyMs: 10_000, read: () => null },
      },
    });
    world.pass(10_030); // a question about the exchange is on its way
    world.session.stop();
    const before = world.items.length;
    world.pass(10 * MINUTE);
    expect([world.items.length, world.timers.nextAt()]).toEqual([before, null]);
  });
});

describe('rotation', () => {
  const lifetimeMs = 10 * MINUTE;

  test('opens the next connection before its time, and closes the old one when all symbols have spoken on the new', () => {
    const world = openWorld({ limits: { lifetimeMs } });
    world.pass(9 * MINUTE);
    const [first, second, third] = life(world);
    expect(first).toBe('kalshi/1 opened@80');
    expect(second).toBe(`kalshi/2 opened@${0.8 * lifetimeMs + 80 + 40}`); // 80 % of its life, and the way there and back
    expect(third?.split('@')[0]).toBe('kalshi/1 closed');
    expect(world.session.status().counts).toMatchObject({ rotations: 1, reconnects: 0, lost: 0 });
    // Both brought frames in between.
    const [, openedAt, closedAt] = world.changes().map(({ receivedAt }) => receivedAt);
    const between = world
      .frames()
      .filter(({ receivedAt }) => receivedAt > (openedAt ?? 0) && receivedAt <= (closedAt ?? 0));
    expect(new Set(between.map(({ connection }) => connection))).toEqual(new Set(['kalshi/1', 'kalshi/2']));
  });

  test('takes over after half a minute although a symbol is quiet', () => {
    const world = openWorld({
      limits: { lifetimeMs },
      protocol: { channels: [{ name: 'book', firstDataMs: MINUTE, suspectMs: null }] },
      habits: { isMute: (symbol, peer) => symbol === 'B' && peer !== world.venue.peers[0] },
    });
    world.pass(9 * MINUTE);
    const [, opened, closed] = world.changes().map(({ receivedAt }) => receivedAt);
    expect((closed ?? 0) - (opened ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect((closed ?? 0) - (opened ?? 0)).toBeLessThan(31_000);
  });

  test('a connection is as old as since it opened, not since it took over', () => {
    const world = openWorld({
      limits: { lifetimeMs },
      protocol: { channels: [{ name: 'book', firstDataMs: null, suspectMs: null }] },
      habits: { isMute: (symbol, peer) => symbol === 'B' && peer !== world.venue.peers[0] },
    });
    world.pass(17 * MINUTE);
    const opened = world.changes().filter(({ change }) => change === 'opened');
    const [, second, third] = opened.map(({ receivedAt }) => receivedAt);
    expect((third ?? 0) - (second ?? 0)).toBe(0.8 * lifetimeMs + 40);
  });

  test('the new connection is the only one when the old one is lost before it opened', () => {
    const world = openWorld();
    world.pass(5_000);
    world.venue.open[0]?.say('{"bye":"restart"}');
    world.pass(25);
    world.venue.habits.latencyMs = 500;
    world.pass(10);
    world.venue.habits.latencyMs = 20;
    world.venue.peers[0]?.cut();
    world.pass(20_000);
    expect([world.venue.attempts.length, world.venue.open.length]).toEqual([2, 1]);
  });

  test('replaces the connections of a venue one by one', () => {
    const world = openWorld({
      symbols: ['A', 'B', 'C', 'D'],
      limits: { lifetimeMs: 24 * 60 * MINUTE },
      habits: { dataEveryMs: 4_000 },
      protocol: { symbolsPerConnection: 1 },
    });
    world.pass(23 * 60 * MINUTE);
    const opened = world
      .changes()
      .filter(({ change }) => change === 'opened')
      .slice(4)
      .map(({ receivedAt }) => receivedAt - START);
    expect(opened.length).toBe(4);
    const sorted = opened.toSorted((a, b) => a - b);
    for (const [n, at] of sorted.slice(1).entries())
      expect(at - (sorted[n] ?? 0)).toBeGreaterThan(15 * MINUTE);
    // Between 80 % and 90 % of a day.
    expect([sorted[0], sorted.at(-1)].map((at) => Math.floor((at ?? 0) / 3_600_000))).toEqual([19, 21]);
  });

  test('goes at once when the venue announces its end, once however often that is said', () => {
    const world = openWorld();
    world.pass(5_000);
    for (let n = 0; n < 3; n += 1) world.venue.open[0]?.say('{"bye":"restart"}');
    world.pass(5_000);
    expect(life(world).map((one) => one.split('@')[0])).toEqual([
      'kalshi/1 opened',
      'kalshi/2 opened',
      'kalshi/1 closed',
    ]);
    expect(world.session.status().counts).toMatchObject({ opened: 2, rotations: 1, lost: 0 });
  });

  test('a rotation that waited for its turn does not take the turn of a connection that was lost', () => {
    const world = openWorld({ limits: { connectsPerMinute: 1 } });
    world.pass(5_000);
    world.venue.open[0]?.say('{"bye":"restart"}');
    world.pass(1_000);
    world.venue.open[0]?.cut();
    world.pass(3 * MINUTE);
    expect(world.venue.attempts.map(({ at }) => Math.floor((at - START) / MINUTE))).toEqual([0, 1]);
  });

  test('keeps the old connection while no new one can be had, and tries again', () => {
    const world = openWorld({
      limits: { lifetimeMs },
      habits: { upgrade: (n) => (n === 2 || n === 3 ? { reason: 'down' } : 'open') },
    });
    world.pass(lifetimeMs);
    expect(life(world).map((one) => one.split('@')[0])).toEqual([
      'kalshi/1 opened',
      'kalshi/4 opened',
      'kalshi/1 closed',
    ]);
    expect(world.session.status().counts).toMatchObject({
      failedAttempts: 2,
      rotations: 1,
      lost: 0,
      reconnects: 0,
    });
  });

  test('the new connection is in charge at once when the old one is lost meanwhile', () => {
    const world = openWorld();
    world.pass(5_000);
    world.venue.open[0]?.say('{"bye":"restart"}');
    world.pass(150);
    world.venue.peers[0]?.cut();
    world.pass(20_000);
    expect(life(world).map((one) => one.split('@')[0])).toEqual([
      'kalshi/1 opened',
      'kalshi/2 opened',
      'kalshi/1 lost',
    ]);
    expect(world.session.status()).toMatchObject({ connected: true, polling: [] });
  });
});

describe('snapshots', () => {
  test('asks once for a doubt, gathers what comes together, and gives the answer to its connection', () => {
    const world = openWorld();
    world.pass(1_000);
    expect(world.session.need(need({}))).toBe(true);
    world.session.need(need({}));
    world.session.need(need({ symbol: 'B', why: 'another gap' }));
    world.pass(60);
    world.session.need(need({}));
    world.pass(5_000);
    expect(asked(world, '/picture')).toEqual(['A@1050', 'B@1050']);
    expect(world.frames().filter(({ channel }) => channel === 'rest:picture')).toMatchObject([
      { connection: 'kalshi/1', url: 'https://rest.toy/picture?symbols=A', raw: '{"picture":["A"]}' },
      { connection: 'kalshi/1', url: 'https://rest.toy/picture?symbols=B' },
    ]);
  });

  test('a doubt that arises while a picture is on its way is asked about after it has come', () => {
    const world = openWorld();
    world.pass(1_000);
    world.session.need(need({ why: 'a gap at 5' }));
    world.pass(60);
    world.session.need(need({ why: 'a gap at 9' }));
    world.pass(5_000);
    expect(asked(world, '/picture')).toEqual(['A@1050', 'A@1140']); // 40 ms there and back, 50 ms gathered
  });

  test('a picture that cannot be had is asked for again without being told', () => {
    const world = openWorld({
      habits: {
        answer: ({ url }) => (url.includes('/picture') && isDown ? { status: 404, body: 'no' } : undefined),
      },
      random: longest,
    });
    let isDown = true;
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(5_000);
    world.session.need(need({}));
    isDown = false;
    world.pass(40_000);
    // 1, 2 and 4 s after it failed; 40 ms there and back, 50 ms gathered.
    expect(asked(world, '/picture')).toEqual(['A@1050', 'A@2140', 'A@4230', 'A@8320']);
    expect(world.frames().filter(({ channel }) => channel === 'rest:picture').length).toBe(1);
    expect(world.notes).toEqual(['no snapshot of A: rest.toy/picture: HTTP 404 no']);
    expect(world.session.status().counts).toMatchObject({ snapshotsAsked: 4, snapshotsFailed: 3 });
  });

  /** Pictures of each symbol are refused until its moment. */
  const refusing = (until: Record<string, number>, over: Pick<WorldOptions, 'seed' | 'random'>): World => {
    const world: World = openWorld({
      habits: {
        answer: ({ url }) => {
          const [, symbol = ''] = url.split('picture?symbols=');
          return world.now() < (until[symbol] ?? 0) ? { status: 451 } : undefined;
        },
      },
      ...over,
    });
    return world;
  };

  test('a picture that is refused is asked for less and less, by itself, and quickly again once it was had', () => {
    const world = refusing({ A: 305_000, B: 62_000 }, { random: longest });
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(60_000);
    world.session.need(need({ symbol: 'B' }));
    world.pass(335_000);
    const early = world.venue.asked('picture?symbols=A');
    world.venue.habits.answer = () => ({ status: 451 });
    world.session.need(need({ why: 'another gap' }));
    world.pass(4_000);
    // Each is refused 40 ms after it was asked for, and 50 ms are gathered.
    expect(gaps(early).map((gap) => gap - 90)).toEqual(
      [
        [1_000, 2_000, ...Array(45).fill(4_000)], // 183 s
        [8_000, 16_000, 32_000, 64_000],
      ].flat(),
    );
    expect(asked(world, 'picture?symbols=B')).toEqual(['B@61050', 'B@62140']);
    expect(world.frames().filter(({ url }) => url?.endsWith('=A')).length).toBe(1);
    expect(gaps(world.venue.asked('picture?symbols=A').slice(early.length))).toEqual([1_090, 2_090]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a picture that was refused for 10 s is there within 5 s, and the note about it is told once (seed %i)',
    (seed) => {
      const world = refusing({ A: 11_050 }, { seed });
      world.pass(1_000);
      world.session.need(need({}));
      world.pass(60_000);
      const [picture, more] = world.frames().filter(({ channel }) => channel === 'rest:picture');
      const cameAt = (picture?.receivedAt ?? Number.NaN) - START;
      expect(cameAt).toBeGreaterThan(11_050);
      expect(cameAt).toBeLessThanOrEqual(16_050);
      expect(more).toBe(undefined);
      expect(world.notes).toEqual([
        'no snapshot of A: rest.toy/picture refuses us with HTTP 451: it does not serve this location; run the feed in another region, or name another host of the venue',
      ]);
    },
  );

  test('a picture that takes two requests has failed when one of them did, and is on its way until both are over', () => {
    const world = openWorld({
      protocol: {
        script: (_connection, symbols) => ({
          ...toyScript(symbols),
          snapshot: (some) => ({
            outgoing: [],
            requests: [frameRequest('rules', some), frameRequest('picture', some)],
          }),
        }),
      },
      habits: { answer: ({ url }) => (url.includes('/rules') ? rules() : undefined) },
      random: longest,
    });
    let rules = (): Reply | 'hang' | undefined => (world.now() < 15_000 ? { status: 404 } : undefined);
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(14_000);
    const early = asked(world, '/picture');
    world.pass(20_000);
    const tries = ['A@1050', 'A@2140', 'A@4230', 'A@8320', 'A@12410'];
    expect([early, asked(world, '/picture'), asked(world, '/rules')]).toEqual([
      tries,
      [...tries, 'A@16500'],
      [...tries, 'A@16500'],
    ]);
    expect(world.session.status().counts).toMatchObject({ snapshotsAsked: 6, snapshotsFailed: 5 });
    // The picture comes after 40 ms, the rules never: a new doubt waits for them.
    rules = () => 'hang';
    world.session.need(need({}));
    world.pass(1_000);
    world.session.need(need({ why: 'another gap' }));
    world.pass(3_000);
    expect(asked(world, '/picture').slice(6)).toEqual(['A@35050']);
  });

  test('asks over the socket where the venue offers that, and again only after a while', () => {
    const world = openWorld({
      protocol: {
        script: (_connection, symbols) => ({
          ...toyScript(symbols),
          snapshot: (some) => ({ outgoing: [{ text: JSON.stringify({ snap: some }) }], requests: [] }),
        }),
      },
    });
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(10_000);
    const snaps = world.venue.peers[0]?.sent
      .filter(({ what }) => what.includes('snap'))
      .map(({ at }) => at - START);
    expect(snaps).toEqual([1_050, 6_100]);
  });

  test('what a connection asked for is not given to the next one', () => {
    const world = openWorld();
    world.pass(1_000);
    world.session.need(need({}));
    world.pass(55);
    world.venue.open[0]?.cut();
    world.pass(5_000);
    expect(world.frames().filter(({ channel }) => channel === 'rest:picture')).toEqual([]);
    expect(world.session.need(need({}))).toBe(false);
  });

  test('a symbol that fell silent is looked at by REST, on the connection that carries it', () => {
    const world = openWorld({
      symbols: ['A'],
      protocol: { channels: [{ name: 'book', firstDataMs: 5_000, suspectMs: 10_000 }] },
    });
    world.pass(2_000);
    world.venue.habits.isMute = () => true;
    world.pass(25_000);
    // Its last word came at 1.6 s; the sweeps find it silent at 12 s and 22 s.
    expect(asked(world, '/picture')).toEqual(['A@12050', 'A@22050']);
    expect(world.frames().at(-1)).toMatchObject({ channel: 'rest:picture', connection: 'kalshi/1' });
  });

  const witness = (some: readonly string[]) => [frameRequest('witness', some)];

  test('where pictures can be compared, symbols that fell silent are looked at together, each once at a time', () => {
    const world = openWorld({
      protocol: {
        channels: [{ name: 'book', firstDataMs: 5_000, suspectMs: 3_000 }],
        script: (_connection, symbols) => ({ ...toyScript(symbols), witness }),
      },
    });
    world.pass(2_000);
    world.venue.habits.isMute = () => true;
    world.venue.habits.requestMs = 5_000;
    world.pass(9_000);
    expect(asked(world, '/witness')).toEqual(['A,B@5000', 'A,B@11000']); // silent for 3 s again at 8 s: on its way still
    expect(asked(world, '/picture')).toEqual([]);
    const answers = world.frames().filter(({ channel }) => channel === 'rest:witness');
    expect(answers).toMatchObject([{ connection: 'kalshi/1' }]);
  });

  test('books that nothing proves are compared in turn, connection by connection, while the venue trades', () => {
    const world = openWorld({
      protocol: {
        symbolsPerConnection: 1,
        witnessEveryMs: 5 * MINUTE,
        closedBecause: (now) => (now - START >= 14 * MINUTE ? 'maintenance' : null),
        script: (_connection, symbols) => ({ ...toyScript(symbols), witness }),
      },
    });
    world.pass(2 * MINUTE);
    world.venue.open[0]?.cut();
    world.pass(18 * MINUTE);
    const [other, again] = [asked(world, 'witness?symbols=B'), asked(world, 'witness?symbols=A')];
    expect(other).toEqual(['B@301000', 'B@601000']);
    // The new connection counts from its own opening.
    expect(again.map((one) => Math.floor(Number(one.slice(2)) / MINUTE))).toEqual([7, 12]);
  });

  test('the answer to a comparison is not given to the next connection', () => {
    const world = openWorld({
      protocol: {
        witnessEveryMs: MINUTE,
        script: (_connection, symbols) => ({ ...toyScript(symbols), witness }),
      },
    });
    world.pass(MINUTE + 1_010);
    world.venue.open[0]?.cut();
    world.pass(5_000);
    expect(asked(world, '/witness').length).toBe(1);
    expect(world.frames().some(({ channel }) => channel === 'rest:witness')).toBe(false);
  });

  test('needs of others, and of polled pictures, cost nothing', () => {
    const world = openWorld();
    world.pass(1_000);
    expect([
      world.session.need(need({ wire: 'polymarket' })),
      world.session.need(need({ connection: POLL })),
      world.session.need(need({ connection: undefined })),
    ]).toEqual([false, true, true]); // one connection is the one that is meant
    world.pass(1_000);
    expect(asked(world, '/picture').length).toBe(1);
  });
});

describe('polling', () => {
  test('polls what has no connection for 15 s, and stops when it is back and has spoken', () => {
    const world = openWorld({
      habits: { upgrade: () => (world.now() < 100_000 ? { reason: 'down' } : 'open') },
    });
    world.pass(15_000);
    const before = asked(world, '/poll').length;
    world.pass(185_000);
    const polls = asked(world, '/poll');
    expect(before).toBe(0);
    expect(polls.slice(0, 3)).toEqual(['A,B@16000', 'A,B@21000', 'A,B@26000']);
    const lines = life(world).map((one) => one.split('@')[0]);
    expect(lines).toEqual(['poll opened', expect.stringMatching(/^kalshi\/\d+ opened$/), 'poll closed']);
    const closedAt = world.changes().at(-1)?.receivedAt ?? 0;
    expect(
      world.frames().filter(({ connection, receivedAt }) => connection === POLL && receivedAt > closedAt),
    ).toEqual([]);
    expect(world.session.status()).toMatchObject({ connected: true, polling: [] });
  });

  test('without sockets it polls from the beginning, and that is no trouble', () => {
    const world = openWorld({ protocol: { hasSocket: false } });
    world.pass(2 * MINUTE);
    expect(asked(world, '/poll').slice(0, 3)).toEqual(['A,B@40', 'A,B@5040', 'A,B@10040']);
    expect(world.frames().slice(1, 2)).toMatchObject([
      { connection: POLL, channel: 'rest:poll', raw: '{"picture":["A","B"]}' },
    ]);
    expect(world.session.status()).toMatchObject({
      connected: true,
      polling: ['A', 'B'],
      trouble: null,
      gaveUp: false,
    });
    expect([world.venue.attempts.length, world.outages]).toEqual([0, []]);
  });

  test('polling that begins long after the start, or begins anew, is no outage before it had its time', () => {
    const world = openWorld({ protocol: { hasSocket: false }, symbols: [], random: longest });
    world.pass(10 * MINUTE);
    world.session.follow({ follow: ['A'], unfollow: [], detail: 'joined' });
    world.pass(MINUTE);
    world.session.follow({ follow: [], unfollow: ['A'], detail: 'left' });
    world.pass(10 * MINUTE);
    world.session.follow({ follow: ['A'], unfollow: [], detail: 'joined' });
    world.pass(MINUTE);
    expect(world.session.status()).toMatchObject({ connected: true, polling: ['A'] });
    expect(world.outages).toEqual([]);
  });

  test('rounds do not overlap: a slow one delays the next', () => {
    const world = openWorld({
      protocol: { hasSocket: false },
      habits: { answer: (_request, n) => (n === 2 || n === 3 ? 'hang' : undefined) },
      random: () => 0,
    });
    world.pass(15_000);
    // Each answer that never came failed after 4 s; it was asked for again half a second later, and the round ended.
    expect(asked(world, '/poll')).toEqual(['A,B@40', 'A,B@4540', 'A,B@9040', 'A,B@9080', 'A,B@14080']);
  });

  test('a symbol that is new waits for the round under way', () => {
    const world = openWorld({
      protocol: { hasSocket: false },
      habits: { answer: (_request, n) => (n === 2 ? 'hang' : undefined) },
    });
    world.pass(1_000);
    world.session.follow({ follow: ['C'], unfollow: [], detail: '' });
    world.pass(30_000);
    // The first round is tried again before the next one asks for all three.
    expect(
      asked(world, '/poll')
        .slice(0, 3)
        .map((one) => one.split('@')[0]),
    ).toEqual(['A,B', 'A,B', 'A,B,C']);
  });

  test('a poller that nobody answers is an outage', () => {
    const world = openWorld({ protocol: { hasSocket: false }, random: longest });
    world.pass(20_000);
    world.venue.habits.answer = () => ({ status: 451, body: 'restricted' });
    world.pass(6 * MINUTE);
    expect(world.session.status()).toMatchObject({
      connected: false,
      trouble: expect.stringContaining('HTTP 451'),
    });
    expect(world.outages).toMatchObject([
      { kind: 'disconnected', outage: { symbols: ['A', 'B'], isPolling: true } },
    ]);
    world.venue.habits.answer = () => undefined;
    world.pass(3 * MINUTE);
    expect(world.outages.map(({ kind }) => kind)).toEqual(['disconnected', 'reconnected']);
    world.venue.habits.answer = () => ({ status: 451, body: 'restricted' });
    world.pass(5 * MINUTE);
    // Who refuses us is asked as often as ever while 1, 2 and 4 s are less than that, then less and less.
    expect(gaps(world.venue.asked('/poll'))).toEqual(
      [
        [5_000, 5_000, 5_000, 5_000], // refused from the fifth on
        Array(47).fill(5_000), // of which 1 + 2 + 45 x 4 = 183 s count
        [8_000, 16_000, 32_000, 64_000, 128_000],
        // Answered twelve times, and refused anew.
        [...Array(12).fill(5_000), ...Array(47).fill(5_000), 8_000, 16_000, 32_000],
      ].flat(),
    );
  });

  test('polls for good when trying again cannot help', () => {
    const world = openWorld();
    world.pass(1_000);
    world.venue.open[0]?.say('{"leave":"auth required","why":"final"}');
    world.pass(10 * MINUTE);
    expect(world.venue.attempts.length).toBe(1);
    expect(world.session.status()).toMatchObject({
      connected: false,
      gaveUp: true,
      trouble: 'auth required',
      polling: ['A', 'B'],
    });
  });

  test('polls a symbol that the socket refuses for now, after 15 s and until the socket takes it', () => {
    const world = openWorld({
      habits: { refuses: (symbol) => (symbol === 'B' ? { why: 'Blocked!', retryMs: 1_000 } : undefined) },
    });
    world.pass(14_000);
    const early = world.session.status().polling;
    world.pass(10_000);
    const meanwhile = world.session.status();
    world.venue.habits.refuses = () => undefined;
    world.pass(10_000);
    expect([early, meanwhile.polling, world.session.status().polling]).toEqual([[], ['B'], []]);
    expect(meanwhile.refused).toEqual([{ symbol: 'B', why: 'Blocked!' }]);
    expect(world.session.status().refused).toEqual([]);
    // Asked for again all the while, more and more seldom until each 4 s, alone.
    const tries = sent(world)[0] ?? [];
    expect(new Set(tries.slice(1))).toEqual(new Set(['{"sub":["B"]}']));
    expect(tries.length).toBeGreaterThanOrEqual(7);
  });

  test('polls a symbol that the socket refuses for good, and offers it to the socket again after a later listing', () => {
    const world = openWorld({
      habits: { refuses: (symbol) => (symbol === 'B' ? { why: 'Blocked!', retryMs: null } : undefined) },
    });
    world.pass(10_000);
    expect(world.session.status()).toMatchObject({
      connected: true,
      polling: ['B'],
      refused: [{ symbol: 'B', why: 'Blocked!' }],
    });
    expect(sent(world)).toEqual([['{"sub":["A","B"]}']]);
    world.venue.habits.refuses = () => undefined;
    world.pass(61 * MINUTE);
    expect(world.session.status()).toMatchObject({ polling: [], refused: [] });
    expect(sent(world)).toEqual([['{"sub":["A","B"]}', '{"sub":["B"]}']]);
  });
});

describe('a closed venue', () => {
  const CLOSED_FROM = 20_000;
  const CLOSED_TO = 10 * MINUTE;
  const calendar = {
    closedBecause: (now: number) =>
      now - START >= CLOSED_FROM && now - START < CLOSED_TO
        ? 'maintenance on Thursdays, 03:00 to 05:00'
        : null,
  };

  test('is told once when it closes and once when it trades again', () => {
    const world = openWorld({ protocol: calendar });
    world.pass(11 * MINUTE);
    expect(world.items.filter((item) => 'venueOpen' in item)).toEqual([
      {
        wire: 'kalshi',
        receivedAt: START + 20_000,
        venueOpen: false,
        detail: 'maintenance on Thursdays, 03:00 to 05:00',
      },
      { wire: 'kalshi', receivedAt: START + 600_000, venueOpen: true, detail: 'the venue trades again' },
    ]);
  });

  test('is neither stormed nor polled nor an alarm, and its connections are back when it opens', () => {
    const world = openWorld({
      protocol: calendar,
      habits: {
        upgrade: () => (world.now() > CLOSED_FROM && world.now() < CLOSED_TO ? { reason: 'down' } : 'open'),
      },
    });
    world.pass(30_000);
    for (const peer of world.venue.open) peer.cut();
    world.pass(MINUTE);
    const stormed = world.venue.attempts.length - 1;
    world.pass(8 * MINUTE);
    const during = world.session.status();
    const attempts = world.venue.attempts.length;
    world.pass(40_000);
    expect(during).toMatchObject({
      connected: false,
      polling: [],
      closedBecause: expect.stringContaining('maintenance'),
    });
    // A minute at most, half of it at least, between attempts.
    expect(stormed).toBeLessThanOrEqual(2);
    expect(attempts).toBeLessThanOrEqual(1 + 9 * 2 + 1);
    expect(world.outages).toEqual([]);
    const reopened = world.changes().at(-1);
    expect([reopened?.change, (reopened?.receivedAt ?? 0) - START - CLOSED_TO]).toEqual(['opened', 40]);
  });

  test('when it opens, attempts come as fast as after a good connection', () => {
    const world = openWorld({
      protocol: calendar,
      habits: {
        upgrade: () =>
          world.now() > CLOSED_FROM && world.now() < CLOSED_TO + 500 ? { reason: 'down' } : 'open',
      },
    });
    world.pass(30_000);
    for (const peer of world.venue.open) peer.cut();
    world.pass(10 * MINUTE);
    const [first, second] = world.venue.attempts
      .filter(({ at }) => at - START >= CLOSED_TO)
      .map(({ at }) => at);
    expect([(first ?? 0) - START, (second ?? Number.NaN) - (first ?? 0) <= 1_040]).toEqual([CLOSED_TO, true]);
  });

  test('what the exchange says itself counts as well, and what cannot be read changes nothing', () => {
    const world = openWorld({
      protocol: {
        exchangeStatus: {
          request: frameRequest('status', []).request,
          everyMs: 10_000,
          read: ({ body }) => (body === 'nonsense' ? new Error('cannot be read') : JSON.parse(body).closed),
        },
      },
      habits: { closed: 'trading is halted' },
    });
    world.pass(5_000);
    const halted = world.session.status().closedBecause;
    world.venue.habits.answer = ({ url }) => (url.includes('status') ? { body: 'nonsense' } : undefined);
    world.pass(20_000);
    const unknown = world.session.status().closedBecause;
    world.venue.habits.answer = () => undefined;
    world.venue.habits.closed = null;
    // Asked for every ten seconds, and every three while it trades no more.
    world.pass(3_500);
    expect([halted, unknown, world.session.status().closedBecause]).toEqual([
      'trading is halted',
      'trading is halted',
      null,
    ]);
    expect(world.notes).toEqual(['exchange status unknown: cannot be read']);
  });
});

describe('alarms', () => {
  test('tells an outage of a minute once, and once that it is over', () => {
    const world = openWorld();
    world.pass(10_000);
    world.venue.habits.upgrade = () => ({ reason: 'connect ECONNREFUSED' });
    world.venue.open[0]?.cut();
    world.pass(5 * MINUTE);
    world.venue.habits.upgrade = () => 'open';
    world.pass(5 * MINUTE);
    expect(world.outages).toMatchObject([
      {
        kind: 'disconnected',
        at: 71_000, // lost at 10.02 s, and a sweep each second
        outage: {
          wire: 'kalshi',
          name: 'Toy venue',
          since: START + 10_020,
          symbols: ['A', 'B'],
          why: 'ws.toy closed the connection (1006): connect ECONNREFUSED',
          isPolling: true,
        },
      },
      { kind: 'reconnected', outage: { since: START + 10_020 } },
    ]);
    expect(world.session.status()).toMatchObject({ connected: true, reconnects: 1, trouble: null });
  });

  test('says the same thing once a minute', () => {
    const world = openWorld({
      protocol: { hasSocket: false },
      habits: { answer: ({ url }) => (url.includes('poll') ? { status: 404 } : undefined) },
    });
    world.pass(3 * MINUTE - 1_000);
    expect(world.notes).toEqual(Array(3).fill('poll failed: rest.toy/poll: HTTP 404'));
    expect(world.session.status().counts.pollsFailed).toBe(36); // one each 5 s
  });
});

describe('following', () => {
  test('puts the change into the stream before anything of the new symbols', () => {
    const world = openWorld();
    world.pass(5_000);
    world.session.follow({ follow: ['C', 'A'], unfollow: ['B', 'Z'], detail: 'configuration 7' });
    world.pass(5_000);
    expect(world.items.filter((item) => 'follow' in item)).toEqual([
      {
        wire: 'kalshi',
        receivedAt: START + 5_000,
        follow: ['C'],
        unfollow: ['B'],
        detail: 'configuration 7',
      },
    ]);
    expect(sent(world)).toEqual([['{"sub":["A","B"]}', '{"unsub":["B"]}', '{"sub":["C"]}']]);
    expect(asked(world, '/list')).toEqual(['A,B@0', 'C@5000']);
    const last = new Set(world.frames().slice(-6).map(symbolOf));
    expect(last).toEqual(new Set(['A', 'C']));
    world.pass(60 * MINUTE);
    expect(asked(world, '/list').at(-1)).toBe('A,C@3600000');
  });

  test('a change that changes nothing is none', () => {
    const world = openWorld();
    world.pass(5_000);
    world.session.follow({ follow: ['A'], unfollow: ['Z'], detail: '' });
    world.pass(1_000);
    expect(world.items.some((item) => 'follow' in item)).toBe(false);
  });
});
