/** MEXC's messages as its documents show them: JSON forms, binary frames of invented data, and answers. */

export const TRADES_JSON =
  '{"channel":"spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT","symbol":"BTCUSDT","sendTime":"1790000000123","publicAggreDeals":{"deals":[{"price":"64250.10","quantity":"0.00150000","tradeType":1,"time":"1790000000101","tradeId":"9000000001"}],"eventType":"spot@public.aggre.deals.v3.api.pb@100ms"}}';
export const DEPTH_JSON =
  '{"channel":"spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT","symbol":"BTCUSDT","sendTime":"1790000000223","publicAggreDepths":{"asks":[{"price":"64251.00","quantity":"0"}],"bids":[{"price":"64250.00","quantity":"1.25"}],"eventType":"spot@public.aggre.depth.v3.api.pb@100ms","fromVersion":"43296363236","toVersion":"43296363255"}}';
export const PICTURE_JSON =
  '{"channel":"spot@public.limit.depth.v3.api.pb@BTCUSDT@5","symbol":"BTCUSDT","sendTime":"1790000000300","publicLimitDepths":{"asks":[{"price":"64250.01","quantity":"0.4"}],"bids":[{"price":"64250.00","quantity":"1.25"}],"eventType":"spot@public.limit.depth.v3.api.pb","version":"43296363255"}}';
export const TOUCH_JSON =
  '{"channel":"spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT","symbol":"BTCUSDT","sendTime":"1790000000323","publicAggreBookTicker":{"bidPrice":"64250.00","bidQuantity":"1.25","askPrice":"64250.01","askQuantity":"0.4","version":"43296363255","lastOrderCreateTime":"1790000000320"}}';
export const KLINE_JSON =
  '{"channel":"spot@public.kline.v3.api.pb@BTCUSDT@Min1","symbol":"BTCUSDT","createTime":"1790000000423","publicSpotKline":{"interval":"Min1","windowStart":"1789999980","openingPrice":"64240.00","closingPrice":"64250.00","highestPrice":"64260.00","lowestPrice":"64239.50","volume":"3.5","amount":"224857.25","windowEnd":"1790000040"}}';
export const MINI_TICKER_JSON =
  '{"channel":"spot@public.miniTicker.v3.api.pb@MXUSDT@24H","symbol":"MXUSDT","sendTime":"1790000000500","publicMiniTicker":{"symbol":"MXUSDT","price":"2.5174","rate":"0.0766","zonedRate":"0.0766","high":"2.6299","low":"2.302","volume":"11336518.02","quantity":"4638390.17","lastCloseRate":"0.0767","lastCloseZonedRate":"0.0767","lastCloseHigh":"2.6299","lastCloseLow":"2.302"}}';

/** Two deals, the second without an id. */
export const TRADES_FRAME =
  'Ci9zcG90QHB1YmxpYy5hZ2dyZS5kZWFscy52My5hcGkucGJAMTAwbXNAQlRDVVNEVBoHQlRDVVNEVDD72MGijDTSE3EKKwoINjQyNTAuMTASCjAuMDAxNTAwMDAYASDl2MGijDQqCjkwMDAwMDAwMDEKGQoINjQyNTAuMDASBDAuMDIYAiDp2MGijDQSJ3Nwb3RAcHVibGljLmFnZ3JlLmRlYWxzLnYzLmFwaS5wYkAxMDBtcw==';
/** Its body stands before the symbol: the order of fields is not guaranteed. */
export const DEPTH_FRAME =
  'Ci9zcG90QHB1YmxpYy5hZ2dyZS5kZXB0aC52My5hcGkucGJAMTAwbXNAQlRDVVNEVMoTZAoNCgg2NDI1MS4wMBIBMBIQCgg2NDI1MC4wMBIEMS4yNRonc3BvdEBwdWJsaWMuYWdncmUuZGVwdGgudjMuYXBpLnBiQDEwMG1zIgs0MzI5NjM2MzIzNioLNDMyOTYzNjMyNTUaB0JUQ1VTRFQw39nBoow0';
export const TOUCH_FRAME =
  'CjRzcG90QHB1YmxpYy5hZ2dyZS5ib29rVGlja2VyLnYzLmFwaS5wYkAxMDBtc0BCVENVU0RUGgdCVENVU0RUMMPawaKMNNoTMwoINjQyNTAuMDASBDEuMjUaCDY0MjUwLjAxIgMwLjQqCzQzMjk2MzYzMjU1MMDawaKMNA==';
export const KLINE_FRAME =
  'CihzcG90QHB1YmxpYy5rbGluZS52My5hcGkucGJAQlRDVVNEVEBNaW4xGgdCVENVU0RUKKfbwaKMNKITSgoETWluMRDs9sTVBhoINjQyNDAuMDAiCDY0MjUwLjAwKgg2NDI2MC4wMDIINjQyMzkuNTA6AzMuNUIJMjI0ODU3LjI1SKj3xNUG';
/** Channel `x`, an unknown field 99, an unknown body 316. */
export const UNKNOWN_FRAME = 'CgF4mAYH4hMCCAEaB0JUQ1VTRFQ=';

export const ACK_GOOD = '{"id":1,"code":0,"msg":"spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT"}';
export const ACK_REFUSED =
  '{"id":1,"code":0,"msg":"Not Subscribed successfully! [spot@public.deals.v3.api@BTCUSDT].  Reason： Blocked! "}';
export const PONG = '{"id":0,"code":0,"msg":"PONG"}';
export const ERROR = '{"code":10007,"msg":"bad symbol"}';

export const SYMBOL_RULES = {
  symbol: 'BTCUSDT',
  status: '1',
  baseAsset: 'BTC',
  baseAssetPrecision: 8,
  quoteAsset: 'USDT',
  quotePrecision: 2,
  quoteAssetPrecision: 2,
  baseSizePrecision: '0.000001',
  quoteAmountPrecision: '1',
  maxQuoteAmount: '4000000',
  isSpotTradingAllowed: true,
  permissions: ['SPOT'],
  filters: [{ filterType: 'PERCENT_PRICE_BY_SIDE' }],
  makerCommission: '0',
  takerCommission: '0.0005',
  tradeSideType: 1,
  st: false,
};
