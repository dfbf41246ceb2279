import { expect, test } from 'vitest';
import { plusMs } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { type ListedAction, listedVenue } from '../../../local/venue-simulator/listed-floor.ts';
import { binanceListings } from '../../../local/venue-simulator/spot-listings.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { START } from './sim-world.ts';

function openListed(actions: readonly ListedAction[]) {
  const timers = new VirtualTimers(START);
  const listings = binanceListings({ count: 2, stepMs: 10 });
  const venue = listedVenue({ seed: 7, timers, dialect: binanceDialect, listings, actions });
  const ask = (path: string) =>
    venue.http({
      method: 'GET',
      url: new URL(`https://api.binance.com/api/v3/${path}`),
      headers: {},
      body: '',
    });
  return {
    venue,
    until: (ms: number) => timers.runUntil(plusMs(START, ms)),
    ask,
    listed: (): readonly string[] =>
      (JSON.parse(ask('exchangeInfo').body).symbols as { symbol: string }[]).map(({ symbol }) => symbol),
    updateId: (symbol: string) => venue.floor.showing(symbol)?.market.book.updateId,
  };
}

test('without a script all is listed', () => {
  expect(openListed([]).listed()).toEqual(['BTCUSDT', 'ETHUSDT']);
});

test('what is listed later is not listed until then, and trades from then on', () => {
  const world = openListed([{ kind: 'list', atMs: 1_000, plan: 'ETHUSDT' }]);
  const before = world.updateId('ETHUSDT');
  world.until(999);
  expect([world.listed(), world.updateId('ETHUSDT')]).toEqual([['BTCUSDT'], before]);
  expect(world.ask('depth?symbol=ETHUSDT').status).toBe(400);
  world.until(2_000);
  expect(world.listed()).toEqual(['BTCUSDT', 'ETHUSDT']);
  expect(world.updateId('ETHUSDT')).toBeGreaterThan(before ?? 0);
  expect(world.ask('depth?symbol=ETHUSDT').status).toBe(200);
});

test('what is delisted is found no more, stands still, and may come back', () => {
  const world = openListed([
    { kind: 'list', atMs: 2_000, plan: 'BTCUSDT' },
    { kind: 'delist', atMs: 1_000, symbol: 'BTCUSDT' },
  ]);
  expect(world.listed()).toEqual(['BTCUSDT', 'ETHUSDT']);
  world.until(1_000);
  const at = world.updateId('BTCUSDT');
  expect(world.listed()).toEqual(['ETHUSDT']);
  world.until(1_999);
  expect(world.updateId('BTCUSDT')).toBe(at);
  world.until(2_500);
  expect(world.listed().toSorted()).toEqual(['BTCUSDT', 'ETHUSDT']);
  expect(world.updateId('BTCUSDT')).toBeGreaterThan(at ?? 0);
});

test('a name that never stood there is passed over, and a venue that stopped plays no script', () => {
  const world = openListed([
    { kind: 'list', atMs: 1_000, plan: 'NOSUCH' },
    { kind: 'delist', atMs: 2_000, symbol: 'ETHUSDT' },
  ]);
  world.until(1_500);
  expect(world.listed()).toEqual(['BTCUSDT', 'ETHUSDT']);
  world.venue.stop();
  world.until(3_000);
  expect(world.listed()).toEqual(['BTCUSDT', 'ETHUSDT']);
});
