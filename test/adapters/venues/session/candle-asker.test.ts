import { expect, test } from 'vitest';
import { CandleAsker } from '../../../../adapters/venues/session/candle-asker.ts';
import { FrameAsker } from '../../../../adapters/venues/session/frame-asker.ts';
import { RestPacer } from '../../../../adapters/venues/session/rest-pacer.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import {
  frameRequest,
  ScriptedVenue,
  toyProtocol,
  type VenueHabits,
} from '../../../support/scripted-venue.ts';

const START = epochMs(1_790_000_000_000);
const MINUTES = { interval: '1m', from: epochMs(0), through: epochMs(60_000) } as const;

function world(habits: Partial<VenueHabits> = {}) {
  const timers = new VirtualTimers(START);
  const venue = new ScriptedVenue(timers, habits);
  const pacer = new RestPacer({ transport: venue, timers, random: () => 0 });
  const protocol = toyProtocol({
    klines: (symbol, interval, from, through) =>
      interval === '5m'
        ? null
        : {
            ...frameRequest(`klines/${from}/${through}`, [symbol]),
            channel: `rest:klines:${interval}:${symbol}`,
          },
  });
  const frames: object[] = [];
  const notes: string[] = [];
  const sink = { take: (item: object) => void frames.push(item), stamp: () => timers.now() };
  const frameAsker = new FrameAsker(protocol, pacer, sink);
  const asker = new CandleAsker({ protocol, asker: frameAsker, note: (detail) => notes.push(detail) });
  return {
    asker,
    frames,
    notes,
    pass: (ms: number) => timers.runUntil(epochMs(timers.now() + ms)),
    /** Asks as a book does that waits. */
    snapshot: (symbol: string) =>
      frameAsker.ask(frameRequest('picture', [symbol]), 'snapshot', undefined, () => undefined),
    paths: () => venue.requests.map(({ what }) => new URL(what.url).pathname),
  };
}

test('an answer goes into the stream as a frame of no connection, with the address that it belongs to', () => {
  const { asker, frames, notes, pass } = world();
  expect(asker.need('A', MINUTES)).toBe(true);
  expect(frames).toEqual([]);
  pass(1_000);
  expect(frames).toEqual([
    {
      wire: 'kalshi',
      receivedAt: START + 40,
      channel: 'rest:klines:1m:A',
      raw: '{"picture":["A"]}',
      url: 'https://rest.toy/klines/0/60000?symbols=A',
    },
  ]);
  expect(notes).toEqual([]);
});

test('bars that the venue has not are refused at once', () => {
  const { asker, pass, paths } = world();
  expect(asker.need('A', { ...MINUTES, interval: '5m' })).toBe(false);
  pass(10_000);
  expect(paths()).toEqual([]);
});

test('the same question is on its way once; put again after its answer it is asked again', () => {
  const { asker, frames, pass, paths } = world();
  expect([asker.need('A', MINUTES), asker.need('A', MINUTES)]).toEqual([true, true]);
  pass(1_000);
  expect(paths()).toHaveLength(1);
  asker.need('A', MINUTES);
  pass(1_000);
  expect(paths()).toHaveLength(2);
  expect(frames).toHaveLength(2);
});

test('a book that waits for its picture goes before bars that were asked for earlier', () => {
  const { asker, snapshot, pass, paths } = world();
  asker.need('A', MINUTES);
  asker.need('B', MINUTES);
  snapshot('C');
  pass(1_000);
  expect(paths()).toEqual(['/picture', '/klines/0/60000', '/klines/0/60000']);
});

test('a refusal and a host that does not answer are said in words, and nothing reaches the stream', () => {
  let status = 400;
  const { asker, frames, notes, pass, paths } = world({
    answer: () => ({ status, body: '{"msg":"Invalid symbol."}' }),
  });
  asker.need('A', MINUTES);
  pass(1_000);
  expect(notes).toEqual(['no bars of 1m of A: rest.toy/klines/0/60000: HTTP 400 {"msg":"Invalid symbol."}']);
  status = 503;
  asker.need('A', MINUTES);
  pass(120_000);
  expect(notes[1]).toMatch(/^no bars of 1m of A: rest\.toy\/klines\/0\/60000: HTTP 503 .* after 5 tries$/);
  expect(paths()).toHaveLength(6);
  expect(frames).toEqual([]);
});

test('nobody waits for the answer about a symbol that is followed no longer, nor for any at the end', () => {
  const { asker, frames, pass } = world();
  asker.need('A', MINUTES);
  asker.need('B', MINUTES);
  asker.unfollow(['A']);
  pass(1_000);
  expect(frames).toMatchObject([{ channel: 'rest:klines:1m:B' }]);
  asker.need('A', MINUTES);
  asker.stop();
  pass(1_000);
  expect(frames).toHaveLength(1);
});
