import { describe, expect, test } from 'vitest';
import { SECOND_MS } from '../../../core/time.ts';
import type { Message } from './contract-client.ts';
import { CUT, entriesOf, Fold, HOLD, listen, N, ofEvent, STREAM, Y } from './polymarket-listener.ts';
import { upDownPlan, WINDOW_CLOSE } from './polymarket-trial.ts';
import { START } from './sim-world.ts';

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
