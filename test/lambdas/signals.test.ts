import { expect, test } from 'vitest';
import { keys } from '../../adapters/store/table.ts';
import { price, quantity } from '../../core/amounts.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { eventOf, eventsOf, openDesk } from '../support/desk.ts';
import { at, COIN, market, windowOf } from '../support/values.ts';

/** Windows that each close a candle of one second; `null` closes one that is not complete. */
const windows = (...closes: readonly (string | null)[]): MarketWindow[] =>
  closes.map((text, i) => {
    const close = price(text ?? '500');
    const prices = { open: close, high: close, low: close, close };
    const candle = {
      interval: '1s' as const,
      start: at(i),
      ...prices,
      volume: quantity('1'),
      trades: 1,
      complete: text !== null,
    };
    return { ...windowOf(i + 1, [{ ...market(), candles: [candle] }]), closes: ['1s'] as const };
  });
/** The averages of two and four meet at the sixth window and cross up at the seventh. */
const UP = windows('100', '99', '98', '97', '96', '99', '100');

test('raises all signals of a window in one event, in the order of the strategies, with the window they saw', async () => {
  const desk = await openDesk();
  for (const event of eventsOf(UP)) await desk.signals(event);
  const [first, ...more] = desk.published;
  expect(first).toMatchObject({ id: `signals/main/${at(7)}`, at: at(7), window: UP[6] });
  expect(first?.signals.map(({ id, side, n }) => [id, side, n])).toEqual(
    ['improve', 'join', 'take'].map((strategy) => [`${strategy}/${COIN.id}/${at(7)}/1`, 'buy', 1]),
  );
  expect(more).toEqual([]);
});

test('windows are stepped once and in order, whichever event brings them first', async () => {
  const desk = await openDesk();
  const events = eventsOf(UP);
  for (const n of [2, 4, 3, 6, 5, 6, 0]) {
    const event = events[n];
    if (event) await desk.signals(event);
  }
  expect(new Set(desk.published.map((one) => one.id))).toEqual(new Set([`signals/main/${at(7)}`]));
  expect(desk.metrics.total('signals_holes_total')).toBe(0);
  expect(desk.metrics.total('signals_raised_total')).toBe(3);
});

test('a candle that no event brought is counted for each strategy', async () => {
  const desk = await openDesk();
  const [first, , , , , sixth] = UP;
  if (!first || !sixth) throw new Error('six windows');
  await desk.signals(eventOf([first]));
  await desk.signals(eventOf([sixth]));
  expect(desk.metrics.total('signals_holes_total')).toBe(3);
});

test('candles that are there but not complete are no hole', async () => {
  const desk = await openDesk();
  for (const event of eventsOf(windows('100', null, null, null, null, null, '99'))) await desk.signals(event);
  expect(desk.metrics.total('signals_holes_total')).toBe(0);
});

test('a window that closes no candle of the strategy writes nothing', async () => {
  const desk = await openDesk();
  const quiet = UP.map((one) => ({ ...one, closes: [], instruments: [market()] }));
  for (const event of eventsOf(quiet)) await desk.signals(event);
  for (const { id } of desk.config.strategies) expect(await desk.feeds.memory(id)).toBeUndefined();
});

test('a feed of an older epoch is not heard', async () => {
  const desk = await openDesk();
  const lease = { ...keys.lease(desk.config.feed.id), epoch: 2, version: 1 };
  await desk.store.transact([{ kind: 'put', item: lease, condition: { kind: 'absent' } }]);
  for (const event of eventsOf(UP)) await desk.signals(event);
  expect(desk.published).toEqual([]);
  expect(desk.metrics.total('bus_windows_fenced_total')).toBe(UP.length);
});
