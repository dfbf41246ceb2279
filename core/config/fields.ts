import * as z from 'zod/mini';
import type { Rate } from '../amounts.ts';
import { parseUnits, rateFromBps } from '../amounts.ts';

/** Kinds of fields of a configuration: each says what it must be, with an example, when it is not. */
export const text = (what: string, example: string) =>
  z
    .string({ error: `must be ${what}, e.g. ${example}` })
    .check(z.minLength(1, `must be ${what}, e.g. ${example}`));

export const amount = <T extends bigint>(what: string, example: string, allowsZero = false) =>
  z.pipe(
    z.union([z.string(), z.number()], { error: `must be ${what}, e.g. ${example}` }),
    z.transform((value, context): T => {
      const units = parseUnits(String(value));
      if (units === undefined || units < 0n || (units === 0n && !allowsZero)) {
        const got = JSON.stringify(value);
        context.issues.push({
          code: 'custom',
          input: value,
          message: `must be ${what} with at most 8 decimals, e.g. ${example} (got ${got})`,
        });
        return z.NEVER;
      }
      return units as T;
    }),
  );

export const bps = (what: string, example: string) =>
  z.pipe(
    z.union([z.string(), z.number()], { error: `must be ${what} in basis points, e.g. ${example}` }),
    z.transform((value, context): Rate => {
      const units = parseUnits(String(value));
      if (units === undefined || units < 0n || units > 1_000_000_000_000n || units % 10_000n !== 0n) {
        context.issues.push({
          code: 'custom',
          input: value,
          message: `must be ${what} in basis points (0 to 10000, at most 4 decimals), e.g. ${example}`,
        });
        return z.NEVER;
      }
      return rateFromBps(String(value));
    }),
  );

export const whole = (what: string, min: number, max: number) =>
  z
    .int({ error: `must be ${what}: a whole number from ${min} to ${max}` })
    .check(
      z.minimum(min, `must be ${what}: at least ${min}`),
      z.maximum(max, `must be ${what}: at most ${max}`),
    );

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** Of a host, with a path or without one; slashes at its end are left out, since paths that follow bring their own. */
export const address = (scheme: 'ws' | 'http') =>
  z.string({ error: `must be an address, e.g. ${scheme}://127.0.0.1:9000` }).check(
    z.regex(
      new RegExp(`^${scheme}s?://[^\\s/][^\\s]*$`),
      `must be an address that begins with ${scheme}:// or ${scheme}s://`,
    ),
    z.overwrite((url) => url.replace(/\/+$/, '')),
  );

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
export const name = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .check(z.regex(NAME, `must be ${what}: small letters, digits and dashes, at most 40`));
