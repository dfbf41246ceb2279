import { expect, test } from 'vitest';
import { isFrame, type SourceItem } from '../../../../adapters/venues/frame-source.ts';
import type {
  ChannelRule,
  SocketLimits,
  VenueProtocol,
} from '../../../../adapters/venues/session/protocol.ts';
import { noSessionCounts } from '../../../../adapters/venues/session/session-status.ts';
import { type LineEnd, SocketLine } from '../../../../adapters/venues/session/socket-line.ts';
import { NOT_TEXT, TOO_LARGE } from '../../../../adapters/venues/session/transport.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { ScriptedVenue, toyProtocol, toyScript, type VenueHabits } from '../../../support/scripted-venue.ts';

interface Setup {
  readonly protocol?: Partial<VenueProtocol>;
  readonly limits?: Partial<SocketLimits>;
  readonly habits?: Partial<VenueHabits>;
  readonly symbols?: readonly string[];
  readonly reconnectsForMute?: boolean;
  /** Called whenever somebody asks for a stamp. */
  readonly onStamp?: (line: SocketLine) => void;
}

/** One line to a toy venue without delays, with a sweep each second. */
function opened({
  protocol,
  limits,
  habits,
  symbols = ['A', 'B'],
  reconnectsForMute = true,
  onStamp,
}: Setup = {}) {
  const timers = new VirtualTimers(epochMs(0));
  const venue = new ScriptedVenue(timers, { latencyMs: 0, ...habits });
  const items: SourceItem[] = [];
  const ends: LineEnd[] = [];
  const news: string[] = [];
  const counts = noSessionCounts();
  const toy = toyProtocol(protocol);
  const line: SocketLine = new SocketLine(
    'kalshi/1',
    symbols,
    {
      protocol: { ...toy, limits: { ...toy.limits, ...limits } },
      timers,
      transport: venue,
      sink: {
        take: (item) => items.push(item),
        stamp: () => {
          onStamp?.(line);
          return timers.now();
        },
      },
      random: () => 0.999_999_9,
      counts,
      news: {
        banned: (some, why) => news.push(`banned ${some.join()}: ${why}`),
        isWorthReconnecting: (some) => {
          news.push(`mute ${[...some].join()}@${timers.now()}`);
          return reconnectsForMute;
        },
        suspects: (_line, some) => news.push(`suspect ${some.join()}@${timers.now()}`),
      },
    },
    {
      opened: () => news.push(`opened@${timers.now()}`),
      ended: (_line, end) => ends.push(end),
      mustRotate: () => news.push('rotate'),
    },
  );
  line.connect();
  const sweep = (): void => {
    line.sweep(timers.now(), true);
    timers.after(1_000, sweep);
  };
  timers.after(1_000, sweep);
  const peer = (): NonNullable<(typeof venue.peers)[0]> => {
    const [first] = venue.peers;
    if (first === undefined) throw new Error('no attempt was made');
    return first;
  };
  return {
    timers,
    venue,
    line,
    items,
    ends,
    news,
    counts,
    peer,
    pass: (ms: number) => timers.runUntil(epochMs(timers.now() + ms)),
    frames: () => items.filter(isFrame),
    changes: () =>
      items.filter((item) => 'change' in item).map(({ change, detail }) => `${change}: ${detail}`),
    sent: () => peer().sent.map(({ at, what }) => `${what}@${at}`),
  };
}

const quiet: ChannelRule = { name: 'book', firstDataMs: null, suspectMs: null };

test('opens, subscribes, and gives what is for the reader as stamped frames of its connection', () => {
  const { pass, sent, items, news } = opened({ symbols: ['A'] });
  pass(500);
  expect({ sent: sent(), news, items }).toEqual({
    sent: ['{"sub":["A"]}@0'],
    news: ['opened@0'],
    items: [
      {
        wire: 'kalshi',
        receivedAt: 0,
        connection: 'kalshi/1',
        change: 'opened',
        detail: 'connected to ws.toy',
      },
      // The acknowledgement was for the session alone.
      {
        wire: 'kalshi',
        receivedAt: 500,
        channel: 'book',
        raw: '{"c":"book","s":"A","n":1}',
        connection: 'kalshi/1',
      },
    ],
  });
});

test('gives a binary message as base64', () => {
  const { pass, peer, frames } = opened({ symbols: [], protocol: binaryProtocol() });
  pass(0);
  peer().say(new Uint8Array([0, 255, 16]));
  pass(0);
  expect(frames()).toEqual([
    { wire: 'kalshi', receivedAt: 0, channel: 'pb', raw: 'AP8Q', encoding: 'base64', connection: 'kalshi/1' },
  ]);
});

