import { expect, test } from 'vitest';
import { parseStream } from '../../../../adapters/venues/kalshi/messages.ts';

/** The messages of the venue's documentation, word for word. */
const STREAM: readonly (readonly [kind: string, raw: string])[] = [
  ['control', '{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":1}}'],
  [
    'control',
    '{"id":4,"sid":1,"seq":222,"type":"ok","msg":{"market_tickers":["KXBTC15M-26SEP261900-00","KXBTCD-26SEP2617-T114999.99"]}}',
  ],
  [
    'control',
    '{"id":3,"type":"ok","msg":[{"channel":"orderbook_delta","sid":1},{"channel":"ticker","sid":2}]}',
  ],
  ['control', '{"id":7,"sid":2,"seq":7,"type":"unsubscribed"}'],
  [
    'venue_error',
    '{"id":123,"type":"error","msg":{"code":16,"msg":"Market not found","market_ticker":"KXNOPE"}}',
  ],
  ['venue_error', '{"type":"error","id":1,"msg":{"code":8,"msg":"Unknown channel name"}}'],
  [
    'orderbook_snapshot',
    '{"type":"orderbook_snapshot","sid":2,"seq":2,"msg":{"market_ticker":"FED-23DEC-T3.00","market_id":"9b0f6b43-5b68-4f9f-9f02-9a2d1b8ac1a1","yes_dollars_fp":[["0.0800","300.00"],["0.2200","333.00"]],"no_dollars_fp":[["0.5400","20.00"],["0.5600","146.00"]]}}',
  ],
  [
    'orderbook_delta',
    '{"type":"orderbook_delta","sid":2,"seq":3,"msg":{"market_ticker":"FED-23DEC-T3.00","market_id":"9b0f6b43-5b68-4f9f-9f02-9a2d1b8ac1a1","price_dollars":"0.9600","delta_fp":"-54.00","side":"yes","ts_ms":1669149841000}}',
  ],
  [
    'ticker',
    '{"type":"ticker","sid":11,"msg":{"market_ticker":"FED-23DEC-T3.00","market_id":"9b0f6b43-…","price_dollars":"0.4800","yes_bid_dollars":"0.4500","yes_ask_dollars":"0.5300","yes_bid_size_fp":"300.00","yes_ask_size_fp":"150.00","last_trade_size_fp":"25.00","volume_fp":"33896.00","open_interest_fp":"20422.00","dollar_volume":16948,"dollar_open_interest":10211,"ts_ms":1669149841000}}',
  ],
  [
    'trade',
    '{"type":"trade","sid":11,"msg":{"trade_id":"d91bc706-ee49-470d-82d8-11418bda6fed","market_ticker":"HIGHNY-22DEC23-B53.5","yes_price_dollars":"0.3600","no_price_dollars":"0.6400","count_fp":"136.00","taker_outcome_side":"no","taker_book_side":"ask","is_block_trade":false,"ts_ms":1669149841000}}',
  ],
  [
    'market_lifecycle_v2',
    '{"type":"market_lifecycle_v2","sid":13,"msg":{"event_type":"created","market_ticker":"KXBTC15M-26SEP261900-00","open_ts":1790462700,"close_ts":1790463600,"exchange_index":2,"price_level_structure":"tapered_deci_cent","strike_type":"greater_or_equal","floor_strike":68000.12,"additional_metadata":{"event_ticker":"KXBTC15M-26SEP261900","name":"…","title":"…","yes_sub_title":"…","no_sub_title":"TBD","rules_primary":"…","rules_secondary":"","can_close_early":true,"expected_expiration_ts":1790463900}}}',
  ],
  [
    'market_lifecycle_v2',
    '{"type":"market_lifecycle_v2","sid":13,"msg":{"event_type":"determined","market_ticker":"KXBTC15M-26SEP261900-00","result":"yes","settlement_value":"1.0000","determination_ts":1790463606}}',
  ],
  [
    'market_lifecycle_v2',
    '{"type":"market_lifecycle_v2","sid":13,"msg":{"event_type":"settled","market_ticker":"KXBTC15M-26SEP261900-00","settled_ts":1790463612}}',
  ],
  [
    'not_modelled',
    '{"type":"event_lifecycle","sid":13,"msg":{"event_ticker":"KXQUICKSETTLE-26JAN25H2150","exchange_index":0,"title":"…","subtitle":"…","collateral_return_type":"MECNET","series_ticker":"KXQUICKSETTLE"}}',
  ],
  [
    'not_modelled',
    '{"type":"event_fee_update","sid":13,"msg":{"event_ticker":"KXBTCD-26MAY2018","fee_type_override":"quadratic","fee_multiplier_override":1}}',
  ],
  [
    'not_modelled',
    '{"type":"cfbenchmarks_value","sid":1,"seq":42,"msg":{"index_id":"BRTI","received_at":1710000000123,"data":"{\\"type\\":\\"value\\",\\"id\\":\\"BRTI\\",\\"time\\":1710000000123,\\"value\\":\\"68000.12\\"}","avg_60s_data":{"value":"68000.12000000","window_size":3,"window_start_ts_ms":1709999940123,"window_end_ts_exclusive":1710000000123},"last_60s_windowed_average_15min":{"value":"68001.02000000","window_size":12}}}',
  ],
];

test.each(STREAM)('reads a sample as %s: %s', (kind, raw) => {
  expect(parseStream(raw)).toMatchObject({ kind });
});

test.each([
  { raw: '', detail: 'not JSON', type: 'orderbook_delta' },
  { raw: '[]', detail: 'not an object', type: 'orderbook_delta' },
  { raw: '{"sid":1}', detail: 'type is missing', type: 'orderbook_delta' },
  { raw: '{"type":"orderbook_delta","seq":1,"msg":{}}', detail: 'sid: ', type: 'orderbook_delta' },
  {
    raw: '{"type":"orderbook_delta","sid":1,"seq":1,"msg":{"market_ticker":"A","price_dollars":"0.10","delta_fp":1,"side":"yes"}}',
    detail: 'msg.delta_fp: ',
    type: 'orderbook_delta',
  },
  {
    raw: '{"type":"ticker","msg":{"market_ticker":"A","yes_bid_dollars":1}}',
    detail: 'msg.yes_bid_dollars: ',
    type: 'ticker',
  },
  { raw: '{"type":"trade","msg":{"market_ticker":"A"}}', detail: 'msg.trade_id: ', type: 'trade' },
  { raw: '{"type":"market_lifecycle_v2","msg":{}}', detail: 'msg.event_type: ', type: 'market_lifecycle_v2' },
])('names the field that is wrong: $raw', ({ raw, detail, type }) => {
  const read = parseStream(raw, 'orderbook_delta');
  expect(read).toMatchObject({ kind: 'malformed', type });
  expect(read.kind === 'malformed' && read.detail).toContain(detail);
});

test('counts what nobody knows by its name, of which at most 120 characters are kept', () => {
  expect(parseStream('{"type":"tomorrow"}')).toEqual({
    kind: 'unknown',
    name: 'tomorrow',
    detail: "a message of type 'tomorrow'",
  });
  const read = parseStream(JSON.stringify({ type: 'x'.repeat(5_000) }));
  expect(read.kind === 'unknown' && read.name.length).toBe(120);
});
