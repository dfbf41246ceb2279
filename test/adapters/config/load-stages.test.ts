import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadStages } from '../../../adapters/config/load-stages.ts';
import { parseStages } from '../../../core/config/stages.ts';
import { readTables } from '../../markdown-table.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const root = new URL('../../../', import.meta.url);

function load(content: string) {
  const path = join(temporaryDirectory(), 'stages.yaml');
  writeFileSync(path, content);
  return loadStages(path);
}

test('the file that comes with Deckle says what would hold without it', () => {
  expect(loadStages(new URL('stages.yaml', root).pathname)).toEqual(parseStages({}));
});

test('a fault is told with its field and line', () => {
  expect(load('dev:\n  trace: false\nprod:\n  alerts:\n    emails: [nobody]\n')).toEqual({
    kind: 'invalid',
    issues: [
      {
        path: 'prod.alerts.emails[0] (line 5)',
        message: 'must be an email address, e.g. me@example.org',
      },
    ],
  });
});

test.each([
  ['dev: [', /line 1/],
  ['', /the file/],
  ['dev: {}\n---\nprod: {}\n', /line/],
])('a file that is no YAML of settings is refused in words: %j', (content, path) => {
  const result = load(content);
  expect(result).toMatchObject({ kind: 'invalid', issues: [{ path: expect.stringMatching(path) }] });
});

test('a file that is not there is told, with how to get it back', () => {
  expect(loadStages('/nowhere/stages.yaml')).toEqual({
    kind: 'invalid',
    issues: [
      { path: 'the file', message: 'does not exist; it comes with Deckle: take it back from the repository' },
    ],
  });
});

/** Settings that are told field by field. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['alerts', ['alerts.emails', 'alerts.sms']],
  ['secrets', ['secrets.kalshi']],
]);

test('the documented defaults of each stage are those that hold', () => {
  const rows = readTables(new URL('docs/configuration.md', root), [
    'Setting',
    'Meaning',
    'dev',
    'prod',
    'local',
  ]);
  const defaults = parseStages({});
  if (defaults.kind === 'invalid') throw new Error('the defaults are not valid');
  const { dev, prod, local } = defaults.stages;
  const { name: _, ...settings } = prod;
  expect(rows.map((row) => row.Setting).sort()).toEqual(
    Object.keys(settings)
      .flatMap((key) => FIELDS.get(key) ?? [key])
      .sort(),
  );
  for (const row of rows) {
    const [group, field] = row.Setting.split('.');
    for (const [stage, written] of [
      [dev, row.dev],
      [prod, row.prod],
      [local, row.local],
    ] as const) {
      const value: unknown = Object.entries(stage).find(([key]) => key === group)?.[1];
      const found = field === undefined ? value : (value as Readonly<Record<string, unknown>>)[field];
      if (row.Setting !== 'schedules') expect(JSON.stringify(found)).toBe(written);
    }
  }
});