const binaryProtocol = (): Partial<VenueProtocol> => ({
  script: (_connection, symbols) => ({
    symbols,
    open: () => ({ url: 'wss://ws.toy', headers: {} }),
    subscribe: () => [],
    add: () => [],
    remove: () => [],
    snapshot: () => ({ outgoing: [], requests: [] }),
    take: (raw, isBinary) => ({
      channel: isBinary && raw === 'AP8Q' ? 'pb' : '',
      reactions: [],
      isForReader: true,
      proves: [],
    }),
  }),
});

test('sends no more than the venue allows, and watches only from when all was sent', () => {
  const { pass, sent, line } = opened({
    limits: { sendsPerSecond: 1, sendBurst: 1 },
    symbols: ['A'],
    habits: { isMute: () => true },
    protocol: { channels: [{ name: 'book', firstDataMs: 3_000, suspectMs: null }] },
  });
  line.send([{ text: '{}' }]);
  pass(0);
  line.follow(['A', 'B', 'C']);
  pass(5_900);
  expect(sent()).toEqual([
    '{"sub":["A"]}@0',
    '{"sub":["B","C"]}@1000',
    '{"unsub":["A"]}@3000', // 3 s without data
    '{"sub":["A"]}@4000',
    '{"unsub":["B"]}@5000', // 3 s after the second message, and the rate
  ]);
});

test('sends signs of life: a text, or a ping frame', () => {
  const text = opened({ symbols: ['A'], limits: { heartbeat: { everyMs: 10_000, text: 'ping' } } });
  text.pass(25_000);
  const frame = opened({ symbols: ['A'], limits: { heartbeat: { everyMs: 10_000, text: null } } });
  frame.pass(25_000);
  const none = opened({ symbols: ['A'], limits: { heartbeat: null } });
  none.pass(25_000);
  expect([text, frame, none].map((one) => one.sent().slice(1))).toEqual([
    ['ping@10000', 'ping@20000'],
    [],
    [],
  ]);
  // Whether pings are answered is found out once, at the first look.
  expect([text, frame, none].map((one) => one.peer().pings)).toEqual([
    [1_000],
    [1_000, 10_000, 20_000],
    [1_000],
  ]);
});

test('a connection that answered a ping and then falls silent is asked after 3 s and given up 3 s later', () => {
  const { pass, peer, changes, ends } = opened({ limits: { silenceMs: 60_000, heartbeat: null } });
  pass(1_700);
  peer().isFrozen = true;
  pass(10_000);
  expect(peer().pings).toEqual([1_000, 5_000]);
  expect(changes()).toEqual([
    'opened: connected to ws.toy',
    'lost: nothing came for 6000 ms, and no answer to a ping',
  ]);
  expect(ends).toMatchObject([{ kind: 'failed', openMs: 8_000 }]);
});

test('a connection on which nothing is to be said lives on its answers to pings', () => {
  const { pass, peer, changes } = opened({
    symbols: [],
    limits: { silenceMs: 5_000, heartbeat: null },
    protocol: { channels: [quiet] },
  });
  pass(60_000);
  expect(changes()).toEqual(['opened: connected to ws.toy']);
  expect(peer().pings.length).toBeGreaterThanOrEqual(14);
});

test('gives up a connection on which nothing comes for too long, though it stays open', () => {
  const { pass, peer, changes, ends } = opened({ limits: { silenceMs: 5_000 } });
  pass(700);
  peer().isFrozen = true;
  pass(10_000);
  expect(changes()).toEqual(['opened: connected to ws.toy', 'lost: nothing came for 5000 ms']);
  // Open from 0; the last bytes were there at the look of 1 s; the first look more than 5 s later is at 7 s.
  expect(ends).toEqual([
    { why: 'nothing came for 5000 ms', kind: 'failed', openMs: 7_000, attemptMs: 0, holdMs: 0 },
  ]);
});

test.each(['ping', 'pong'])('a %s is a sign of life too', (kind) => {
  const { pass, peer, changes } = opened({
    symbols: [],
    limits: { silenceMs: 5_000, heartbeat: null },
    protocol: { channels: [quiet] },
  });
  for (let n = 0; n < 5; n += 1) {
    pass(4_000);
    if (kind === 'ping') peer().sayPing();
    else peer().say('pong');
  }
  pass(100);
  expect(changes()).toEqual(['opened: connected to ws.toy']);
});

