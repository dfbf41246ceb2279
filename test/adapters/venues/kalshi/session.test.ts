import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { kalshiProtocol } from '../../../../adapters/venues/kalshi/client.ts';
import { seeded } from '../../../support/random.ts';
import type { Reply, ScriptedPeer } from '../../../support/scripted-venue.ts';
import { openWorld, type World } from '../session/session-world.ts';
import { A, wireMarket } from './frames.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const KEYS = { keyId: 'key-1', privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
const UNKNOWN = 'KXNOPE-1';

/** Answers by REST: every market is listed and open, and the exchange trades. */
function answer({ url }: { readonly url: string }): Reply {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/exchange/status')) return json({ exchange_active: true, trading_active: true });
  if (pathname.endsWith('/orderbooks')) return json({ orderbooks: [] });
  return json({ markets: [A, UNKNOWN].map((symbol) => wireMarket(symbol)), cursor: '' });
}
const json = (value: unknown): Reply => ({ body: JSON.stringify(value) });

/** `closed`: why the venue does not trade by its calendar. */
const opened = (symbols: readonly string[], closed: string | null = null): World =>
  openWorld({
    protocol: { ...kalshiProtocol({ environment: 'live', keys: KEYS }), closedBecause: () => closed },
    habits: { answer, latencyMs: 0 },
    symbols,
    random: seeded(3),
  });

const SIDS = ['', 'orderbook_delta', 'trade', 'ticker', 'market_lifecycle_v2'];
const BOOKS = 1;

interface Command {
  readonly id: number;
  readonly cmd: string;
  readonly params: {
    readonly channels?: readonly string[];
    readonly market_tickers?: readonly string[];
    readonly sid?: number;
  };
}

/** The venue's side: it knows A alone, whose book it keeps telling. */
class Venue {
  /** When the book of a market that it does not know was asked for, and together with which others. */
  readonly asked: number[] = [];
  readonly companies: string[] = [];
  private readonly world: World;
  private read = 0;
  private seq = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Answers what was sent since the last time, and sends the next change of A. */
  step(peer: ScriptedPeer): void {
    for (const { what } of peer.sent.slice(this.read)) this.hear(peer, JSON.parse(what));
    this.read = peer.sent.length;
  }

  hear(peer: ScriptedPeer, { id, params }: Command): void {
    const { channels: [channel] = [], market_tickers: symbols = [], sid } = params;
    const isBook = channel === 'orderbook_delta' || sid === BOOKS;
    if (channel !== undefined) {
      const msg = { channel, sid: SIDS.indexOf(channel) };
      peer.say(JSON.stringify({ id, type: 'subscribed', msg }));
    }
    if (symbols.includes(UNKNOWN)) {
      if (isBook) {
        this.asked.push(this.world.now());
        this.companies.push(symbols.join(' '));
      }
      const msg = { code: 16, msg: 'Market not found', market_ticker: UNKNOWN };
      peer.say(JSON.stringify({ id, type: 'error', msg }));
    }
    if (isBook && symbols.includes(A)) this.tell(peer);
  }

  tell(peer: ScriptedPeer): void {
    this.seq += 1;
    const msg = { market_ticker: A, yes_dollars_fp: [['0.22', '1']], no_dollars_fp: [] };
    peer.say(JSON.stringify({ type: 'orderbook_snapshot', sid: BOOKS, seq: this.seq, msg }));
  }
}

test.each([
  { when: 'while the venue trades', closed: null, why: `subscribed twice, and no data of ${A}`, s: [20, 30] },
  { when: 'while it is closed', closed: 'maintenance', why: 'nothing came for 28000 ms', s: [25, 30] },
])('KB17 a connection that says nothing is given up within 30 s $when: $why', ({ closed, why, s }) => {
  const world = opened([A], closed);
  for (let ms = 0; ms < 35_000; ms += 100) {
    world.pass(100);
    for (const peer of world.venue.peers) peer.isFrozen = true;
  }
  const [first, lost] = world.changes();
  expect([first?.change, lost?.change, lost?.detail]).toEqual(['opened', 'lost', why]);
  const silentS = ((lost?.receivedAt ?? 0) - (first?.receivedAt ?? 0)) / 1_000;
  const [from = 0, to = 0] = s;
  expect(silentS >= from && silentS <= to, String(silentS)).toBe(true);
  expect(world.frames().filter(({ connection }) => connection === 'kalshi/1')).toEqual([]);
});

test('KB15 a market that the stream does not know is tried again alone for about a minute, and the others go on', () => {
  const world = opened([A, UNKNOWN]);
  const venue = new Venue(world);
  for (let ms = 0; ms < 180_000; ms += 100) {
    world.pass(100);
    const [peer] = world.venue.open;
    if (peer === undefined) throw new Error('the connection was given up');
    venue.step(peer);
    if (ms % 1_000 === 0) venue.tell(peer);
  }
  const { asked } = venue;
  const lastMs = asked.at(-1) ?? 0;
  expect([asked.length, lastMs >= 55_000 && lastMs <= 75_000]).toEqual([21, true]);
  expect(Math.max(...asked.slice(1).map((ms, n) => ms - (asked[n] ?? 0)))).toBeLessThan(5_000);
  // All but the first command, which subscribes both, are about it alone.
  expect(venue.companies).toEqual([`${A} ${UNKNOWN}`, ...asked.slice(1).map(() => UNKNOWN)]);
  expect([world.venue.attempts.length, world.notes]).toEqual([
    1,
    [`${UNKNOWN} refused: error 16: Market not found`],
  ]);
  const seqs = world.frames().flatMap(({ raw }) => JSON.parse(raw).seq ?? []);
  expect(seqs).toEqual(Array.from({ length: 181 }, (_, n) => n + 1));
});

test('books are compared with whole ones by REST, a request for all of them every 90 s', () => {
  const world = opened([A]);
  const venue = new Venue(world);
  for (let ms = 0; ms < 600_000; ms += 100) {
    world.pass(100);
    for (const peer of world.venue.open) venue.step(peer);
    if (ms % 1_000 === 0) for (const peer of world.venue.open) venue.tell(peer);
  }
  const rounds = world.venue.asked('/markets/orderbooks');
  expect(rounds.length).toBe(6); // at 90 s, 180 s, ... 540 s
  expect(rounds.map(({ what }) => new URL(what.url).searchParams.getAll('tickers'))).toEqual(
    rounds.map(() => [A]),
  );
  // Beside rules and status each half minute, a tenth of what is allowed without a key.
  expect(world.venue.requests.length / 10).toBeLessThan(17.5);
});
