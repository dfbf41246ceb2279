import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { frame } from './frames.ts';

/** The venue's own sample messages, and how each is to be counted. */
export interface Sample {
  readonly what: string;
  /** The stream or request that it belongs to. */
  readonly channel: string;
  readonly url?: string;
  readonly raw: string;
  readonly as: string;
}

const stream = (what: string, channel: string, raw: string, as: string): Sample => ({
  what,
  channel,
  raw,
  as,
});
const answer = (what: string, endpoint: string, raw: string, as: string): Sample => ({
  what,
  channel: `rest:${endpoint}`,
  url: `https://data-api.binance.vision/api/v3/${endpoint}?symbol=BTCUSDT&limit=1000`,
  raw,
  as,
});

/** `as`: the name in the counts of messages, or `error`. */
export const SAMPLES: readonly Sample[] = [
  stream('an acknowledgement', 'control', '{"result":null,"id":1}', 'result'),
  stream('a list of subscriptions', 'control', '{"result":["btcusdt@trade"],"id":3}', 'result'),
  stream('a property', 'control', '{"result":true,"id":5}', 'result'),
  stream(
    'an error as documented',
    'control',
    '{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 73","id":1}',
    'error',
  ),
  stream(
    'an error as seen',
    'control',
    '{"error":{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"},"id":1}',
    'error',
  ),
  stream(
    'a restart announced alone',
    'control',
    '{"e":"serverShutdown","E":1770123456789}',
    'serverShutdown',
  ),
  stream(
    'a restart announced on its stream',
    '!serverShutdown',
    '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
    'serverShutdown',
  ),
  stream(
    'a trade',
    'btcusdt@trade',
    '{"e":"trade","E":1790000000125,"s":"BTCUSDT","t":5100000001,"p":"64250.10000000","q":"0.00150000","T":1790000000123,"m":false,"M":true}',
    'trade',
  ),
  stream(
    'an aggregate trade',
    'btcusdt@aggTrade',
    '{"e":"aggTrade","E":1790000000125,"s":"BTCUSDT","a":3400000001,"p":"64250.10","q":"0.004","f":5100000001,"l":5100000003,"T":1790000000123,"m":false,"M":true}',
    'aggTrade',
  ),
  stream(
    'best prices',
    'btcusdt@bookTicker',
    '{"u":400900217,"s":"BTCUSDT","b":"64250.00000000","B":"1.25000000","a":"64250.01000000","A":"0.40000000"}',
    'bookTicker',
  ),
  stream(
    'a book change',
    'btcusdt@depth@100ms',
    '{"e":"depthUpdate","E":1790000000200,"s":"BTCUSDT","U":157,"u":160,"b":[["64250.00","1.25"]],"a":[["64251.00","0"]]}',
    'depth',
  ),
  stream(
    'a partial book',
    'btcusdt@depth5@100ms',
    '{"lastUpdateId":160,"bids":[["64250.00","1.25"]],"asks":[["64250.01","0.40"]]}',
    'partialDepth',
  ),
  stream(
    'a bar',
    'btcusdt@kline_1m',
    '{"e":"kline","E":1790000000500,"s":"BTCUSDT","k":{"t":1789999980000,"T":1790000039999,"s":"BTCUSDT","i":"1m","f":100,"L":200,"o":"64240.00","c":"64250.00","h":"64260.00","l":"64239.50","v":"3.5","n":101,"x":false,"q":"224857.25","V":"1.5","Q":"96370.00","B":"0"}}',
    'kline',
  ),
  stream(
    'a day in short',
    'btcusdt@miniTicker',
    '{"e":"24hrMiniTicker","E":1790000001000,"s":"BTCUSDT","c":"64250.00","o":"63100.00","h":"64800.00","l":"62950.00","v":"18250.4","q":"1167000000.00"}',
    '24hrMiniTicker',
  ),
  stream(
    'an average price',
    'btcusdt@avgPrice',
    '{"e":"avgPrice","E":1790000001000,"s":"BTCUSDT","i":"5m","w":"64231.10","T":1790000000900}',
    'avgPrice',
  ),
  stream(
    'a reference price',
    'btcusdt@referencePrice',
    '{"e":"referencePrice","s":"BTCUSDT","r":"64250.00","t":1790000000917}',
    'referencePrice',
  ),
  answer('a ping', 'ping', '{}', 'rest'),
  answer('the time', 'time', '{"serverTime":1790000000000}', 'rest'),
  answer(
    'a snapshot',
    'depth',
    '{"lastUpdateId":160,"bids":[["64250.00","1.25"]],"asks":[["64250.01","0.40"]]}',
    'snapshot',
  ),
  answer(
    'trades',
    'trades',
    '[{"id":5100000001,"price":"64250.10","qty":"0.0015","quoteQty":"96.375","time":1790000000123,"isBuyerMaker":false,"isBestMatch":true}]',
    'trades',
  ),
  answer(
    'bars',
    'klines',
    '[[1789999980000,"64240.00","64260.00","64239.50","64250.00","3.5",1790000039999,"224857.25",101,"1.5","96370.00","0"]]',
    'klines',
  ),
  answer('an error', 'depth', '{"code":-1121,"msg":"Invalid symbol."}', 'error'),
];

export const sampleFrame = ({ channel, raw, url }: Sample): Frame => frame(channel, raw, 0, url);

/** The same message as a combined connection brings it. */
export const combined = ({ channel, raw }: Sample): Frame =>
  frame(channel, `{"stream":"${channel}","data":${raw}}`);

export const FILTERS = [
  {
    filterType: 'PRICE_FILTER',
    minPrice: '0.01000000',
    maxPrice: '1000000.00000000',
    tickSize: '0.01000000',
  },
  { filterType: 'LOT_SIZE', minQty: '0.00100000', maxQty: '9000.00000000', stepSize: '0.00100000' },
  { filterType: 'ICEBERG_PARTS', limit: 10 },
];

/** One symbol of `exchangeInfo`. */
export const listing = (changes: object = {}) => ({
  symbol: 'OAKUSDT',
  status: 'TRADING',
  baseAsset: 'OAK',
  quoteAsset: 'USDT',
  filters: [...FILTERS, { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true }],
  ...changes,
});