test.each([
  {
    upgrade: { status: 451, reason: 'restricted' },
    end: {
      kind: 'refused',
      why: 'ws.toy refuses us with HTTP 451 ("restricted"): it does not serve this location; run the feed in another region, or name another host of the venue',
    },
  },
  {
    upgrade: { status: 403, reason: '' },
    end: {
      kind: 'refused',
      why: 'ws.toy refuses us with HTTP 403: its firewall blocks this address or location; run the feed in another region, or name another host of the venue',
    },
  },
  {
    upgrade: { status: 401, reason: '' },
    end: {
      kind: 'bad_keys',
      why: "ws.toy refuses us with HTTP 401: check the key id, its private key, that they belong to this environment, and this machine's clock",
    },
  },
  {
    upgrade: { status: 503, reason: 'busy' },
    end: { kind: 'failed', why: 'ws.toy refuses us with HTTP 503 ("busy")' },
  },
  {
    upgrade: { status: 503, reason: '', retryAfterMs: 9_000 },
    end: { kind: 'failed', why: 'ws.toy refuses us with HTTP 503', holdMs: 9_000 },
  },
  {
    upgrade: { status: 429, reason: '' },
    end: { kind: 'limited', why: 'ws.toy refuses us with HTTP 429' },
  },
  {
    upgrade: { status: 418, reason: '' },
    end: { kind: 'limited', why: 'ws.toy refuses us with HTTP 418' },
  },
  {
    upgrade: { reason: 'connect ECONNREFUSED' },
    end: { kind: 'failed', why: 'ws.toy closed the connection (1006): connect ECONNREFUSED' },
  },
] as const)('an attempt that ends with $upgrade is no connection that was lost', ({ upgrade, end }) => {
  const { pass, items, ends, counts } = opened({ habits: { upgrade: () => upgrade, latencyMs: 30 } });
  pass(1_000);
  expect({ items, ends, counts: { failed: counts.failedAttempts, lost: counts.lost } }).toEqual({
    items: [],
    ends: [{ openMs: 0, attemptMs: 60, holdMs: 0, ...end }], // there and back
    counts: { failed: 1, lost: 0 },
  });
});

test('an attempt that is never answered ends a second after its time', () => {
  const { pass, ends } = opened({ habits: { upgrade: () => 'hang' }, limits: { connectTimeoutMs: 3_000 } });
  pass(4_000);
  expect(ends).toEqual([]);
  pass(1_000);
  // The first sweep more than 4 s after the attempt is at 5 s.
  expect(ends).toEqual([
    { why: 'ws.toy did not answer within 3000 ms', kind: 'failed', openMs: 0, attemptMs: 5_000, holdMs: 0 },
  ]);
});

test('a signature that cannot be made fails the attempt in words', () => {
  const { pass, ends } = opened({
    protocol: {
      script: (_connection, symbols) => ({
        ...toyScript(symbols),
        open: () => {
          throw new Error('the private key cannot be read');
        },
      }),
    },
  });
  expect(ends).toEqual([]);
  pass(0);
  expect(ends).toMatchObject([
    { kind: 'failed', why: 'no connection can be prepared: the private key cannot be read' },
  ]);
});

test('a symbol without first data is subscribed once more; then the connection is given up', () => {
  const { pass, sent, news, changes, counts } = opened({ habits: { isMute: (symbol) => symbol === 'B' } });
  pass(20_000);
  expect(sent()).toEqual(['{"sub":["A","B"]}@0', '{"unsub":["B"]}@5000', '{"sub":["B"]}@5000', 'ping@10000']);
  expect(news.slice(1)).toEqual(['mute B@10000']);
  expect(changes().at(-1)).toBe('lost: subscribed twice, and no data of B');
  expect(counts.resubscribed).toBe(1);
});

test('where a new connection did not help before, a mute symbol is subscribed anew every five minutes and named', () => {
  const { pass, sent, line, changes } = opened({
    habits: { isMute: (symbol) => symbol === 'B' },
    limits: { heartbeat: null },
    reconnectsForMute: false,
  });
  pass(700_000);
  expect(sent().filter((text) => text.startsWith('{"sub'))).toEqual([
    '{"sub":["A","B"]}@0',
    '{"sub":["B"]}@5000',
    '{"sub":["B"]}@10000',
    '{"sub":["B"]}@310000',
    '{"sub":["B"]}@610000',
  ]);
  expect(line.status().channels[0]).toEqual({
    channel: 'book',
    symbols: 2,
    shown: 1,
    lastDataAt: 700_000,
    mute: ['B'],
  });
  expect(changes()).toEqual(['opened: connected to ws.toy']);
});

