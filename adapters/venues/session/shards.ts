import { invariant } from '../../../core/invariant.ts';

/** The symbols of one connection. Its number stays while it has any. */
export interface Shard {
  readonly n: number;
  readonly symbols: readonly string[];
}

/**
 * Spreads symbols over connections. A symbol stays where it is as long as it is wanted; a new one joins the fullest
 * connection with room, so that those which empty may end, and only then opens another.
 */
export function spread(
  before: readonly Shard[],
  wanted: Iterable<string>,
  perShard: number,
): readonly Shard[] {
  invariant(perShard >= 1, `a connection carries at least one symbol, not ${perShard}`);
  const missing = new Set(wanted);
  const shards = before.map(({ n, symbols }) => ({
    n,
    symbols: symbols.filter((symbol) => missing.delete(symbol)).slice(),
  }));
  for (const { symbols } of shards) for (const symbol of symbols.splice(perShard)) missing.add(symbol);
  for (const symbol of missing) roomIn(shards, perShard).push(symbol);
  return shards.filter(({ symbols }) => symbols.length > 0).sort((a, b) => a.n - b.n);
}

function roomIn(shards: { n: number; symbols: string[] }[], perShard: number): string[] {
  const open = shards.filter(({ symbols }) => symbols.length > 0 && symbols.length < perShard);
  const fullest = open.reduce<(typeof open)[number] | undefined>(
    (best, one) => (best === undefined || one.symbols.length > best.symbols.length ? one : best),
    undefined,
  );
  if (fullest !== undefined) return fullest.symbols;
  const taken = new Set(shards.filter(({ symbols }) => symbols.length > 0).map(({ n }) => n));
  let n = 0;
  while (taken.has(n)) n += 1;
  const fresh: string[] = [];
  shards.push({ n, symbols: fresh });
  return fresh;
}
