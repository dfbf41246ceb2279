import { beforeAll, expect, test } from 'vitest';
import { instrumentId } from '../../core/market/instrument.ts';
import { plusMs } from '../../core/time.ts';
import { FeedHealth, type FeedReport } from '../../fargate/feed-health.ts';
import { deskHealth } from '../../local/desk-health.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { instrumentOk, venueOk } from '../support/feed-health.ts';
import { T0 } from '../support/values.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});

const OAK = instrumentOk(instrumentId('binance', 'OAKUSDT'), { quality: ['late'], verdict: 'degraded' });
const HOST = {
  host: 'api.binance.com',
  queued: 0,
  underWay: 0,
  sent: 4,
  answered: 3,
  failed: 0,
  refused429: 1,
  banned418: 0,
  bannedUntil: plusMs(T0, 4_000),
  refusedBecause: null,
};

async function feedsOf(change: Partial<FeedReport> = {}, finished = false) {
  const report: FeedReport = {
    ...new FeedHealth().report(),
    connected: true,
    lastFrameAt: T0,
    lastWindowAt: plusMs(T0, 400),
    venues: [venueOk()],
    hosts: [HOST],
    instruments: [OAK],
    ...change,
  };
  const { feeds } = await deskHealth({
    config: desk.config,
    services: desk,
    feed: { report: () => report },
    guard: null,
    finished,
    through: null,
    settledAt: plusMs(T0, 500),
    now: plusMs(T0, 700),
    late: 0,
    guardSeenAt: null,
  });
  return feeds;
}

test('the feed is told with its venues, their hosts, and each instrument without its counts', async () => {
  const { counts: _, ...oak } = OAK;
  expect(await feedsOf()).toEqual({
    status: 'ok',
    connected: true,
    freshnessMs: 400,
    // 700 - 400: a live feed closes its windows by the clock.
    windowAgeMs: 300,
    quality: ['late'],
    instruments: [oak],
    venues: [venueOk()],
    hosts: [HOST],
    candles: null,
  });
});

test('what the venue does not trade is not missing', async () => {
  const closed = instrumentOk(OAK.instrumentId, { status: 'closed', verdict: 'blind' });
  expect((await feedsOf({ instruments: [OAK, closed] })).status).toBe('ok');
});

const stale = instrumentOk(OAK.instrumentId, { status: 'stale' });
const cut = venueOk({ connected: false, trouble: 'HTTP 451 of api.binance.com' });

test.each([
  ['a source that is not connected', { connected: false }, 'down', 'the feed is not connected'],
  ['frames that stay out', { venues: [], lastWindowAt: plusMs(T0, 10_001) }, 'down', 'no frame for 10001 ms'],
  [
    'a venue without a connection',
    { venues: [cut] },
    'warn',
    'Binance Spot, live: HTTP 451 of api.binance.com',
  ],
  ['a book that is not live', { instruments: [stale] }, 'warn', 'not live: binance:OAKUSDT'],
] as const)('%s is told with its reason', async (_, change, status, reason) => {
  expect(await feedsOf(change)).toMatchObject({ status, reason });
  expect((await feedsOf(change, true)).status).toBe('ok');
});

test.each([
  ['nothing is followed', { connected: null, idleBecause: 'nothing is followed there' }],
  [
    'everything has ended',
    { connected: null, idleBecause: 'the venue lists none of what is followed there' },
  ],
])('a venue at which %s is no trouble, and no frame is missed of it', async (_, change) => {
  const venues = [venueOk(change), venueOk({ wire: 'espn', name: 'ESPN scores' })];
  const feeds = await feedsOf({ venues, lastWindowAt: plusMs(T0, 600_000), instruments: [] });
  expect(feeds).toMatchObject({ status: 'ok', venues: [change, { connected: true }] });
  const quiet = [...venues, venueOk({ wire: 'kalshi' })];
  expect(await feedsOf({ venues: quiet, lastWindowAt: plusMs(T0, 600_000) })).toMatchObject({ status: 'ok' });
  const down = [...venues, cut];
  expect(await feedsOf({ venues: down, lastWindowAt: plusMs(T0, 600_000) })).toMatchObject({
    status: 'down',
    reason: 'no frame for 600000 ms',
  });
});

test('a feed of which no venue is connected is not connected, and one of several is enough', async () => {
  expect((await feedsOf({ venues: [cut] })).connected).toBe(false);
  expect((await feedsOf({ venues: [cut, venueOk()] })).connected).toBe(true);
});

test('a venue that is closed by its own word is no trouble', async () => {
  expect((await feedsOf({ venues: [{ ...cut, closedBecause: 'maintenance' }] })).status).toBe('ok');
});