test('what its channel lets be subscribed again is, all together and quietly, and is given up no sooner for that', () => {
  const { pass, sent, news, changes, counts } = opened({
    symbols: ['A', 'B', 'C'],
    limits: { heartbeat: null },
    habits: { isMute: (symbol) => symbol !== 'A' },
    protocol: { channels: [{ name: 'book', firstDataMs: 10_000, suspectMs: null, againMs: 4_000 }] },
  });
  pass(30_000);
  expect(sent()).toEqual([
    '{"sub":["A","B","C"]}@0',
    '{"unsub":["B","C"]}@4000',
    '{"sub":["B","C"]}@4000',
    '{"unsub":["B","C"]}@8000',
    '{"sub":["B","C"]}@8000',
    // No first data in time: each anew, and that counts.
    '{"unsub":["B"]}@10000',
    '{"sub":["B"]}@10000',
    '{"unsub":["C"]}@10000',
    '{"sub":["C"]}@10000',
    '{"unsub":["B","C"]}@14000',
    '{"sub":["B","C"]}@14000',
    '{"unsub":["B","C"]}@18000',
    '{"sub":["B","C"]}@18000',
  ]);
  expect(news).toEqual(['opened@0', 'mute B,C@20000']);
  expect(changes().at(-1)).toBe('lost: subscribed twice, and no data of B, C');
  expect(counts.resubscribed).toBe(10); // two symbols, five times
});

test('is subscribed again until its first data, and no longer than a minute', () => {
  const { pass, sent, line, venue, counts } = opened({
    limits: { heartbeat: null },
    habits: { isMute: () => true },
    protocol: { channels: [{ ...quiet, againMs: 15_000 }] },
  });
  pass(20_000);
  venue.habits.isMute = (symbol) => symbol === 'B';
  pass(600_000);
  expect(sent()).toEqual([
    '{"sub":["A","B"]}@0',
    '{"unsub":["A","B"]}@15000',
    '{"sub":["A","B"]}@15000',
    '{"unsub":["B"]}@30000',
    '{"sub":["B"]}@30000',
    '{"unsub":["B"]}@45000',
    '{"sub":["B"]}@45000',
  ]);
  expect([counts.resubscribed, line.isOpen, line.status().channels[0]?.mute]).toEqual([4, true, []]);
});

test('a symbol that speaks late is mute no more', () => {
  let isMute = true;
  const { pass, line, venue } = opened({ habits: { isMute: () => isMute }, symbols: ['A'] });
  pass(6_000);
  isMute = false;
  pass(1_000);
  expect({ status: line.status().channels[0], isProven: line.isProven, open: venue.open.length }).toEqual({
    status: { channel: 'book', symbols: 1, shown: 1, lastDataAt: 7_000, mute: [] },
    isProven: true,
    open: 1,
  });
});

test('asks about a channel that fell silent, once for each time of silence', () => {
  const { pass, peer, news, venue } = opened({
    protocol: { channels: [{ name: 'book', firstDataMs: 5_000, suspectMs: 4_000 }] },
  });
  pass(2_200);
  venue.habits.isMute = (symbol) => symbol === 'A';
  pass(9_000);
  expect(peer().isOpen).toBe(true);
  // The last word of A came at 2 s.
  expect(news.slice(1)).toEqual(['suspect A@6000', 'suspect A@10000']);
});

test('asks nothing about silence while the venue is closed', () => {
  const { timers, line, news, venue } = opened({ habits: { isMute: () => true } });
  timers.runUntil(epochMs(0));
  for (let at = 1_000; at <= 20_000; at += 1_000) line.sweep(epochMs(at), false);
  expect({ news, sent: venue.peers[0]?.sent.length }).toEqual({ news: ['opened@0'], sent: 1 });
});

test('is proven when each symbol has spoken where it must', () => {
  const { pass, line, venue } = opened({ habits: { isMute: (symbol) => symbol === 'B' } });
  pass(1_000);
  const before = line.isProven;
  venue.habits.isMute = () => false;
  pass(1_000);
  expect([before, line.isProven]).toEqual([false, true]);
});

