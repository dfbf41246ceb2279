import { gunzipSync, gzipSync } from 'node:zlib';
import { formatUnits } from '../../core/amounts.ts';

/** A value as gzip+base64 of its JSON, amounts as decimal text: the table bills by the kilobyte. */
export const packJson = (value: unknown): string =>
  gzipSync(
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? formatUnits(one) : one)),
  ).toString('base64');

/** A hundred times what is ever packed; guards against a text that unfolds without end. */
const UNPACKED_BYTES_MAX = 100_000_000;

/** @throws Error when the text is not what {@link packJson} makes. */
export const unpackJson = (packed: string): unknown =>
  JSON.parse(
    gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX }).toString('utf8'),
  );
