import { describe, expect, test } from 'vitest';
import { createCatalogueReader } from '../../../adapters/venues/catalogues.ts';
import { LiveFeed } from '../../../adapters/venues/live-feed.ts';
import { protocolOf } from '../../../adapters/venues/protocols.ts';
import { restPace } from '../../../adapters/venues/rest-pace.ts';
import { RestPacer } from '../../../adapters/venues/session/rest-pacer.ts';
import type { Transport } from '../../../adapters/venues/session/transport.ts';
import { type RawVenues, venuesSchema } from '../../../core/config/venues-schema.ts';
import { instrumentId, VENUES, type VenueId } from '../../../core/market/instrument.ts';
import { MINUTE_MS, plusMs } from '../../../core/time.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../../core/universe/listings.ts';
import { kalshiQuarter, ListingPeer } from '../../support/listing-peer.ts';
import { seeded } from '../../support/random.ts';

const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const FEES: Readonly<Record<VenueId, object>> = {
  binance: { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' },
  coinbase: { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' },
  mexc: { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' },
  kalshi: { version: 'test', makerRate: 0, takerRate: 0, roundTo: '0.01' },
  polymarket: { version: 'test', makerRate: 0, takerRate: 0, roundTo: '0.01' },
};
const accessTo = (venue: VenueId, rest: object = {}): RawVenues =>
  venuesSchema.parse({ [venue]: { latency, fees: FEES[venue], rest } });

test.each(VENUES)('whoever asks %s first has its host asked at the pace of its feed', (venue) => {
  const feed = (access: RawVenues) => protocolOf(venue, access, {})?.restLimits;
  const safe = accessTo(venue);
  expect(restPace(venue, safe)).toEqual(feed(safe));
  expect(restPace(venue, {})).toEqual(feed(safe));
  const slow = accessTo(venue, { spacingMs: 5_000, burst: 1 });
  expect(restPace(venue, slow)).toEqual({ ...feed(safe), spacingMs: 5_000, burst: 1 });
  expect(feed(slow)).toEqual(restPace(venue, slow));
});

describe('a feed that polls and lists that are read beside it', () => {
  /** Kalshi without keys is polled; its lists take several questions each. */
  function atWork(first: 'feed' | 'lists'): readonly number[] {
    const timers = new VirtualTimers(NOON);
    const peer = new ListingPeer(timers);
    const markets = ['KXBTC15M', 'KXETH15M'].map((series) => kalshiQuarter(NOON, series));
    peer.kalshi.push(...markets);
    const sentAt: number[] = [];
    const transport: Transport = {
      fetch(request, done) {
        sentAt.push(timers.now() - NOON);
        return peer.fetch(request, done);
      },
      connect: () => {
        throw new Error('without keys there is no socket');
      },
    };
    const pacer = new RestPacer({ transport, timers, random: () => 0 });
    const access = accessTo('kalshi', { spacingMs: 700, burst: 1 });
    const feed = new LiveFeed({
      access,
      keys: {},
      ids: markets.map(({ name }) => instrumentId('kalshi', name)),
      leagues: [],
      venues: [],
      windowMs: 1_000,
      transport,
      timers,
      pacer,
      random: seeded(1),
      note: () => undefined,
    });
    const reader = createCatalogueReader({ access, pacer, timers });
    const lists = (): void => {
      for (const series of ['KXBTC15M', 'KXETH15M', 'KXSOL15M']) {
        const wanted = { kind: 'series', series, aheadMs: 1 } as const;
        void reader.read({ venue: 'kalshi', name: series, rules: [], wanted }, timers.now());
      }
    };
    if (first === 'lists') lists();
    timers.runUntil(plusMs(NOON, 10));
    feed.start(() => undefined);
    if (first === 'feed') lists();
    timers.runUntil(plusMs(NOON, MINUTE_MS));
    feed.stop();
    return sentAt;
  }

  test.each(['feed', 'lists'] as const)('ask one host at one spacing where the %s come first', (first) => {
    const sentAt = atWork(first);
    const spacings = sentAt.slice(1).map((at, n) => at - (sentAt[n] ?? 0));
    expect(Math.min(...spacings)).toBe(700);
    // Both have more to ask than fits: 60 s / 0.7 s.
    expect(sentAt.length).toBeGreaterThan(20);
  });
});
