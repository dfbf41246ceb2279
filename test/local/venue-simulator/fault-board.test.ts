import { expect, test } from 'vitest';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import type { Topic } from '../../../local/venue-simulator/sim-dialect.ts';
import { boardOf, RecordingPeer } from './recording-peer.ts';

const SPAN = { atMs: 1_000, forMs: 500 };

/** Ten messages, 100 ms apart from 900 ms on, as they arrive. */
function pass(faults: readonly Fault[], topic: Topic = 'book', symbol = 'OAK', n = 1) {
  const { board, until } = boardOf(faults);
  const peer = new RecordingPeer();
  for (let k = 0; k < 10; k += 1) {
    until(900 + 100 * k);
    board.pass(n, peer, { data: `m${k}`, topic, symbol });
  }
  until(10_000);
  return { got: peer.got, struck: board.struck.map(({ fault: { kind } }) => kind), board };
}

const ALL = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'];
const without = (...some: string[]): string[] => ALL.filter((one) => !some.includes(one));

test('a fault begins and ends at its moments, and is found in between', () => {
  const { board, told, until } = boardOf([{ kind: 'mute', ...SPAN }]);
  const found = [0, 999, 1_000, 1_499, 1_500].map((ms) => {
    until(ms);
    return board.find('mute', 'OAK') !== undefined;
  });
  expect(found).toEqual([false, false, true, true, false]);
  expect(told).toEqual(['1000 mute began', '1500 mute ended']);
});

test('one that is added later begins so long after that, and can be lifted before its time', () => {
  const { board, told, until } = boardOf([]);
  const mute: Fault = { kind: 'mute', ...SPAN };
  until(500);
  board.add(mute);
  until(1_600);
  board.lift(mute);
  expect(board.find('mute', 'OAK')).toBeUndefined();
  board.lift(mute);
  expect(told).toEqual(['1500 mute began', '1600 mute ended']);
  expect(() => board.add({ ...mute, forMs: 0 })).toThrow(RangeError);
});

test('a gap loses the first change of a book in its span, and no other message', () => {
  expect(pass([{ kind: 'gap', ...SPAN }])).toMatchObject({ got: without('m1'), struck: ['gap'] });
  for (const topic of ['picture', 'trade', 'touch', 'ack', 'beat', 'other'] as const)
    expect(pass([{ kind: 'gap', ...SPAN }], topic)).toMatchObject({ got: ALL, struck: [] });
});

test('a fault that names a symbol or a connection leaves the others alone', () => {
  const gap: Fault = { kind: 'gap', symbol: 'OAK', connection: 2, ...SPAN };
  expect(pass([gap], 'book', 'OAK', 2).struck).toEqual(['gap']);
  expect(pass([gap], 'book', 'ELM', 2).struck).toEqual([]);
  expect(pass([gap], 'book', 'OAK', 1).struck).toEqual([]);
});

test('a fault without a message in its span strikes nothing', () => {
  expect(pass([{ kind: 'gap', atMs: 5_000, forMs: 500 }])).toMatchObject({ got: ALL, struck: [] });
});

test('a duplicate comes twice at once', () => {
  const { got } = pass([{ kind: 'duplicate', ...SPAN }]);
  expect(got).toEqual(['m0', 'm1', 'm1', ...ALL.slice(2)]);
});

test('two messages change places', () => {
  const { got } = pass([{ kind: 'swap', ...SPAN }]);
  expect(got).toEqual(['m0', 'm2', 'm1', ...ALL.slice(3)]);
});

test('a message that waits for another goes alone when the span ends', () => {
  const { board, until } = boardOf([{ kind: 'swap', ...SPAN }]);
  const peer = new RecordingPeer();
  until(1_000);
  board.pass(1, peer, { data: 'm1', topic: 'book', symbol: 'OAK' });
  until(1_499);
  expect(peer.got).toEqual([]);
  until(1_500);
  expect(peer.got).toEqual(['m1']);
});

