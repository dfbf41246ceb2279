import { parseUnits } from '../../../core/amounts.ts';
import { textOf } from '../json-fields.ts';

/** JSON numbers have the fewest digits that name them, so that their text is what the venue wrote; null for anything else. */
export function decimalOf(value: unknown): string | null {
  const written = typeof value === 'number' ? String(value) : textOf(value);
  return written !== undefined && parseUnits(written) !== undefined ? written : null;
}
