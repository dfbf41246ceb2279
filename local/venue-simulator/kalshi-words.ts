import { json, type SimAnswer } from './sim-dialect.ts';

const WORDS: ReadonlyMap<number, string> = new Map([
  [2, 'Params required'],
  [3, 'Channels required'],
  [4, 'Subscription IDs required'],
  [5, 'Unknown command'],
  [7, 'Unknown subscription ID'],
  [8, 'Unknown channel name'],
  [12, 'Exactly one subscription ID is required'],
  [13, 'Unsupported action'],
  [14, 'Market ticker required'],
  [15, 'Action required'],
  [16, 'Market not found'],
  [25, 'Subscription buffer overflow'],
  [26, 'Too many markets'],
  [27, 'Too many commands'],
]);

/** An error of the stream: for a command, and for one market of several, where it is about one. */
export function errorText(code: number, id?: unknown, ticker?: string): string {
  const msg = {
    code,
    msg: WORDS.get(code) ?? 'Error',
    ...(ticker !== undefined && { market_ticker: ticker }),
  };
  return JSON.stringify({ ...(id !== undefined && { id }), type: 'error', msg });
}

/** An answer by REST that says no. */
export const refusal = (status: number, code: string, message: string): SimAnswer =>
  json(JSON.stringify({ error: { code, message } }), status);

export const notFound = (): SimAnswer => refusal(404, 'not_found', 'not found');
