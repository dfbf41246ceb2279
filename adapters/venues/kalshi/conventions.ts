/**
 * What the reader and the client have to agree on. The venue announced that the default of `use_yes_price` will change, so
 * it is always sent: false means that the no side is told in no prices.
 */
export const USES_YES_PRICE = false;

/** How often order books are asked for where there is no stream. */
export const POLL_EVERY_MS = 4_000;
