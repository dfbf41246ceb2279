import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { sha256 } from '../../adapters/sha256.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import { configSchema } from '../../core/config/schema.ts';
import { STRATEGIES } from '../../core/strategy/registry.ts';
import { smaCrossover } from '../../core/strategy/sma-crossover.ts';
import { readTables } from '../markdown-table.ts';

const documented = readTables(new URL('../../docs/configuration.md', import.meta.url), [
  'Field',
  'Meaning',
  'Unit',
  'Default',
  'Allowed',
  'Example',
]);

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
}

interface Field {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

const jsonSchema = (schema: z.core.$ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

/** Every value a person can write: leaves, lists, and groups whose fields the schema does not name. */
function fieldsOf(schema: JsonSchema, path = '', isRequired = true): Field[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, one]) =>
      fieldsOf(one, path === '' ? name : `${path}.${name}`, schema.required?.includes(name) ?? false),
    );
  }
  const self = { path, schema, isRequired };
  return schema.items?.properties ? [self, ...fieldsOf(schema.items, `${path}[]`)] : [self];
}

const fields = [
  ...fieldsOf(jsonSchema(configSchema)),
  ...fieldsOf(jsonSchema(smaCrossover.params), 'strategies[].params'),
];

/** The allowed values as the document words them, where the schema knows them. */
function allowedText(schema: JsonSchema): string | undefined {
  if (schema.anyOf) {
    const known = schema.anyOf.flatMap((one) => allowedText(one) ?? []).join('');
    return known === '' ? undefined : `${known}, or null`;
  }
  if (schema.enum) return schema.enum.join(', ');
  if (schema.type === 'boolean') return 'true, false';
  if (schema.minItems !== undefined) return `at least ${schema.minItems} item`;
  if (schema.exclusiveMinimum !== undefined)
    return `more than ${schema.exclusiveMinimum}, to ${schema.maximum}`;
  return schema.maximum === undefined ? undefined : `${schema.minimum} to ${schema.maximum}`;
}

const base = (): unknown => {
  const text = readFileSync(new URL('../../examples/short-recording.yaml', import.meta.url), 'utf8');
  const live = readFileSync(new URL('../../deckle.live.yaml', import.meta.url), 'utf8');
  // All venues there are, and a rule, so that each field of theirs can be set alone.
  const rules = [{ name: 'btc', venue: 'kalshi', series: ['KXBTC15M'] }];
  return { ...parse(text), venues: parse(live).venues, universe: { rules } };
};

/** The valid example with another value at one path; `[]` is the first item. */
function withValue(path: string, value: unknown): unknown {
  return replaced(base(), path.replaceAll('[]', '.0').split('.'), value);
}

function replaced(document: unknown, keys: readonly string[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(document))
    return document.map((one, i) => (String(i) === key ? replaced(one, rest, value) : one));
  const group = document as Readonly<Record<string, unknown>> | undefined;
  return { ...group, [key]: replaced(group?.[key], rest, value) };
}

/** What a document in which this path was left out has there. */
const parsedAt = (path: string): unknown =>
  path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>(
      (value, key) => (value as Readonly<Record<string, unknown>>)[key],
      configSchema.parse(withValue(path, undefined)),
    );

const problems = (raw: unknown): readonly unknown[] => {
  const result = parseConfig(raw, sha256);
  return result.kind === 'valid' ? [] : result.issues;
};

test('the document lists exactly the fields of the schema', () => {
  expect(documented.map((row) => row.Field).sort()).toEqual(fields.map((field) => field.path).sort());
  expect(documented.length).toBeGreaterThan(50);
});

test('the document describes the parameters of every strategy there is', () => {
  expect(Object.keys(STRATEGIES)).toEqual([smaCrossover.type]);
  expect(documented.find((row) => row.Field === 'strategies[].type')?.Allowed).toBe(
    Object.keys(STRATEGIES).join(', '),
  );
});

