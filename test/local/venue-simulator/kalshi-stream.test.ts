import { expect, test } from 'vitest';
import type { Message } from './contract-client.ts';
import { A, bodyOf, fold, listen, subscribe } from './kalshi-listener.ts';

test('signed changes make the book that REST shows, and cross it for an instant now and then', () => {
  const { world, client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  world.until(60_000);
  const { yes, no, crossed, sum } = fold(client.news(), A);
  const { orderbook_fp: shown } = JSON.parse(world.read(`https://x/trade-api/v2/markets/${A}/orderbook`)) as {
    orderbook_fp: Record<'yes_dollars' | 'no_dollars', [string, string][]>;
  };
  const sorted = (side: ReadonlyMap<string, number>) =>
    [...side]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([price, size]) => [price, (size / 100).toFixed(2)]);
  expect({ yes: sorted(yes), no: sorted(no) }).toEqual({ yes: shown.yes_dollars, no: shown.no_dollars });
  expect(crossed).toBeGreaterThan(5);
  expect(sum).toBeLessThan(1);
});

test('an instant in which the book is crossed is over with the changes of the same time', () => {
  const { world, client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  world.until(60_000);
  const messages = client.news();
  const times = messages.map(({ msg }) => (msg as Message)['ts_ms']);
  // The last change of each moment leaves no cross behind.
  for (const [n] of messages.entries())
    if (times[n] !== times[n + 1]) expect(fold(messages.slice(0, n + 1), A).sum).toBeLessThan(1);
});

test('asked for in yes prices, the no side is told as asks', () => {
  const { client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  const other = listen().client;
  other.say(subscribe(1, ['orderbook_delta'], [A], { use_yes_price: true }));
  const [plain, inYes] = [client, other].map((one) => bodyOf(one.news()[1] ?? {}));
  const no = (plain?.['no_dollars_fp'] ?? []) as [string, string][];
  expect(inYes?.['yes_dollars_fp']).toEqual(plain?.['yes_dollars_fp']);
  expect(inYes?.['no_dollars_fp']).toEqual(
    no.toReversed().map(([price, size]) => [(1 - Number(price)).toFixed(4), size]),
  );
});
