import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEvent, encodeEvent } from '../../../adapters/eventbridge/event-codec.ts';
import { packWindows } from '../../../adapters/packing/pack-windows.ts';
import type { DeckleEvent, MarketWindowEvent } from '../../../core/events.ts';
import { anOrder, at, market, T0, windowOf } from '../../support/values.ts';
import { ANY_EVENT, EVENT_TYPES } from './any-event.ts';

const windows = [windowOf(1, [market()]), windowOf(2, [market({ prints: [['100', '2', 'sell']] })])];
const news: MarketWindowEvent = {
  type: 'market.window',
  version: 1,
  id: 'market.window/main/1',
  at: at(2),
  feedId: 'main',
  epoch: 1,
  closes: ['1s'],
  windows,
};
const accepted: DeckleEvent = { type: 'order.accepted', version: 1, id: 'a/1', at: T0, order: anOrder() };

const detailOf = (event: DeckleEvent): Record<string, unknown> => JSON.parse(encodeEvent(event).detail);
const reasonFor = (detailType: unknown, detail: unknown): string => {
  const decoded = decodeEvent(detailType, detail);
  if (decoded.kind === 'event') throw new Error(`was read as ${decoded.event.type}`);
  return decoded.reason;
};

test.each(EVENT_TYPES)('%s comes off the bus as it went on, as an object and as text', (type) => {
  fc.assert(
    fc.property(ANY_EVENT[type] as fc.Arbitrary<DeckleEvent>, (event) => {
      const { detailType, detail } = encodeEvent(event);
      expect(detailType).toBe(type);
      expect(decodeEvent(detailType, JSON.parse(detail))).toEqual({ kind: 'event', event });
      expect(decodeEvent(detailType, detail)).toEqual({ kind: 'event', event });
    }),
    { seed: 41, numRuns: 60 },
  );
});

test('the detail holds routing fields plainly, amounts as text, windows packed and no type', () => {
  expect(detailOf(news)).toEqual({
    version: 1,
    id: 'market.window/main/1',
    at: at(2),
    feedId: 'main',
    epoch: 1,
    closes: ['1s'],
    windows: packWindows(windows),
  });
  expect(detailOf(accepted)).toMatchObject({ order: { limitPrice: '100', quantity: '1' } });
});

test('a window that signals were raised on is packed as a list of one', () => {
  const [window = windowOf(1, [])] = windows;
  const raised: DeckleEvent = {
    type: 'signals.raised',
    version: 1,
    id: 's/1',
    at: at(1),
    feedId: 'main',
    epoch: 1,
    signals: [
      {
        id: anOrder().signalId,
        strategyId: anOrder().strategyId,
        closedAt: at(1),
        n: 1,
        instrumentId: anOrder().instrumentId,
        side: 'buy',
        confidence: 1,
        edgeBps: null,
        reason: 'crossed',
      },
    ],
    window,
  };
  expect(detailOf(raised)['window']).toBe(packWindows([window]));
  expect(reasonFor('signals.raised', { ...detailOf(raised), window: packWindows([]) })).toBe(
    'window: must hold exactly one window, got 0',
  );
  expect(reasonFor('signals.raised', { ...detailOf(raised), window })).toBe(
    'window: must be the text of packed windows, got an object',
  );
});

test.each([
  { what: 'a type nobody knows', type: 'market.burp', says: `detail-type: "market.burp" is no event` },
  {
    what: 'a type that every object has',
    type: 'constructor',
    says: 'detail-type: "constructor" is no event',
  },
  { what: 'no type', type: undefined, says: 'detail-type: nothing is no event' },
] as const)('$what is bad, with the id it came with', ({ type, says }) => {
  expect(decodeEvent(type, { id: 'x/1' })).toEqual({
    kind: 'bad',
    id: 'x/1',
    reason: expect.stringContaining(says),
  });
});

test.each([
  { given: 2, says: 'not 2; if a newer version published it, deploy that version here too' },
  { given: undefined, says: 'not nothing' },
  { given: '1', says: 'not "1"' },
])('version $given is bad and says which one is known', ({ given, says }) => {
  const reason = reasonFor('order.accepted', { ...detailOf(accepted), version: given });
  expect(reason).toContain('version: order.accepted is known here in version 1');
  expect(reason).toContain(says);
});

test.each([
  { field: 'order', change: { order: undefined } },
  { field: 'at', change: { at: 'yesterday' } },
  { field: 'id', change: { id: '' } },
  { field: 'order.side', change: { order: { ...(detailOf(accepted)['order'] as object), side: 'hold' } } },
  {
    field: 'order.quantity',
    change: { order: { ...(detailOf(accepted)['order'] as object), quantity: 'ten' } },
  },
])('a wrong $field is named', ({ field, change }) => {
  const reason = reasonFor('order.accepted', { ...detailOf(accepted), ...change });
  expect(reason).toMatch(new RegExp(`^${field}: `));
});

const packed = packWindows(windows);
test.each([
  { what: 'cut short', text: packed.slice(0, -8), says: 'not gzip+base64 of JSON' },
  {
    what: 'changed inside',
    text: `${packed.slice(0, 60)}AAAA${packed.slice(64)}`,
    says: 'not gzip+base64 of JSON',
  },
  { what: 'empty', text: '', says: 'not gzip+base64 of JSON' },
  { what: 'of no window', text: packWindows([]), says: 'at least one window' },
  { what: 'missing', text: undefined, says: 'must be the text of packed windows, got nothing' },
  { what: 'a number', text: 7, says: 'must be the text of packed windows, got 7' },
])('packed windows that are $what are bad', ({ text, says }) => {
  const reason = reasonFor('market.window', { ...detailOf(news), windows: text });
  expect(reason).toMatch(/^windows: /);
  expect(reason).toContain(says);
});

test.each([undefined, null, 7, 'no JSON', '[]', [], ''])('a detail of %j is bad', (detail) => {
  expect(decodeEvent('order.accepted', detail)).toEqual({
    kind: 'bad',
    reason: 'detail: must be a JSON object',
  });
});

test('whatever arrives is read or refused in words, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...EVENT_TYPES), fc.string()),
      fc.record({
        version: fc.constant(1),
        id: fc.json(),
        windows: fc.anything(),
        window: fc.anything(),
        order: fc.anything(),
      }),
      (type, detail) => {
        const decoded = decodeEvent(type, detail);
        if (decoded.kind === 'bad') expect(decoded.reason).toMatch(/^[a-zA-Z0-9.-]+: ./);
      },
    ),
    { seed: 42, numRuns: 300 },
  );
});
