import { expect, test } from 'vitest';
import { parseRest } from '../../../../adapters/venues/kalshi/rest.ts';

/** Answers as the venue's documentation and recordings show them. */
const REST: readonly (readonly [kind: string, channel: string, raw: string])[] = [
  [
    'orderbooks',
    'rest:orderbook:KXBTC15M-26SEP261900-00',
    '{"orderbook_fp":{"yes_dollars":[["0.7100","40.00"],["0.7200","1106.50"]],"no_dollars":[["0.2600","512.00"],["0.2700","88.25"]]}}',
  ],
  [
    'orderbooks',
    'rest:orderbook:KXBTC15M-26SEP261900-00',
    '{"orderbook":{"yes":null,"no":null,"yes_dollars":null,"no_dollars":null}}',
  ],
  [
    'trades',
    'rest:trades:KXBTC15M-26SEP261900-00',
    '{"trades":[{"trade_id":"0723…","ticker":"KXBTC15M-26SEP261900-00","yes_price_dollars":"0.7700","no_price_dollars":"0.2300","count_fp":"8.94","taker_outcome_side":"yes","taker_book_side":"bid","is_block_trade":false,"created_time":"2026-09-26T22:52:42.728645Z"}],"cursor":"…"}',
  ],
  [
    'markets',
    'rest:market',
    '{"market":{"ticker":"KXBTC15M-26SEP261900-00","event_ticker":"KXBTC15M-26SEP261900","market_type":"binary","status":"active","yes_sub_title":"Target price","no_sub_title":"TBD","open_time":"2026-09-26T22:45:00Z","close_time":"2026-09-26T23:00:00Z","expected_expiration_time":"2026-09-26T23:05:00Z","latest_expiration_time":"2026-10-03T23:00:00Z","settlement_timer_seconds":1,"yes_bid_dollars":"0.7600","yes_ask_dollars":"0.7700","no_bid_dollars":"0.2300","no_ask_dollars":"0.2400","yes_bid_size_fp":"120.00","yes_ask_size_fp":"8.94","last_price_dollars":"0.7700","volume_fp":"15233.10","volume_24h_fp":"15233.10","open_interest_fp":"9011.40","notional_value_dollars":"1.0000","result":"","can_close_early":true,"strike_type":"greater_or_equal","floor_strike":68000.12,"price_level_structure":"tapered_deci_cent","price_ranges":[{"start":"0.0000","end":"0.1000","step":"0.0010"},{"start":"0.1000","end":"0.9000","step":"0.0100"},{"start":"0.9000","end":"1.0000","step":"0.0010"}],"exchange_index":2,"rules_primary":"…","rules_secondary":"…"}}',
  ],
  ['not_modelled', 'rest:exchange_status', '{"exchange_active":true,"trading_active":true}'],
  ['not_modelled', 'rest:exchange_schedule', '{"schedule":{"maintenance_windows":[],"standard_hours":[]}}'],
  ['not_modelled', 'rest:series_fee_changes', '{"series_fee_change_arr":[]}'],
  ['not_modelled', 'rest:candlesticks', '{"ticker":"KXELONMARS-99","candlesticks":[]}'],
  ['not_modelled', 'rest:candlesticks', '{"markets":[{"market_ticker":"KXELONMARS-99","candlesticks":[]}]}'],
  ['venue_error', 'rest:markets', '{"error":"too many requests"}'],
  ['venue_error', 'rest:markets', '{"error":{"code":"too_many_requests","message":"too many requests"}}'],
];

test.each(REST)('reads an answer as %s on %s: %s', (kind, channel, raw) => {
  expect(parseRest({ channel, raw })).toMatchObject({ kind });
});

test.each([
  { channel: 'rest:orderbooks', raw: '{"orderbooks":{}}', detail: 'orderbooks: must be a list' },
  {
    channel: 'rest:orderbooks',
    raw: '{"orderbooks":[{"orderbook_fp":{}}]}',
    detail: 'orderbooks.0.ticker: must be a text',
  },
  {
    channel: 'rest:orderbooks',
    raw: '{"orderbooks":[{"ticker":"A","orderbook_fp":{"yes_dollars":[[1,"2"]]}}]}',
    detail: 'orderbooks.0.orderbook_fp.yes_dollars.0.0: ',
  },
  { channel: 'rest:trades:A', raw: '{"trades":[{"ticker":"A"}]}', detail: 'trades.0.trade_id: ' },
  { channel: 'rest:markets', raw: '<html>', detail: 'not JSON' },
  { channel: 'rest:markets', raw: '7', detail: 'not an object' },
])('names the field that is wrong: $raw', ({ channel, raw, detail }) => {
  const read = parseRest({ channel, raw });
  expect(read.kind === 'malformed' && read.detail).toContain(`${channel} ${detail}`);
});

test('finds the market of a single order book in the request', () => {
  const url = 'https://host/trade-api/v2/markets/KXBTC15M-26SEP261900-00/orderbook?depth=0';
  const raw = '{"orderbook":{"yes_dollars":[["0.06",100]],"no_dollars":null}}';
  expect(parseRest({ channel: 'rest:orderbook', raw, url })).toEqual({
    kind: 'orderbooks',
    name: 'orderbook',
    books: [{ symbol: 'KXBTC15M-26SEP261900-00', yes: [['0.06', '100']], no: [] }],
  });
});

test('tells an answer about everything from one about some markets', () => {
  const raw = '{"markets":[{"ticker":"A"}],"cursor":""}';
  const isWhole = (url?: string) => {
    const read = parseRest({ channel: 'rest:markets', raw, ...(url !== undefined && { url }) });
    return read.kind === 'markets' && read.isWhole;
  };
  expect(isWhole()).toBe(true);
  expect(isWhole('https://host/markets?limit=1000&status=open')).toBe(true);
  expect(isWhole('https://host/markets?limit=1000&tickers=A')).toBe(false);
  expect(isWhole('https://host/markets?series_ticker=KXBTC15M')).toBe(false);
});

test('takes a book whose request was not kept for one of no market', () => {
  expect(
    parseRest({ channel: 'rest:orderbook', raw: '{"orderbook_fp":{"yes_dollars":[],"no_dollars":[]}}' }),
  ).toEqual({
    kind: 'nameless_book',
    name: 'orderbook',
    detail: 'rest:orderbook: of which market is not known',
  });
});
