import type { Query } from './item-store.ts';

/** Order of sort keys: by UTF-8 bytes, which JavaScript's own comparison (by UTF-16 units) is not for all of Unicode. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The first text after every text that begins with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === LAST_CODE_POINT) continue;
    return String.fromCodePoint(...points, last === BEFORE_SURROGATES ? AFTER_SURROGATES : last + 1);
  }
  return undefined;
}

/** Whether a sort key lies within what a query asks for, pages included. */
export function isWithin(query: Query, sk: string): boolean {
  if (query.prefix !== undefined && !sk.startsWith(query.prefix)) return false;
  if (query.from !== undefined && compareText(sk, query.from) < 0) return false;
  if (query.to !== undefined && compareText(sk, query.to) > 0) return false;
  if (query.after === undefined) return true;
  const order = compareText(sk, query.after);
  return query.descending === true ? order < 0 : order > 0;
}

const LAST_CODE_POINT = 0x10ffff;
// Surrogates are no characters; UTF-8 has none between these two.
const BEFORE_SURROGATES = 0xd7ff;
const AFTER_SURROGATES = 0xe000;
