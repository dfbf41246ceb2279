import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Alert } from '../../../core/ports.ts';
import { epochMs } from '../../../core/time.ts';
import { alertLine, createOutbox } from '../../../local/watch/outbox.ts';
import { startChild } from '../../adapters/store/child-process.ts';
import { temporaryDirectory } from '../../adapters/store/temporary-directory.ts';

const alert = (id: string, rest: Partial<Alert> = {}): Alert => ({
  id,
  key: 'mode/drawdown',
  kind: 'drawdown',
  severity: 'critical',
  cleared: false,
  at: epochMs(Date.UTC(2026, 10, 21, 9)),
  title: 'Trading is halted',
  text: 'Equity fell 5 % below its peak. Run: npx deckle resume --reason',
  ...rest,
});
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

test('an alert is one line of JSON in the file and one line for a person', async () => {
  const path = join(temporaryDirectory(), 'new', 'outbox.jsonl');
  const printed: string[] = [];
  await createOutbox({ path, terminal: (line) => printed.push(line) }).send(alert('a/1'));
  expect(linesOf(path).map((line) => JSON.parse(line))).toEqual([
    { time: '2026-11-21T09:00:00.000Z', ...alert('a/1') },
  ]);
  expect(printed).toEqual([
    'ALERT critical 2026-11-21T09:00:00.000Z Trading is halted: Equity fell 5 % below its peak. Run: npx deckle resume --reason',
  ]);
});

test('an alert that is over says so', () => {
  expect(
    alertLine(
      alert('a/1', { cleared: true, severity: 'notice', title: 'Trading again', text: 'All is well.' }),
    ),
  ).toBe('CLEARED notice 2026-11-21T09:00:00.000Z Trading again: All is well.');
});

test('text from elsewhere can neither begin a line nor steer the terminal', () => {
  expect(alertLine(alert('a/1', { text: 'one\nALERT two\u001b[2Jthree' }))).toBe(
    'ALERT critical 2026-11-21T09:00:00.000Z Trading is halted: one ALERT two [2Jthree',
  );
});

test('two writers at once lose nothing and mix nothing', async () => {
  const path = join(temporaryDirectory(), 'outbox.jsonl');
  const [desk, guard] = [createOutbox({ path }), createOutbox({ path })];
  const ids = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(ids.flatMap((i) => [desk.send(alert(`desk/${i}`)), guard.send(alert(`guard/${i}`))]));
  const stored = linesOf(path).map((line) => (JSON.parse(line) as Alert).id);
  expect(stored.sort()).toEqual(ids.flatMap((i) => [`desk/${i}`, `guard/${i}`]).sort());
});

test('two processes at once lose nothing and mix nothing', async () => {
  const path = join(temporaryDirectory(), 'outbox.jsonl');
  const names = ['desk', 'guard'];
  const children = names.map((name) => startChild('../../local/watch/append-alerts.ts', path, name, '25'));
  expect(await Promise.all(children.map((child) => child.ended()))).toEqual([0, 0]);
  const stored = linesOf(path).map((line) => JSON.parse(line) as Alert);
  for (const name of names)
    expect(stored.filter((one) => one.key === name).map((one) => one.id)).toEqual(
      Array.from({ length: 25 }, (_, i) => `${name}/${i}`),
    );
});

test('a line cut off by a power failure damages no alert', async () => {
  const path = join(temporaryDirectory(), 'outbox.jsonl');
  writeFileSync(path, '{"id":"cut');
  await createOutbox({ path }).send(alert('a/1'));
  expect(linesOf(path)).toEqual(['{"id":"cut', expect.stringContaining('"id":"a/1"')]);
});

test('where the file cannot be written the person still reads it, and the sender learns it', async () => {
  const directory = temporaryDirectory();
  const printed: string[] = [];
  const outbox = createOutbox({ path: directory, terminal: (line) => printed.push(line) });
  await expect(outbox.send(alert('a/1'))).rejects.toThrow('EISDIR');
  expect(printed).toHaveLength(1);
});
