import { ONE, parseUnits } from '../../../core/amounts.ts';
import { short } from '../json-fields.ts';

/** What one YES contract pays: the value, else 1 or 0 by the result. Null: not decided. A text: not to be believed. */
export function toPayout(
  value: string | null | undefined,
  result: string | null | undefined,
): bigint | string | null {
  const byResult = result === 'yes' ? ONE : result === 'no' ? 0n : null;
  if (!value)
    return byResult ?? (result === 'scalar' ? 'settlement_value: missing beside a scalar result' : null);
  const units = parseUnits(value);
  if (units === undefined || units < 0n || units > ONE)
    return `settlement_value: not between 0 and 1 dollar, '${short(value)}'`;
  if (!result) return null;
  if (byResult !== null && units !== byResult)
    return `settlement_value: '${value}' contradicts the result '${result}'`;
  return units;
}
