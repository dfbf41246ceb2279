import { expect, test } from 'vitest';
import { coinbaseAdvancedProtocol } from '../../../../adapters/venues/coinbase/client.ts';
import { isFrame } from '../../../../adapters/venues/frame-source.ts';
import { ConnectGate } from '../../../../adapters/venues/session/connect-gate.ts';
import { RestPacer } from '../../../../adapters/venues/session/rest-pacer.ts';
import { VenueSession } from '../../../../adapters/venues/session/venue-session.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../../support/random.ts';
import { AdvancedPeer } from './advanced-peer.ts';
import { BTC, BTC_USDC, countsOf, ETH, listenAdvanced, ofKind, START, stateOf } from './listen.ts';

/** A session, the reader behind it and the venue before it, in virtual time. */
function open(symbols: readonly string[], refused: readonly string[] = []) {
  const timers = new VirtualTimers(epochMs(START));
  const peer = new AdvancedPeer(timers);
  for (const product of refused) peer.refused.add(product);
  const random = seeded(1);
  const session = new VenueSession({
    protocol: coinbaseAdvancedProtocol({ environment: 'live' }),
    symbols,
    transport: peer,
    timers,
    pacer: new RestPacer({ transport: peer, timers, random }),
    gate: new ConnectGate(timers),
    random,
  });
  const listened = listenAdvanced({ instruments: [], symbols });
  let asked = 0;
  session.start({
    stamp: () => timers.now(),
    take: (item) => {
      if (isFrame(item)) listened.reader.read(item);
      else if ('change' in item) listened.reader.changeConnection(item);
      else if ('follow' in item) listened.reader.changeFollowed(item);
      for (; asked < listened.needs.length; asked += 1) {
        const need = listened.needs[asked];
        if (need !== undefined) timers.after(0, () => void session.need(need));
      }
    },
  });
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 100) {
      timers.runUntil(epochMs(timers.now() + 100));
      listened.reader.tick(timers.now());
    }
  };
  const sent = (channel: string) =>
    peer.received
      .filter((one) => one.channel === channel)
      .map(({ type, product_ids }) => [type, product_ids]);
  return { peer, session, listened, pass, sent };
}

test('lists, connects, subscribes each book once for all its symbols, and shows them', () => {
  const { peer, session, listened, pass, sent } = open(['BTC-USD', 'BTC-USDC', 'ETH-USD', 'NONE-USD']);
  pass(5_000);
  expect(peer.attempts).toEqual(['wss://advanced-trade-ws.coinbase.com']);
  expect(sent('level2')).toEqual([['subscribe', ['BTC-USD', 'ETH-USD']]]);
  expect([BTC, BTC_USDC, ETH].map((one) => stateOf(listened, one))).toEqual(['live', 'live', 'live']);
  expect(session.status()).toMatchObject({
    connected: true,
    refused: [{ symbol: 'NONE-USD', why: expect.stringContaining('BTC-USD') }],
  });
});

test('a gap is healed by one new picture for each book, without a new connection', () => {
  const { peer, listened, pass, sent } = open(['BTC-USD', 'ETH-USD']);
  pass(5_000);
  peer.lose(3);
  pass(1_200);
  expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['live', 'live']);
  expect(ofKind(listened, 'book_doubted').map(({ doubt }) => doubt)).toEqual(['gap', 'gap']);
  pass(60_000);
  expect(sent('level2')).toEqual([
    ['subscribe', ['BTC-USD', 'ETH-USD']],
    ['unsubscribe', ['BTC-USD', 'ETH-USD']],
    ['subscribe', ['BTC-USD', 'ETH-USD']],
  ]);
  expect(peer.attempts).toHaveLength(1);
  for (const one of [BTC, ETH]) expect(countsOf(listened, one)).toMatchObject({ bookGaps: 1, snapshots: 2 });
});

test('a connection that ends is replaced, and its sequence begins anew', () => {
  const { peer, listened, pass } = open(['BTC-USD']);
  pass(5_000);
  peer.cut(1_006);
  expect(stateOf(listened)).toBe('live');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'disconnected' }]);
  pass(5_000);
  expect(peer.attempts).toHaveLength(2);
  expect(listened.updates.findLast(({ kind }) => kind.startsWith('book'))).toMatchObject({ kind: 'book' });
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, snapshots: 2 });
});

test('a product that the venue refuses is left out, and the others are carried after all', () => {
  const { listened, session, pass } = open(['BTC-USD', 'ETH-USD'], ['ETH-USD']);
  pass(70_000);
  expect(stateOf(listened, BTC)).toBe('live');
  expect(stateOf(listened, ETH)).toBe('unproven');
  expect(session.status().refused).toMatchObject([
    { symbol: 'ETH-USD', why: expect.stringContaining('not a valid') },
  ]);
});