test('where quiet is normal on all channels, each symbol must have said something', () => {
  const { pass, line, venue } = opened({
    protocol: { channels: [quiet] },
    habits: { isMute: (symbol) => symbol === 'B' },
  });
  pass(1_000);
  const before = line.isProven;
  venue.habits.isMute = () => false;
  pass(1_000);
  expect([before, line.isProven]).toEqual([false, true]);
});

test('answers at once what has to be answered', () => {
  const { pass, sent } = opened({
    symbols: ['A'],
    limits: { heartbeat: null },
    protocol: {
      script: (_connection, symbols) => ({
        ...toyScript(symbols),
        take: () => ({
          channel: '',
          reactions: [{ kind: 'send', outgoing: [{ text: '{"pong":1}' }] }],
          isForReader: false,
          proves: [],
        }),
      }),
    },
  });
  pass(600);
  expect(sent()).toEqual(['{"sub":["A"]}@0', '{"pong":1}@0', '{"pong":1}@500']);
});

test('passes on that the venue will cut it', () => {
  const { pass, peer, news } = opened();
  pass(0);
  peer().say('{"bye":"restart"}');
  pass(0);
  expect(news).toEqual(['opened@0', 'rotate']);
});

test.each([
  { why: 'too slow', kind: 'failed' },
  { why: 'final', kind: 'final' },
])('gives up when it is told to ($kind)', ({ why, kind }) => {
  const { pass, peer, changes, ends } = opened();
  pass(0);
  peer().say(JSON.stringify({ leave: 'auth required', why }));
  pass(0);
  expect(changes().at(-1)).toBe('lost: auth required');
  expect(ends).toMatchObject([{ kind, why: 'auth required' }]);
});

test('a symbol that is refused for now is asked for again alone and soon, and named until it speaks', () => {
  let isRefused = true;
  const { pass, sent, line } = opened({
    limits: { heartbeat: null },
    habits: {
      refuses: (symbol) => (isRefused && symbol === 'B' ? { why: 'not yet', retryMs: 3_000 } : undefined),
    },
  });
  pass(20_000);
  const during = line.status().refused;
  isRefused = false;
  pass(20_000);
  expect(sent()).toEqual([
    '{"sub":["A","B"]}@0',
    '{"sub":["B"]}@3000', // the venue's own time, longer than 1 s
    '{"sub":["B"]}@6000', // than 2 s
    '{"sub":["B"]}@10000', // 4 s from here on
    '{"sub":["B"]}@14000',
    '{"sub":["B"]}@18000',
    '{"sub":["B"]}@22000',
  ]);
  expect([during, line.status().refused]).toEqual([[{ symbol: 'B', why: 'not yet' }], []]);
});

test('a symbol that is refused for five minutes is asked for less and less, down to once a minute', () => {
  const { pass, peer } = opened({
    limits: { heartbeat: null },
    habits: { refuses: (symbol) => (symbol === 'B' ? { why: 'not yet', retryMs: 0 } : undefined) },
  });
  pass(550_000);
  const at = peer().sent.map((one) => one.at);
  expect(at.slice(1).map((moment, n) => moment - (at[n] ?? 0))).toEqual(
    [
      [1_000, 2_000, ...Array(75).fill(4_000)], // 303 s
      [8_000, 16_000, 32_000, 60_000, 60_000, 60_000],
    ].flat(),
  );
});

test('a refusal that is repeated while its retry waits costs nothing more', () => {
  const { pass, peer, sent } = opened({ limits: { heartbeat: null } });
  pass(0);
  for (let n = 0; n < 1_000; n += 1) peer().say('{"refused":["A"],"why":"no","retryMs":0}');
  pass(30_000);
  expect(sent()).toEqual(['{"sub":["A","B"]}@0', '{"sub":["A"]}@1000']);
});

test('a symbol that was refused for now and is followed no more is not asked for again', () => {
  const { pass, sent, line } = opened({
    limits: { heartbeat: null },
    habits: { refuses: (symbol) => (symbol === 'B' ? { why: 'not yet', retryMs: 3_000 } : undefined) },
  });
  pass(1_000);
  line.follow(['A']);
  pass(20_000);
  expect(sent()).toEqual(['{"sub":["A","B"]}@0']);
});

test('a symbol that is refused for good is reported and neither watched nor left', () => {
  const { pass, sent, news, line } = opened({
    limits: { heartbeat: null },
    habits: { refuses: (symbol) => (symbol === 'B' ? { why: 'Blocked!', retryMs: null } : undefined) },
  });
  pass(0);
  line.follow(['A']);
  pass(20_000);
  expect({ news, sent: sent() }).toEqual({
    news: ['opened@0', 'banned B: Blocked!'],
    sent: ['{"sub":["A","B"]}@0'],
  });
});

