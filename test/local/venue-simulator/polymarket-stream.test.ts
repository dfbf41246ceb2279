import { describe, expect, test } from 'vitest';
import { bookHash } from '../../../adapters/venues/polymarket/book-hash.ts';
import { SECOND_MS } from '../../../core/time.ts';
import type { Message } from './contract-client.ts';
import { CUT, entriesOf, Fold, HOLD, listen, N, ofEvent, open, STREAM, Y } from './polymarket-listener.ts';

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