test('messages of other symbols and connections pass by one that waits', () => {
  const { board, until } = boardOf([{ kind: 'swap', ...SPAN }]);
  const [one, other] = [new RecordingPeer(), new RecordingPeer()];
  until(1_000);
  board.pass(1, one, { data: 'oak 1', topic: 'book', symbol: 'OAK' });
  board.pass(1, one, { data: 'elm 1', topic: 'book', symbol: 'ELM' });
  board.pass(2, other, { data: 'oak 1', topic: 'book', symbol: 'OAK' });
  board.pass(1, one, { data: 'oak 2', topic: 'book', symbol: 'OAK' });
  expect([one.got, other.got]).toEqual([['elm 1', 'oak 2', 'oak 1'], ['oak 1']]);
});

test('garbage and oversize messages come behind a message that is whole', () => {
  expect(pass([{ kind: 'garbage', as: 'half', ...SPAN }]).got.slice(0, 4)).toEqual(['m0', 'm1', 'm', 'm2']);
  expect(pass([{ kind: 'garbage', as: 'no_text', ...SPAN }]).got[2]).toBe('<no text, 255>');
  expect(pass([{ kind: 'garbage', as: 'binary', ...SPAN }]).got[2]).toBeInstanceOf(Uint8Array);
  expect(pass([{ kind: 'oversize', bytes: 3_000, ...SPAN }]).got[2]).toHaveLength(3_000);
});

test('letters of garbage are no JSON', () => {
  const [, , letters] = pass([{ kind: 'garbage', as: 'letters', ...SPAN }]).got;
  expect(() => JSON.parse(String(letters))).toThrow();
});

test('drops are as many as their share says, whatever the messages are about', () => {
  const { board, until } = boardOf([{ kind: 'drop', share: 0.25, ...SPAN }]);
  const peer = new RecordingPeer();
  until(1_000);
  for (let n = 0; n < 4_000; n += 1) board.pass(1, peer, { data: 'm', topic: 'trade', symbol: 'OAK' });
  // 4000 x 0.75 = 3000 arrive, give or take five deviations of 27.
  expect(Math.abs(peer.got.length - 3_000)).toBeLessThan(137);
  expect(board.struck.length).toBe(4_000 - peer.got.length);
});

test('what a dialect takes strikes once', () => {
  const { board, until } = boardOf([{ kind: 'checksum', symbol: 'OAK', ...SPAN }]);
  until(1_200);
  expect([board.take('checksum', 'ELM'), board.take('checksum', 'OAK')?.kind]).toEqual([
    undefined,
    'checksum',
  ]);
  expect(board.take('checksum', 'OAK')).toBeUndefined();
  expect(board.struck.map(({ symbol }) => symbol)).toEqual(['OAK']);
});

test('delays add up while they run', () => {
  const { board, until } = boardOf([
    { kind: 'late_ack', byMs: 200, ...SPAN },
    { kind: 'late_ack', byMs: 50, atMs: 1_200, forMs: 1_000 },
    { kind: 'slow_snapshot', byMs: 7, symbol: 'OAK', ...SPAN },
  ]);
  const sums = [900, 1_000, 1_300, 1_600, 2_300].map((ms) => {
    until(ms);
    return board.sumMs('late_ack');
  });
  expect(sums).toEqual([0, 200, 250, 50, 0]);
});

test('a silence is told once for each symbol', () => {
  const { board, until } = boardOf([{ kind: 'mute', ...SPAN }]);
  until(1_100);
  const mute = ['OAK', 'OAK', 'ELM', 'OAK'].map((symbol) => board.isMute(symbol));
  expect(mute).toEqual([true, true, true, true]);
  expect(board.struck.map(({ symbol }) => symbol)).toEqual(['OAK', 'ELM']);
});

test.each([
  {
    fault: { kind: 'gap', atMs: -1, forMs: 5 },
    words: "the fault 'gap' begins at -1 ms: name a moment after the start",
  },
  {
    fault: { kind: 'mute', atMs: 0, forMs: 0 },
    words: "the fault 'mute' lasts 0 ms: it must last for a time above zero",
  },
] satisfies { fault: Fault; words: string }[])(
  'refuses $fault.kind at $fault.atMs for $fault.forMs',
  ({ fault, words }) => {
    expect(() => boardOf([fault])).toThrow(new RangeError(words));
  },
);