test('follows others on the open connection, and those of meanwhile when it opens', () => {
  const { pass, sent, line } = opened({ limits: { heartbeat: null } });
  line.follow(['B', 'C']);
  pass(1_000);
  line.follow(['C', 'D']);
  pass(1_000);
  expect(sent()).toEqual([
    '{"sub":["A","B"]}@0',
    '{"unsub":["A"]}@0',
    '{"sub":["C"]}@0',
    '{"unsub":["B"]}@1000',
    '{"sub":["D"]}@1000',
  ]);
  expect([line.carries('C'), line.carries('A')]).toEqual([true, false]);
});

test('subscribes nothing anew that is followed no more', () => {
  const { pass, sent, line } = opened({
    limits: { heartbeat: null },
    habits: { isMute: () => true },
    symbols: ['A'],
  });
  pass(1_000);
  line.follow([]);
  pass(60_000);
  expect(sent()).toEqual(['{"sub":["A"]}@0', '{"unsub":["A"]}@1000']);
});

test('has been subscribed since its first subscribing, however often more is added', () => {
  const { pass, line, timers } = opened();
  pass(10_000);
  line.follow(['A', 'B', 'C']);
  pass(10_000);
  expect(line.subscribedMs(timers.now())).toBe(20_000);
});

test('counts what cannot be read and gives it to the reader all the same', () => {
  const { pass, peer, frames, counts, line } = opened({ symbols: ['A'] });
  pass(0);
  for (const garbage of ['{', '', '\u0000', 'null']) peer().say(garbage);
  pass(400);
  expect(frames().map(({ channel, raw }) => [channel, raw])).toEqual([
    ['unreadable', '{'],
    ['unreadable', ''],
    ['unreadable', '\u0000'],
    ['unreadable', 'null'],
  ]);
  expect({ garbage: counts.garbage, isOpen: line.isOpen }).toEqual({ garbage: 4, isOpen: true });
});

test.each([
  { code: TOO_LARGE, counted: { oversize: 1, garbage: 0 } },
  { code: NOT_TEXT, counted: { oversize: 0, garbage: 1 } },
  { code: 1001, counted: { oversize: 0, garbage: 0 } },
])('counts what closed it: $code', ({ code, counted }) => {
  const { pass, peer, counts, changes } = opened();
  pass(0);
  peer().cut(code, 'because');
  pass(0);
  expect(counts).toMatchObject({ ...counted, lost: 1 });
  expect(changes().at(-1)).toBe(`lost: ws.toy closed the connection (${code}): because`);
});

test('ends once, says so before its keeper hears it, and is silent afterwards', () => {
  const { pass, peer, line, items, ends, sent } = opened({ limits: { sendsPerSecond: 1, sendBurst: 1 } });
  pass(600);
  line.send([{ text: '{}' }, { text: '{}' }]);
  line.close('another took over');
  line.abandon('again');
  const before = items.length;
  peer().say('{"c":"book","s":"A"}');
  pass(60_000);
  expect(items.at(-1)).toEqual({
    wire: 'kalshi',
    receivedAt: 600,
    connection: 'kalshi/1',
    change: 'closed',
    detail: 'another took over',
  });
  expect(ends).toEqual([{ why: 'another took over', kind: 'planned', openMs: 600, attemptMs: 0, holdMs: 0 }]);
  expect([items.length, sent().length]).toEqual([before, 1]);
});

test('when looking at the clock ends it, nothing of the message at hand is told any more', () => {
  let isAsleep = false;
  const { pass, items, line, changes } = opened({
    onStamp: (one) => {
      if (!isAsleep) return;
      isAsleep = false;
      one.abandon('the machine slept');
    },
  });
  pass(600);
  const before = items.length;
  isAsleep = true;
  pass(600);
  expect({ told: items.length - before, last: changes().at(-1), state: line.state }).toEqual({
    told: 1,
    last: 'lost: the machine slept',
    state: 'ended',
  });
});

test('when looking at the clock ends it while it opens, it never opened', () => {
  const { pass, items, ends, sent } = opened({ onStamp: (line) => line.abandon('the machine slept') });
  pass(20_000);
  expect({ items, ends, sent: sent() }).toEqual({
    items: [],
    ends: [{ why: 'the machine slept', kind: 'failed', openMs: 0, attemptMs: 0, holdMs: 0 }],
    sent: [],
  });
});