test.each(fields)('the default of $path is the documented one', ({ path, schema, isRequired }) => {
  const row = documented.find((one) => one.Field === path);
  // The schema as JSON leaves out the default of what is converted, or holds such; the parsed document has it.
  const value = schema.default ?? (isRequired ? undefined : parsedAt(path));
  const expected = value === undefined ? 'required' : JSON.stringify(value);
  expect(row?.Default).toBe(expected);
  // A required field has no default, and one without a default is required.
  expect(isRequired).toBe(expected === 'required');
});

test.each(fields.filter((field) => allowedText(field.schema) !== undefined))(
  'the allowed values of $path are the documented ones',
  ({ path, schema }) => {
    expect(documented.find((one) => one.Field === path)?.Allowed).toBe(allowedText(schema));
  },
);

test.each(documented.filter((row) => row.Example !== ''))(
  'the example of $Field is valid',
  ({ Field, Example }) => {
    expect(problems(withValue(Field, parse(Example)))).toEqual([]);
  },
);

test.each(documented.filter((row) => row.Allowed === 'more than 0'))(
  '$Field may not be zero or less',
  ({ Field }) => {
    for (const refused of [0, -1])
      expect(problems(withValue(Field, refused))).toMatchObject([{ path: issuePath(Field) }]);
  },
);

test.each(documented.filter((row) => /^\d+ to \d+/.test(row.Allowed)))(
  '$Field ends where documented',
  ({ Field, Allowed }) => {
    const [low = 0, high = 0] = (Allowed.match(/\d+/g) ?? []).map(Number);
    const paths = (value: number): string[] =>
      problems(withValue(Field, value)).map((one) => (one as { path: string }).path);
    expect(paths(low - 1)).toContain(issuePath(Field));
    expect(paths(high + 1)).toContain(issuePath(Field));
  },
);

/** Documented for the venue's own host alone. */
const paces = documented.flatMap(({ Field, Meaning }) => {
  const [, word, bound] = /not (below|above) (\d+) at the venue's own host/.exec(Meaning) ?? [];
  return bound === undefined
    ? []
    : [{ Field, bound: Number(bound), beyond: Number(bound) + (word === 'above' ? 1 : -1) }];
});

test('the pace of four venues is bounded by what their own hosts take', () => {
  expect(new Set(paces.map(({ Field }) => Field.split('.')[1]))).toEqual(
    new Set(['coinbase', 'mexc', 'polymarket', 'kalshi']),
  );
});

test.each(paces)("$Field ends at $bound at the venue's own host", ({ Field, bound, beyond }) => {
  expect(problems(withValue(Field, bound))).toEqual([]);
  expect(problems(withValue(Field, beyond))).toMatchObject([{ path: Field }]);
  const elsewhere = withValue(Field, beyond);
  const host = [...Field.split('.').slice(0, 2), 'hosts', 'rest'];
  expect(problems(replaced(elsewhere, host, 'http://127.0.0.1:9000'))).toEqual([]);
});

test('what is left out takes the documented default', () => {
  const result = parseConfig({ ...(base() as object), feed: {} }, sha256);
  if (result.kind !== 'valid') throw new Error('the example is not valid');
  const reconnect = { firstMs: 1_000, maxMs: 4_000 };
  expect(result.config.feed).toEqual({ id: 'main', source: 'demo', windowMs: 1_000, depth: 10, reconnect });
  expect(result.config.guard).toEqual({ onDailyLoss: 'reducing' });
  expect(result.config.reconcileEveryMs).toBe(15 * 60_000);
  expect(result.config.demo).toEqual({ seed: 7, seconds: 1_800, scenario: 'fair', expectContents: false });
});

function issuePath(field: string): string {
  return field.replaceAll('[]', '[0]');
}

test('the rules that deckle.live.yaml shows as an example are valid', () => {
  const live = readFileSync(new URL('../../deckle.live.yaml', import.meta.url), 'utf8');
  const shown = live.split('\n').filter((line) => /^# (universe|scores| {2})/.test(line));
  const example = parse(shown.map((line) => line.slice(2)).join('\n')) as { universe: { rules: unknown[] } };
  expect(example.universe.rules).toHaveLength(2);
  expect(problems({ ...parse(live), ...example })).toEqual([]);
});
