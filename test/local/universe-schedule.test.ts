import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createCatalogueReader } from '../../adapters/venues/catalogues.ts';
import { RestPacer } from '../../adapters/venues/session/rest-pacer.ts';
import type { Alert } from '../../core/ports.ts';
import { relay } from '../../lambdas/relay/relay.ts';
import { createServices } from '../../local/services.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../core/universe/listings.ts';
import { configWith } from '../lambdas/universe-world.ts';
import { CountedMetrics, instrumentNamed, NO_LOG, STILL } from '../support/desk.ts';
import { binanceSymbol, ListingPeer } from '../support/listing-peer.ts';
import { runTimers } from '../support/run-timers.ts';

const CONFIG = configWith([{ name: 'majors', venue: 'binance', volume24hMin: 1_000 }]);

function embedded(isLive: boolean) {
  const timers = new VirtualTimers(NOON);
  const peer = new ListingPeer(timers);
  const store = openSqliteStore({ path: ':memory:' });
  const sent: Alert[] = [];
  const reader = createCatalogueReader({
    access: CONFIG.access,
    pacer: new RestPacer({ transport: peer, timers, random: () => 0 }),
    timers,
  });
  const services = createServices({
    config: CONFIG,
    store,
    sha256,
    clock: STILL,
    metrics: new CountedMetrics(),
    log: () => NO_LOG,
    alertSender: { send: async (alert) => void sent.push(alert) },
    reportSink: { write: async () => undefined },
    instrument: instrumentNamed,
    ...(isLive && { catalogueReader: reader }),
  });
  return { timers, peer, store, sent, services };
}

test('a live desk looks at the lists beside its windows, and an empty universe raises the alert', async () => {
  const { timers, peer, store, sent, services } = embedded(true);
  peer.binance.push(binanceSymbol('BTCUSDT', { quoteVolume: '5' }));
  await services.scheduled.universe(NOON);
  expect(await services.universes.universe(CONFIG.feed.id)).toBeUndefined();
  await runTimers(timers, services.idle());
  const { changes } = await store.changes(undefined, 1_000);
  await relay(changes, services.publisher);
  await services.bus.drain();
  expect(sent.map(({ key, kind }) => [key, kind])).toEqual([['universe/main', 'empty_universe']]);
});

test('any other desk asks nobody', async () => {
  const { peer, services } = embedded(false);
  await services.scheduled.universe(NOON);
  await services.idle();
  expect(peer.asked).toEqual([]);
  expect(await services.universes.findings(CONFIG.feed.id)).toBeUndefined();
});
