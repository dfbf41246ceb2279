import { checked, NOT_JSON, parseJson, Unreadable } from '../json-fields.ts';
import type { Discovery } from '../session/protocol.ts';
import type { RestAnswer } from '../session/transport.ts';
import { RULES_EVERY_MS } from './limits.ts';
import { rulesRequests } from './requests.ts';
import { errorText, exchangeInfo, isRecord, type WireExchangeInfo } from './schema.ts';

/**
 * Which symbols the venue lists, by their rules. It acknowledges the stream of a symbol that does not exist and then keeps
 * silent, so they must be known before; a question that names one such symbol is refused as a whole.
 */
export function discoveryAt(host: string, batch?: number): Discovery {
  /** Those that have traded: a pause is no reason to leave their streams. */
  const traded = new Set<string>();
  return {
    requests: (symbols) => rulesRequests(symbols, host, batch),
    listed(answer, symbols) {
      const info = infoOf(answer);
      if (info instanceof Error) return info;
      const statuses = new Map(info.symbols.map(({ symbol, status }) => [symbol, status]));
      for (const symbol of symbols)
        if (statuses.has(symbol) && statuses.get(symbol) !== OVER) traded.add(symbol);
      return new Set(symbols.filter((symbol) => statuses.has(symbol) && traded.has(symbol)));
    },
    names(answer) {
      const info = infoOf(answer);
      return info instanceof Error ? [] : info.symbols.map(({ symbol }) => symbol);
    },
    everyMs: RULES_EVERY_MS,
  };
}

/** Said of symbols that are delisted, and of all while the exchange is being worked on: their streams are silent. */
const OVER = 'BREAK';

function infoOf({ status, body }: RestAnswer): WireExchangeInfo | Error {
  const value = parseJson(body);
  if (status !== 200)
    return new Error(`exchangeInfo answered ${status}: ${errorText(isRecord(value) ? value : body)}`);
  const info = value === undefined ? NOT_JSON : checked(exchangeInfo, value);
  return info instanceof Unreadable ? new Error(`exchangeInfo ${info.detail}`) : info;
}
