/** The two tokens of one market, and its condition id. */
export const Y = '71321045679252212594626385532706912750332728571942532289631379312455583992563';
export const N = '52114319501245915516055106046884209969926127482827954674443846427813813222426';
export const MARKET = '0xbd31dc8a20211944f6b70f31557f1001557b59905b7738480ca09bd4532f84af';

export const BOOK = {
  event_type: 'book',
  market: MARKET,
  asset_id: Y,
  timestamp: '1757908892351',
  hash: '0xabc123',
  bids: [
    { price: '0.48', size: '30' },
    { price: '0.49', size: '20' },
    { price: '0.50', size: '15' },
  ],
  asks: [
    { price: '0.54', size: '10' },
    { price: '0.53', size: '60' },
    { price: '0.52', size: '25' },
  ],
};

export const PRICE_CHANGE = {
  event_type: 'price_change',
  market: MARKET,
  timestamp: '1757908892351',
  price_changes: [
    {
      asset_id: Y,
      price: '0.5',
      size: '200',
      side: 'BUY',
      hash: '56621a121a47ed9333273e21c83b660cff37ae50',
      best_bid: '0.5',
      best_ask: '1',
    },
    {
      asset_id: N,
      price: '0.5',
      size: '200',
      side: 'SELL',
      hash: '1895759e4df7a796bf4f1c5a5950b748306923e2',
      best_bid: '0',
      best_ask: '0.5',
    },
  ],
};

export const LAST_TRADE_PRICE = {
  event_type: 'last_trade_price',
  market: MARKET,
  asset_id: Y,
  price: '0.456',
  size: '219.217767',
  side: 'BUY',
  fee_rate_bps: '0',
  timestamp: '1750428146322',
  transaction_hash: '0xeeefffc35e5d1a1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d',
};

export const TICK_SIZE_CHANGE = {
  event_type: 'tick_size_change',
  market: MARKET,
  asset_id: Y,
  old_tick_size: '0.01',
  new_tick_size: '0.001',
  timestamp: '1782753357257',
};

export const BEST_BID_ASK = {
  event_type: 'best_bid_ask',
  market: MARKET,
  asset_id: Y,
  best_bid: '0.73',
  best_ask: '0.77',
  spread: '0.04',
  timestamp: '1766789469958',
};

export const MARKET_RESOLVED = {
  event_type: 'market_resolved',
  id: '1031769',
  market: MARKET,
  assets_ids: [Y, N],
  winning_asset_id: Y,
  winning_outcome: 'Yes',
  timestamp: '1766790415550',
  tags: ['stocks'],
};

export const NEW_MARKET = {
  event_type: 'new_market',
  id: '1031769',
  question: 'Will NVIDIA (NVDA) close above $240 end of January?',
  market: MARKET,
  slug: 'nvda-above-240-on-january-30-2026',
  assets_ids: [Y, N],
  outcomes: ['Yes', 'No'],
  condition_id: MARKET,
  clob_token_ids: [Y, N],
  active: true,
  order_price_min_tick_size: '0.01',
  sports_market_type: '',
  line: '',
  game_start_time: '',
  group_item_title: 'NVDA above $240',
  tags: ['stocks'],
  event_message: { id: '125819', slug: 'nvda-above-in-january-2026' },
  timestamp: '1766790415550',
};

/** A market of the catalogue, put together from two dated observations. */
export const GAMMA_MARKET = {
  id: '1557558',
  slug: 'btc-updown-5m-1773307200',
  version: 'v1',
  conditionId: MARKET,
  question: 'Bitcoin Up or Down - March 12, 5:20AM-5:25AM ET',
  outcomes: '["Up", "Down"]',
  outcomePrices: '["0.505", "0.495"]',
  clobTokenIds: `["${Y}", "${N}"]`,
  positionIds: null,
  eventStartTime: '2026-03-12T09:20:00Z',
  endDate: '2026-03-12T09:25:00Z',
  active: true,
  closed: false,
  acceptingOrders: true,
  enableOrderBook: true,
  negRisk: false,
  orderPriceMinTickSize: 0.01,
  orderMinSize: 5,
  feesEnabled: true,
  feeType: 'crypto_fees_v2',
  feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
  secondsDelay: 0,
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  cryptoMarketConfig: { id: 'btc-5m-twap-60', twapEnabled: true, twapLookbackSeconds: 60 },
};

/** A book whose hash is known, and the same with one size changed. */
export const HASHED_BOOK = {
  market: '0x1',
  asset_id: '1',
  timestamp: '1784578733584',
  bids: [
    { price: '0.49', size: '20' },
    { price: '0.5', size: '15' },
  ],
  asks: [
    { price: '0.53', size: '60' },
    { price: '0.52', size: '25' },
  ],
  min_order_size: '5',
  tick_size: '0.01',
  neg_risk: false,
  last_trade_price: '0.5',
};
export const HASH = '62f7c7992514274edfd01a3d4e578b8932d1c26e';
export const HASH_OF_16 = 'f0d1b7c7d206ae2ed2e675092d9b66fa554fa346';
