import type * as z from 'zod/mini';
import type { ConfigIssue } from './desk-config.ts';

/** What a schema found, field by field; each unknown field is an issue of its own. */
export const fieldIssues = (error: z.core.$ZodError): readonly ConfigIssue[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: pathText([...issue.path, key]),
          message: 'is not a known field; check its spelling',
        }))
      : [{ path: pathText(issue.path), message: issue.message }],
  );

/** `accounts[0].limits.dailyLossMax`; the whole document is called so. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the document';
}
