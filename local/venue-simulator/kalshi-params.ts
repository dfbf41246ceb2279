/** What a command of the stream says, field by field. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** One market or several: the venue takes both names. */
export function tickersIn({ market_ticker: one, market_tickers: some }: Fields): readonly string[] {
  return typeof one === 'string' ? [one] : textsIn(some);
}

/** Likewise of subscriptions. */
export function sidsIn({ sid, sids }: Fields): readonly number[] {
  const all = [...(Array.isArray(sids) ? sids : []), ...(sid === undefined ? [] : [sid])];
  return all.filter((one) => typeof one === 'number');
}
