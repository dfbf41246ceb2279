import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTables } from '../markdown-table.ts';

const folder = new URL('../../docs/adr/', import.meta.url);
const files = readdirSync(folder).filter((name) => name !== 'README.md');
const records = files.filter((name) => name !== '0000-template.md').sort();
const rows = readTables(new URL('README.md', folder), ['Record', 'Decision', 'Status']);

const SECTIONS = ['## Context', '## Options', '## Decision', '## Consequences'];

const linesOf = (name: string): readonly string[] => readFileSync(new URL(name, folder), 'utf8').split('\n');
const sectionsOf = (name: string): readonly string[] =>
  linesOf(name).filter((line) => line.startsWith('## '));

test('the index lists every record once, in order, with its title and status', () => {
  const stated = records.map((name) => {
    const [title = '', , status = ''] = linesOf(name);
    return {
      Record: `[${name.slice(0, 4)}](${name})`,
      Decision: title.replace(/^# \d+\. /, ''),
      Status: status.replace(/^Status: /, ''),
    };
  });
  expect(rows).toEqual(stated);
});

test('records are numbered from one without a gap', () => {
  expect(records.length).toBeGreaterThan(3);
  expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
});

test.each(records)('%s has the name, the number, the status and the sections of a record', (name) => {
  expect(name).toMatch(/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$/);
  const [title, , status] = linesOf(name);
  expect(title).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. \\S`));
  expect(status).toMatch(
    /^Status: (proposed|(accepted|superseded by \[\d+\]\(\d{4}-[a-z0-9-]+\.md\)), \d{4}-\d{2}-\d{2})$/,
  );
  expect(sectionsOf(name)).toEqual(SECTIONS);
});

test('the template has the sections of a record', () => {
  expect(sectionsOf('0000-template.md')).toEqual(SECTIONS);
});

test('what supersedes a record exists', () => {
  const named = records.flatMap((name) => [
    ...(linesOf(name)[2] ?? '').matchAll(/\((\d{4}-[a-z0-9-]+\.md)\)/g),
  ]);
  for (const [, name] of named) expect(records).toContain(name);
});
