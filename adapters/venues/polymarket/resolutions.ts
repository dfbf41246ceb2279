import * as z from 'zod';
import { asPrice, ONE, type Price } from '../../../core/amounts.ts';
import type { EpochMs } from '../../../core/time.ts';
import { checked, listOf, short, Unreadable } from '../json-fields.ts';
import { unitsOf } from './amounts.ts';
import { conditionOf, isTokenId } from './ids.ts';
import { timeOfText } from './times.ts';

/** What every outcome of a decided market pays, in the order of the outcomes. */
export interface Resolution {
  readonly condition: string;
  readonly payouts: readonly Price[];
  readonly resolvedAt: EpochMs | null;
}

/** What one token of a decided market pays. */
export interface TokenPayout {
  readonly token: string;
  readonly payout: Price;
}

/** `payouts` are in millionths of a dollar per share. Some rows of the oracle's own states have none. */
const wireResolution = z.object({
  condition_id: z.string(),
  status: z.string(),
  payouts: z.nullish(listOf(z.number())),
  resolved_at: z.string().nullish(),
});

/** One row of the list of resolutions; null while the market is not decided, a text names the field that cannot be read. */
export function toResolution(row: unknown): Resolution | null | string {
  const wire = checked(wireResolution, row);
  if (wire instanceof Unreadable) return wire.detail;
  const { status, payouts, resolved_at: resolvedAt } = wire;
  const condition = conditionOf(wire.condition_id);
  if (condition === null) return `condition_id: no condition id, '${short(wire.condition_id)}'`;
  if (status !== 'resolved' || !payouts?.length) return null;
  const units = payouts.map((millionths) =>
    Number.isSafeInteger(millionths) ? BigInt(millionths) * 100n : -1n,
  );
  return areWhole(units)
    ? { condition, payouts: units.map(asPrice), resolvedAt: timeOfText(resolvedAt) }
    : `payouts: not a dollar together, '${short(payouts.join(' '))}'`;
}

const wireToken = z.object({
  token_id: z.string(),
  resolved: z.boolean(),
  final_price: z.union([z.string(), z.number()]).nullish(),
});

/** One row of the list of tokens, as {@link toResolution}. It names the token itself, whatever the order of the outcomes. */
export function toTokenPayout(row: unknown): TokenPayout | null | string {
  const wire = checked(wireToken, row);
  if (wire instanceof Unreadable) return wire.detail;
  const { token_id: token, resolved, final_price: price } = wire;
  if (!isTokenId(token)) return `token_id: no token id, '${short(token)}'`;
  if (!resolved || price === null || price === undefined) return null;
  const units = unitsOf(price);
  return units !== undefined && units >= 0n && units <= ONE
    ? { token, payout: asPrice(units) }
    : `final_price: not between 0 and 1, '${short(String(price))}'`;
}

/** All outcomes together pay one dollar. */
const areWhole = (units: readonly bigint[]): boolean =>
  units.every((one) => one >= 0n) && units.reduce((sum, one) => sum + one, 0n) === ONE;
