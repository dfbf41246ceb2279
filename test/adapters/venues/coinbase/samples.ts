/** Messages as the venue's documentation shows them. */
export const ADVANCED = {
  subscriptions:
    '{"channel":"subscriptions","client_id":"","timestamp":"2026-09-21T14:13:20.123456Z","sequence_num":0,"events":[{"subscriptions":{"level2":["BTC-USD"],"heartbeats":["heartbeats"]}}]}',
  error: '{"type":"error","message":"authentication failure"}',
  heartbeats:
    '{"channel":"heartbeats","timestamp":"2026-09-21T14:13:21.000000Z","sequence_num":7,"events":[{"current_time":"2026-09-21 14:13:21.000713045 +0000 UTC m=+66987.62","heartbeat_counter":66987}]}',
  l2_data:
    '{"channel":"l2_data","timestamp":"2026-09-21T14:13:22.456789Z","sequence_num":9,"events":[{"type":"update","product_id":"BTC-USD","updates":[\n {"side":"bid","event_time":"2026-09-21T14:13:22.450000Z","price_level":"64250.00","new_quantity":"1.25000000"},\n {"side":"offer","event_time":"2026-09-21T14:13:22.450000Z","price_level":"64251.00","new_quantity":"0.00000000"}]}]}',
  market_trades:
    '{"channel":"market_trades","timestamp":"2026-09-21T14:13:23.000000Z","sequence_num":11,"events":[{"type":"update","trades":[\n {"trade_id":"995098701","product_id":"BTC-USD","price":"64250.00","size":"0.05000000","side":"SELL","time":"2026-09-21T14:13:22.900000Z"},\n {"trade_id":"995098700","product_id":"BTC-USD","price":"64250.10","size":"0.00150000","side":"BUY","time":"2026-09-21T14:13:22.789012Z"}]}]}',
  ticker:
    '{"channel":"ticker","timestamp":"2026-09-21T14:13:24.000000Z","sequence_num":14,"events":[{"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"64250.10","volume_24_h":"15328.12","low_24_h":"62950.00","high_24_h":"64800.00","low_52_w":"25000.00","high_52_w":"73800.00","price_percent_chg_24_h":"1.85","best_bid":"64250.00","best_bid_quantity":"1.25","best_ask":"64250.01","best_ask_quantity":"0.40"}]}]}',
  candles:
    '{"channel":"candles","timestamp":"2026-09-21T14:13:25.000000Z","sequence_num":16,"events":[{"type":"update","candles":[{"start":"1789999800","open":"64200.00","high":"64260.00","low":"64190.00","close":"64250.00","volume":"42.15","product_id":"BTC-USD"}]}]}',
  status:
    '{"channel":"status","timestamp":"2026-09-21T14:13:26.000000Z","sequence_num":18,"events":[{"type":"snapshot","products":[{"product_type":"SPOT","id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","base_increment":"0.00000001","quote_increment":"0.01","display_name":"BTC/USD","status":"online","status_message":"","min_market_funds":"1"}]}]}',
} as const;

export const EXCHANGE = {
  subscriptions: '{"type":"subscriptions","channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]}',
  error: '{"type":"error","message":"Failed to subscribe","reason":"..."}',
  heartbeat:
    '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2026-09-21T14:13:21.000000Z"}',
  snapshot:
    '{"type":"snapshot","product_id":"BTC-USD","bids":[["64250.00","1.25"]],"asks":[["64250.01","0.40"]]}',
  l2update:
    '{"type":"l2update","product_id":"BTC-USD","time":"2026-09-21T14:13:22.450000Z","changes":[["buy","64249.00","0.16"],["sell","64251.00","0"]]}',
  match:
    '{"type":"match","trade_id":995098700,"sequence":50,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","time":"2026-09-21T14:13:22.789012Z","product_id":"BTC-USD","size":"0.0015","price":"64250.10","side":"sell"}',
  ticker:
    '{"type":"ticker","sequence":51,"product_id":"BTC-USD","price":"64250.10","open_24h":"63100.00","volume_24h":"15328.12","low_24h":"62950.00","high_24h":"64800.00","volume_30d":"450000.1","best_bid":"64250.00","best_bid_size":"1.25","best_ask":"64250.01","best_ask_size":"0.40","side":"buy","time":"2026-09-21T14:13:22.789012Z","trade_id":995098700,"last_size":"0.0015"}',
} as const;

/** One product of Advanced Trade's list, with the fields that are read and some that are not. */
export const ADVANCED_PRODUCT = {
  product_id: 'BTC-USD',
  price: '64250.10',
  volume_24h: '15328.12',
  base_increment: '0.00000001',
  quote_increment: '0.01',
  quote_min_size: '1',
  quote_max_size: '150000000',
  base_min_size: '0.00000001',
  base_max_size: '3400',
  base_name: 'Bitcoin',
  quote_name: 'US Dollar',
  is_disabled: false,
  status: 'online',
  cancel_only: false,
  limit_only: false,
  post_only: false,
  trading_disabled: false,
  auction_mode: false,
  product_type: 'SPOT',
  quote_currency_id: 'USD',
  base_currency_id: 'BTC',
  alias: '',
  alias_to: ['BTC-USDC'],
  view_only: false,
  price_increment: '0.01',
  display_name: 'BTC-USD',
  approximate_quote_24h_volume: '186637571.25',
  best_bid_price: '',
  best_ask_price: '',
};

/** One product of Exchange's list. */
export const EXCHANGE_PRODUCT = {
  id: 'BTC-USD',
  base_currency: 'BTC',
  quote_currency: 'USD',
  quote_increment: '0.01',
  base_increment: '0.00000001',
  display_name: 'BTC-USD',
  min_market_funds: '1',
  post_only: false,
  limit_only: false,
  cancel_only: false,
  auction_mode: false,
  trading_disabled: false,
  status: 'online',
  status_message: '',
};
