import { expect, test } from 'vitest';
import { unwrapKalshi } from '../../../adapters/recordings/kalshi-wrapped.ts';
import { parseStream } from '../../../adapters/venues/kalshi/messages.ts';

const wrapped = (event_type: string, payload_json: unknown, sequence_number: number | null) =>
  JSON.stringify({ channel: 'any', event_type, payload_json, recorder_type: 'native', sequence_number });

const DELTA = {
  delta_fp: '-50.00',
  market_ticker: 'KXM-1',
  price_cents: 32,
  price_dollars: '0.3200',
  side: 'no',
  ts_ms: 1,
};

test('gives a change back as the wire sent it, on the subscription of books', () => {
  const raw = unwrapKalshi(wrapped('orderbook_delta', DELTA, 7));
  expect(raw).toBe(JSON.stringify({ type: 'orderbook_delta', sid: 2, seq: 7, msg: DELTA }));
  expect(parseStream(raw ?? '')).toMatchObject({ kind: 'orderbook_delta' });
});

test('gives pictures and tickers back: tickers have no number, and a subscription of their own', () => {
  const picture = unwrapKalshi(wrapped('orderbook_snapshot', { market_ticker: 'KXM-1' }, 1));
  expect(picture).toBe('{"type":"orderbook_snapshot","sid":2,"seq":1,"msg":{"market_ticker":"KXM-1"}}');
  expect(parseStream(picture ?? '')).toMatchObject({ kind: 'orderbook_snapshot' });
  const ticker = { market_ticker: 'KXM-1', yes_ask_dollars: '0.4300', yes_bid_dollars: '0.4200' };
  const raw = unwrapKalshi(wrapped('ticker', ticker, null));
  expect(raw).toBe(JSON.stringify({ type: 'ticker', sid: 1, msg: ticker }));
  expect(parseStream(raw ?? '')).toMatchObject({ kind: 'ticker' });
});

test.each([
  { what: 'the wire’s own text', raw: '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{}}' },
  { what: 'another object', raw: '{"orderbook_fp":{}}' },
  { what: 'a wrapped remark of the recorder', raw: wrapped('ws_subscribed', {}, null) },
  { what: 'a name that every object has', raw: wrapped('constructor', {}, null) },
  { what: 'a wrapped nothing', raw: wrapped('ticker', null, 1) },
  { what: 'a broken line', raw: '{"event_type":"ticker","payload_json":{' },
  { what: 'a quoted word', raw: '"payload_json"' },
])('leaves $what alone', ({ raw }) => {
  expect(unwrapKalshi(raw)).toBeUndefined();
});
