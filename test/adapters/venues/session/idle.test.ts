import { describe, expect, test } from 'vitest';
import { OUTAGE_MS } from '../../../../adapters/venues/session/outage-watch.ts';
import { MINUTE_MS, plusMs, SECOND_MS } from '../../../../core/time.ts';
import { toyProtocol } from '../../../support/scripted-venue.ts';
import { openWorld, START, type World } from './session-world.ts';

const IDLE = { connected: null, idleBecause: 'nothing is followed there', trouble: null };
const UNLISTED = { ...IDLE, idleBecause: 'the venue lists none of what is followed there' };
const CONNECTED = { connected: true, idleBecause: null, trouble: null };
const CONNECTING = { ...CONNECTED, connected: false };

const follow = ({ session }: World, symbols: readonly string[]): void =>
  session.follow({ follow: symbols, unfollow: [], detail: 'joined' });
const unfollow = ({ session }: World, symbols: readonly string[]): void =>
  session.follow({ follow: [], unfollow: symbols, detail: 'left' });

describe.each([
  { way: 'a socket', hasSocket: true, beforeAnswers: { ...CONNECTING, trouble: 'it was not connected yet' } },
  // An answer is not overdue yet.
  { way: 'REST alone', hasSocket: false, beforeAnswers: CONNECTED },
])('over $way', ({ hasSocket, beforeAnswers }) => {
  const open = (symbols: readonly string[]): World => openWorld({ protocol: { hasSocket }, symbols });

  test('a venue of which nothing is followed is neither connected nor disconnected, for as long as it takes', () => {
    const world = open([]);
    expect(world.session.status()).toMatchObject({ ...IDLE, since: START });
    world.pass(10 * OUTAGE_MS);
    expect(world.session.status()).toMatchObject({ ...IDLE, since: START });
    expect([world.venue.attempts, world.venue.asked('/poll'), world.outages]).toEqual([[], [], []]);
  });

  test('it is connecting from the moment on at which something is followed, until that is connected', () => {
    const world = open([]);
    world.pass(SECOND_MS);
    follow(world, ['A']);
    expect(world.session.status()).toMatchObject({ ...CONNECTING, since: plusMs(START, SECOND_MS) });
    world.pass(50);
    expect(world.session.status()).toMatchObject(beforeAnswers);
    world.pass(SECOND_MS);
    expect(world.session.status()).toMatchObject(CONNECTED);
  });

  test('it is idle again when the last one is let go', () => {
    const world = open(['A', 'B']);
    world.pass(10 * SECOND_MS);
    unfollow(world, ['A']);
    expect(world.session.status()).toMatchObject(CONNECTED);
    unfollow(world, ['B']);
    expect(world.session.status()).toMatchObject({ ...IDLE, since: plusMs(START, 10 * SECOND_MS) });
    world.pass(10 * OUTAGE_MS);
    expect([world.session.status(), world.outages]).toMatchObject([IDLE, []]);
  });

  test('contracts that have ended leave it idle, and no alert comes of them', () => {
    const world = openWorld({
      protocol: { hasSocket, discovery: { ...toyProtocol().discovery, everyMs: MINUTE_MS } },
      symbols: ['A', 'B'],
    });
    world.pass(10 * SECOND_MS);
    expect(world.session.status()).toMatchObject(CONNECTED);
    world.venue.habits.listed = [];
    world.pass(5 * MINUTE_MS);
    expect([world.session.status(), world.outages]).toMatchObject([UNLISTED, []]);
    follow(world, ['C']);
    world.venue.habits.listed = ['C'];
    expect(world.session.status()).toMatchObject(CONNECTING);
    world.pass(MINUTE_MS);
    expect([world.session.status(), world.outages]).toMatchObject([CONNECTED, []]);
  });
});

test('one of several contracts that has ended leaves the others connected', () => {
  const world = openWorld({ habits: { listed: ['A'] } });
  world.pass(10 * SECOND_MS);
  expect(world.session.status()).toMatchObject({ ...CONNECTED, refused: [{ symbol: 'B' }] });
});

test('a listing that does not come is waited for: that is no idle venue', () => {
  const world = openWorld({ habits: { answer: () => new Error('no route') } });
  world.pass(10 * SECOND_MS);
  expect(world.session.status()).toMatchObject({
    connected: false,
    idleBecause: null,
    trouble: expect.stringContaining('no route'),
  });
});

test('an outage ends with what it was about, and is not said to be connected again', () => {
  const world = openWorld({ habits: { upgrade: () => ({ status: 503, reason: '' }) } });
  world.pass(2 * OUTAGE_MS);
  expect(world.outages).toMatchObject([{ kind: 'disconnected', outage: { symbols: ['A', 'B'] } }]);
  unfollow(world, ['A', 'B']);
  world.pass(OUTAGE_MS);
  expect(world.outages).toMatchObject([
    { kind: 'disconnected' },
    { kind: 'reconnected', idleBecause: 'nothing is followed there', outage: { symbols: ['A', 'B'] } },
  ]);
});
