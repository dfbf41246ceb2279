const DECIMAL = /^\d{1,78}$/;
const CONDITION = /^0x(?:[0-9a-f]{62}|[0-9a-f]{64})$/;

/** Whether a text can be an outcome token: a whole number of 256 bits in decimal digits, never read as a number. */
export const isTokenId = (text: string): boolean => DECIMAL.test(text);

/**
 * A market's condition id in the one form that joins all messages, null when it is none. Ids of protocol V2 have 31 bytes in
 * the catalogue and 32 on the stream, filled up at the right.
 */
export function conditionOf(text: unknown): string | null {
  const plain = typeof text === 'string' ? text.toLowerCase() : '';
  return CONDITION.test(plain) ? plain.padEnd(66, '0') : null;
}
