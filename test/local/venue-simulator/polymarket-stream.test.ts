import { describe, expect, test } from 'vitest';
import { bookHash } from '../../../adapters/venues/polymarket/book-hash.ts';
import { SECOND_MS } from '../../../core/time.ts';
import type { PolymarketPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import type { PolymarketVenueOptions } from '../../../local/venue-simulator/polymarket-venue.ts';
import { type ContractClient, type Message, openContracts } from './contract-client.ts';
import { FED, polymarketTrial, upDownPlan, WINDOW_CLOSE } from './polymarket-trial.ts';
import { START } from './sim-world.ts';

const STREAM = 'wss://ws-subscriptions-clob.polymarket.com/ws/market';
const [CUT, , HOLD] = FED as readonly [PolymarketPlan, PolymarketPlan, PolymarketPlan];
const [Y, N] = CUT.tokens;

const open = (options: Partial<PolymarketVenueOptions> = {}) =>
  openContracts(polymarketTrial([], options).venue);

function listen(
  tokens: readonly string[],
  options: Partial<PolymarketVenueOptions> = {},
  more: object = { custom_feature_enabled: true },
): { world: ReturnType<typeof open>; client: ContractClient } {
  const world = open(options);
  const client = world.connect(STREAM);
  client.say({ assets_ids: tokens, type: 'market', ...more });
  return { world, client };
}

const ofEvent = (messages: readonly Message[], name: string): Message[] =>
  messages.filter((one) => one['event_type'] === name);
type Level = { readonly price: string; readonly size: string };
interface Entry extends Level {
  readonly asset_id: string;
  readonly side: 'BUY' | 'SELL';
  readonly hash: string;
  readonly best_bid: string;
  readonly best_ask: string;
}
const entriesOf = (message: Message): readonly Entry[] => message['price_changes'] as readonly Entry[];

describe('the market channel', () => {
  test('answers the first message with all books in one array, and text with text', () => {
    const { client } = listen([Y, HOLD.tokens[1]]);
    client.say('PING');
    const [books, pong] = client.news();
    expect((books as unknown as Message[]).map((one) => [one['event_type'], one['asset_id']])).toEqual([
      ['book', Y],
      ['book', HOLD.tokens[1]],
    ]);
    expect(pong).toEqual({ text: 'PONG' });
  });

  test.each([
    { what: 'no JSON', say: '{' },
    { what: 'no tokens', say: { type: 'market' } },
    { what: 'an operation before the first message', say: { operation: 'subscribe', assets_ids: [Y] } },
  ])('$what is an invalid operation', ({ say }) => {
    const client = open().connect(STREAM);
    client.say(say);
    expect(client.got).toEqual(['INVALID OPERATION']);
  });

  test('adds and leaves tokens without a word, and never says anything of one that it does not know', () => {
    const { world, client } = listen([Y]);
    client.say({ operation: 'subscribe', assets_ids: [HOLD.tokens[0], '123'], custom_feature_enabled: true });
    const added = client.news().at(-1) as unknown as Message[];
    expect(added.map((one) => one['asset_id'])).toEqual([HOLD.tokens[0]]);
    client.say({ operation: 'unsubscribe', assets_ids: [Y] });
    world.until(20 * SECOND_MS);
    const markets = new Set(client.news().map((one) => one['market']));
    expect(markets).toEqual(new Set([HOLD.condition]));
  });

  test('sends no books to who does not want them', () => {
    const { client } = listen([Y], {}, { initial_dump: false });
    expect(client.got).toEqual([]);
  });

  test('gives first books to five hundred tokens of a connection only', () => {
    const plans = Array.from({ length: 251 }, (_, n) => ({
      ...CUT,
      slug: `many-${n}`,
      condition: `0x${n.toString(16).padStart(64, '0')}`,
      tokens: [`${1_000 + 2 * n}`, `${1_001 + 2 * n}`] as const,
      book: { ...CUT.book, stepMs: 60_000, levels: 2 },
    }));
    const { client } = listen(
      plans.flatMap(({ tokens }) => tokens),
      { plans, series: [] },
    );
    expect(client.news()[0]).toHaveLength(500);
  });

  test('has one path', () => {
    expect(open().knock('wss://x/ws/user')).toMatchObject({ status: 404 });
  });
});

test('a change is told for both tokens, mirrored, in either order, to who follows one of them', () => {
  const { world, client } = listen([Y]);
  world.until(30 * SECOND_MS);
  const changes = ofEvent(client.news(), 'price_change').map(entriesOf);
  expect(changes.length).toBeGreaterThan(50);
  const OTHER = { BUY: 'SELL', SELL: 'BUY' } as const;
  for (const entries of changes) {
    const [own, other] = [Y, N].map((token) => entries.filter((one) => one.asset_id === token));
    expect(
      other?.map(({ price, size, side }) => [(1 - Number(price)).toFixed(3), size, OTHER[side]]),
    ).toEqual(own?.map(({ price, size, side }) => [Number(price).toFixed(3), size, side]));
  }
  expect(new Set(changes.map(([first]) => first?.asset_id))).toEqual(new Set([Y, N]));
  // Some tell several changes of one moment.
  expect(Math.max(...changes.map(({ length }) => length))).toBeGreaterThan(2);
});

/** A token's book as its messages make it. */
class Fold {
  readonly sides = { BUY: new Map<string, string>(), SELL: new Map<string, string>() };

  load(book: Message): void {
    for (const [side, name] of [
      ['BUY', 'bids'],
      ['SELL', 'asks'],
    ] as const) {
      this.sides[side].clear();
      for (const { price, size } of book[name] as readonly Level[]) this.sides[side].set(price, size);
    }
  }

  take({ side, price, size }: Entry): void {
    if (size === '0') this.sides[side].delete(price);
    else this.sides[side].set(price, size);
  }

  best(side: 'BUY' | 'SELL'): string {
    const prices = [...this.sides[side].keys()].map(Number);
    if (prices.length === 0) return side === 'BUY' ? '0' : '1';
    return String(side === 'BUY' ? Math.max(...prices) : Math.min(...prices));
  }

  json(side: 'BUY' | 'SELL'): string {
    const way = side === 'BUY' ? 1 : -1;
    const levels = [...this.sides[side]].sort(([a], [b]) => (Number(a) - Number(b)) * way);
    return JSON.stringify(levels.map(([price, size]) => ({ price, size })));
  }
}

test('best prices and hash of each entry are those of the whole book after it, computed anew', () => {
  const { world, client } = listen([Y, N]);
  world.until(60 * SECOND_MS);
  const folds = new Map([Y, N].map((token) => [token, new Fold()]));
  const [first, ...others] = client.news();
  for (const book of first as unknown as Message[]) folds.get(String(book['asset_id']))?.load(book);
  let lastPrice = '';
  let checked = 0;
  /** The newest print is known from its change on, which is told before it. */
  const hashOf = (token: string, stamp: unknown, price: string): string => {
    const fold = folds.get(token);
    return bookHash({
      market: CUT.condition,
      asset: token,
      stamp: String(stamp),
      bids: fold?.json('BUY') ?? '',
      asks: fold?.json('SELL') ?? '',
      minOrderSize: '5',
      tickSize: '0.001',
      negRisk: true,
      lastPrice: price,
    });
  };
  for (const message of others) {
    if (message['event_type'] === 'book') {
      const token = String(message['asset_id']);
      folds.get(token)?.load(message);
      expect(hashOf(token, message['timestamp'], lastPrice)).toBe(message['hash']);
    }
    if (message['event_type'] !== 'price_change') continue;
    const entries = entriesOf(message);
    for (const entry of entries) folds.get(entry.asset_id)?.take(entry);
    for (const entry of entries) {
      const fold = folds.get(entry.asset_id);
      expect([fold?.best('BUY'), fold?.best('SELL')]).toEqual([entry.best_bid, entry.best_ask]);
      const prices = [lastPrice, ...entries.map(({ price }) => price)];
      const found = prices.find(
        (price) => hashOf(entry.asset_id, message['timestamp'], price) === entry.hash,
      );
      expect(found).toBeDefined();
      lastPrice = found ?? lastPrice;
      checked += 1;
    }
  }
  expect(checked).toBeGreaterThan(300);
});

test('a trade changes the book, is followed by the book with the same hash, and is told a moment later', () => {
  const { world, client } = listen([Y, N]);
  world.until(30 * SECOND_MS);
  const messages = client.news();
  const books = messages.flatMap((one, n) => (one['event_type'] === 'book' ? [n] : []));
  expect(books.length).toBeGreaterThan(10);
  for (const n of books) {
    const book = messages[n] ?? {};
    const change = messages.slice(0, n).findLast((one) => one['event_type'] === 'price_change') ?? {};
    const entry = entriesOf(change).findLast(({ asset_id }) => asset_id === book['asset_id']);
    expect([book['hash'], book['timestamp']]).toEqual([entry?.hash, change['timestamp']]);
  }
  const prints = ofEvent(messages, 'last_trade_price');
  expect(new Set(prints.map((one) => one['asset_id']))).toEqual(new Set([Y, N]));
  expect(new Set(prints.map((one) => one['transaction_hash'])).size).toBe(prints.length);
  const [print = {}] = prints;
  const cause = messages
    .slice(0, messages.indexOf(print))
    .findLast(
      (one) =>
        one['event_type'] === 'price_change' &&
        entriesOf(one).some(
          ({ asset_id, price }) => asset_id === print['asset_id'] && price === print['price'],
        ),
    );
  const lateMs = Number(print['timestamp']) - Number(cause?.['timestamp']);
  expect([lateMs >= 150, lateMs <= 300]).toEqual([true, true]);
});

test('best prices by themselves, and how markets end, are for those who ask for them', () => {
  const token = upDownPlan().tokens[0];
  const kindsFor = (more: object): Set<unknown> => {
    const { world, client } = listen([token], {}, more);
    world.until(WINDOW_CLOSE + 60 * SECOND_MS);
    return new Set(client.news().flatMap((one) => one['event_type'] ?? []));
  };
  const usual = ['price_change', 'book', 'last_trade_price'];
  expect(kindsFor({})).toEqual(new Set(usual));
  expect(kindsFor({ custom_feature_enabled: true })).toEqual(
    new Set([...usual, 'best_bid_ask', 'new_market', 'market_resolved']),
  );
});

test('a market of a quarter of an hour ends, is decided, and is heard of no more', () => {
  const plan = upDownPlan();
  const { world, client } = listen(plan.tokens);
  world.until(WINDOW_CLOSE);
  const before = client.news();
  expect(ofEvent(before, 'new_market').map((one) => one['slug'])).toEqual([upDownPlan(3).slug]);
  world.until(WINDOW_CLOSE + 40 * SECOND_MS);
  expect(client.news()).toEqual([
    {
      event_type: 'market_resolved',
      id: plan.id,
      market: plan.condition,
      assets_ids: plan.tokens,
      winning_asset_id: plan.tokens[1],
      winning_outcome: 'Down',
      timestamp: String(START + WINDOW_CLOSE + 40 * SECOND_MS),
      tags: ['crypto'],
    },
  ]);
  world.until(WINDOW_CLOSE + 120 * SECOND_MS);
  expect(client.news()).toEqual([]);
});

test('where each outcome pays a half, no winner is named', () => {
  const plan = { ...CUT, winner: null, endsAt: upDownPlan().endsAt };
  const { world, client } = listen(plan.tokens, { plans: [plan], series: [] });
  world.until(WINDOW_CLOSE + 121 * SECOND_MS);
  const [resolved] = ofEvent(client.news(), 'market_resolved');
  expect([resolved?.['market'], resolved?.['winning_asset_id']]).toEqual([plan.condition, undefined]);
});

describe('a finer step of prices', () => {
  test.each([
    {
      why: 'by script',
      options: { actions: [{ kind: 'tick', atMs: 5_000, symbol: HOLD.tokens[0], tick: '0.001' }] },
    },
    {
      why: 'when it becomes so likely',
      options: { plans: [{ ...HOLD, book: { ...HOLD.book, openingTicks: 97, ticksMin: 90 } }], series: [] },
    },
  ] as const)('comes $why, is told for both tokens, and their books follow', ({ options }) => {
    const { world, client } = listen(HOLD.tokens, options);
    world.until(60 * SECOND_MS);
    const messages = client.news();
    const changes = ofEvent(messages, 'tick_size_change');
    expect(changes.map((one) => [one['asset_id'], one['old_tick_size'], one['new_tick_size']])).toEqual(
      HOLD.tokens.map((token) => [token, '0.01', '0.001']),
    );
    const at = messages.findIndex((one) => one['event_type'] === 'tick_size_change');
    expect(
      messages.slice(at + 2, at + 4).map((one) => [one['event_type'], one['asset_id'], one['tick_size']]),
    ).toEqual(HOLD.tokens.map((token) => ['book', token, '0.001']));
  });
});

test('a token that never delivers is silent while its market goes on, and delivers after it was asked for anew', () => {
  const { world, client } = listen([Y, HOLD.tokens[0]], {
    faults: [{ kind: 'hidden_refusal', symbol: Y, atMs: 0, forMs: 20 * SECOND_MS }],
  });
  world.until(1);
  const late = world.connect(STREAM);
  late.say({ assets_ids: [Y, HOLD.tokens[0]], type: 'market' });
  world.until(20 * SECOND_MS);
  expect((late.news()[0] as unknown as Message[]).map((one) => one['asset_id'])).toEqual([HOLD.tokens[0]]);
  late.say({ operation: 'subscribe', assets_ids: [Y] });
  expect((late.news().at(-1) as unknown as Message[]).map((one) => one['asset_id'])).toEqual([Y]);
  expect(client.news().length).toBeGreaterThan(1);
});

test('a token of which nothing may be said is left out, and comes back with all that changed', () => {
  const { world, client } = listen([Y, N], {
    faults: [{ kind: 'mute', symbol: N, atMs: 5_000, forMs: 15_000 }],
  });
  world.until(19_999);
  const quiet = client.news();
  const late = quiet.filter((one) => Number(one['timestamp']) >= START + 5_000);
  const named = new Set(
    late.flatMap((one) =>
      one['price_changes'] === undefined ? [one['asset_id']] : entriesOf(one).map(({ asset_id }) => asset_id),
    ),
  );
  expect(named).toEqual(new Set([Y]));
  world.until(40_000);
  const fold = new Fold();
  for (const message of [...quiet, ...client.news()]) {
    const books = Array.isArray(message) ? (message as unknown as Message[]) : [message];
    for (const one of books)
      if (one['event_type'] === 'book' && one['asset_id'] === N) fold.load(one);
      else if (one['event_type'] === 'price_change')
        for (const entry of entriesOf(one)) if (entry.asset_id === N) fold.take(entry);
  }
  const shown = JSON.parse(world.read(`https://clob.polymarket.com/book?token_id=${N}`));
  expect([fold.json('BUY'), fold.json('SELL')]).toEqual([
    JSON.stringify(shown.bids),
    JSON.stringify(shown.asks),
  ]);
});

test('a bad checksum is in one message, and in no other', () => {
  const { world, client } = listen([Y], {
    faults: [{ kind: 'checksum', symbol: Y, atMs: 5_000, forMs: 10_000 }],
  });
  world.until(20_000);
  const bad = ofEvent(client.news(), 'price_change').filter((one) =>
    /^0{40}$/.test(entriesOf(one)[0]?.hash ?? ''),
  );
  expect(bad).toHaveLength(1);
  expect(world.venue.faults.struck.map(({ fault: { kind } }) => kind)).toEqual(['checksum']);
});
