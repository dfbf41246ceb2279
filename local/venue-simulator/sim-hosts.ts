/** Hosts by which the venues' own clients find them, so that a simulated network can lead them to a simulated venue. */
export const BINANCE_HOSTS = [
  'data-stream.binance.vision',
  'data-api.binance.vision',
  'stream.binance.com',
  'stream.binance.com:9443',
  'api.binance.com',
  'stream.testnet.binance.vision',
  'testnet.binance.vision',
  'demo-stream.binance.com',
  'demo-api.binance.com',
] as const;

export const MEXC_HOSTS = ['wbs-api.mexc.com', 'api.mexc.com'] as const;

export const COINBASE_ADVANCED_HOSTS = ['advanced-trade-ws.coinbase.com', 'api.coinbase.com'] as const;

export const COINBASE_EXCHANGE_HOSTS = [
  'ws-feed.exchange.coinbase.com',
  'api.exchange.coinbase.com',
  'ws-feed-public.sandbox.exchange.coinbase.com',
  'api-public.sandbox.exchange.coinbase.com',
] as const;
