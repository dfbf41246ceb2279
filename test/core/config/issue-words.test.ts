import { expect, test } from 'vitest';
import * as z from 'zod';
import { issueWords } from '../../../core/config/issue-words.ts';

const words = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value, { error: issueWords }).error?.issues.map((issue) => issue.message) ?? [];

test.each([
  {
    schema: z.object({}),
    value: undefined,
    expected: 'is missing; it must be a group of fields, indented under its name',
  },
  {
    schema: z.object({}),
    value: null,
    expected: 'must be a group of fields, indented under its name (got nothing)',
  },
  {
    schema: z.array(z.string()),
    value: 'one',
    expected: 'must be a list, each item on its own line after a dash',
  },
  { schema: z.number(), value: 'three', expected: 'must be a number' },
  { schema: z.int(), value: 1.5, expected: 'must be a whole number' },
  { schema: z.int().min(1), value: 0, expected: 'must be at least 1' },
  { schema: z.number().positive(), value: 0, expected: 'must be more than 0' },
  { schema: z.int().max(500), value: 501, expected: 'must be at most 500' },
  { schema: z.enum(['5s', '1m']), value: '2m', expected: 'must be one of 5s, 1m' },
  {
    schema: z.strictObject({}),
    value: { fats: 3 },
    expected: 'has no field called fats; check the spelling',
  },
])('$value is answered with: $expected', ({ schema, value, expected }) => {
  expect(words(schema, value)).toEqual([expected]);
});

test("a schema's own message wins", () => {
  expect(words(z.string({ error: 'must be a name' }), 1)).toEqual(['must be a name']);
});
