import type { KalshiVenueOptions } from '../../../local/venue-simulator/kalshi-venue.ts';
import { type ContractClient, type Message, openContracts, signedHeaders } from './contract-client.ts';
import { HOURS, kalshiTrial, QUARTERS, tickersOf } from './kalshi-trial.ts';

export const URL_OF_STREAM = 'wss://external-api-ws.kalshi.com/trade-api/ws/v2';
export const [A = '', B = ''] = tickersOf(HOURS);
export const [RUNNING = ''] = tickersOf(QUARTERS);
export const [NEXT = ''] = tickersOf(QUARTERS, 1);

export const open = (options: Partial<KalshiVenueOptions> = {}) =>
  openContracts(kalshiTrial([], options).venue);

/** A client of its own whose commands are far enough apart. */
export function listen(options: Partial<KalshiVenueOptions> = {}): {
  world: ReturnType<typeof open>;
  client: ContractClient;
} {
  const world = open(options);
  return { world, client: world.connect(URL_OF_STREAM, signedHeaders()) };
}

export const subscribe = (
  id: number,
  channels: readonly string[],
  tickers: readonly string[],
  more: object = {},
) => ({
  id,
  cmd: 'subscribe',
  params: { channels, market_tickers: tickers, ...more },
});
export const update = (id: number, sid: number, action: string, tickers: readonly string[]) => ({
  id,
  cmd: 'update_subscription',
  params: { sid, action, market_tickers: tickers },
});

export const ofType = (messages: readonly Message[], type: string): Message[] =>
  messages.filter((one) => one['type'] === type);
export const bodyOf = ({ msg }: Message): Message => msg as Message;
/** Kinds and numbers: `orderbook_snapshot 1/1`. */
export const outline = (messages: readonly Message[]): string[] =>
  messages.map(({ type, sid, seq }) => `${type}${sid === undefined ? '' : ` ${sid}/${seq ?? '-'}`}`);
/** A book as its messages make it: hundredths of contracts by side and price. */
export function fold(messages: readonly Message[], ticker: string) {
  const book = { yes: new Map<string, number>(), no: new Map<string, number>() };
  const hundredths = (text: unknown): number => Math.round(Number(text) * 100);
  const best = (side: ReadonlyMap<string, number>): number => Math.max(0, ...[...side.keys()].map(Number));
  let crossed = 0;
  for (const { type, msg } of messages) {
    const body = msg as Message;
    if (body?.['market_ticker'] !== ticker) continue;
    if (type === 'orderbook_snapshot')
      for (const name of ['yes', 'no'] as const) {
        const levels = (body[`${name}_dollars_fp`] ?? []) as readonly [string, string][];
        book[name] = new Map(levels.map(([price, size]) => [price, hundredths(size)]));
      }
    if (type !== 'orderbook_delta') continue;
    const side = book[body['side'] as 'yes' | 'no'];
    const price = String(body['price_dollars']);
    const size = (side.get(price) ?? 0) + hundredths(body['delta_fp']);
    if (size < 0) throw new Error(`${price} shrinks below nothing`);
    if (size === 0) side.delete(price);
    else side.set(price, size);
    if (best(book.yes) + best(book.no) > 1.0001) crossed += 1;
  }
  return { ...book, crossed, sum: best(book.yes) + best(book.no) };
}
