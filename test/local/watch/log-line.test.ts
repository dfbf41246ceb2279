import { expect, test } from 'vitest';
import { money } from '../../../core/amounts.ts';
import { epochMs } from '../../../core/time.ts';
import { logLine } from '../../../local/watch/log-line.ts';

const AT = epochMs(Date.UTC(2026, 10, 21, 9, 5, 7, 42));
const HEAD = { time: '2026-11-21T09:05:07.042Z', level: 'info', part: 'risk', event: 'denied' };
const written = (fields: Readonly<Record<string, unknown>>): unknown =>
  JSON.parse(logLine(AT, 'info', 'risk', 'denied', fields));

test('a line says when in UTC, how grave, who and what, in this order', () => {
  expect(logLine(AT, 'info', 'risk', 'denied', { rule: 'exposure' })).toBe(
    '{"time":"2026-11-21T09:05:07.042Z","level":"info","part":"risk","event":"denied","rule":"exposure"}',
  );
});

test('amounts are decimal text at any depth', () => {
  expect(written({ size: money('12.5'), legs: [{ fee: money('-0.00000001') }] })).toEqual({
    ...HEAD,
    size: '12.5',
    legs: [{ fee: '-0.00000001' }],
  });
});

test('an error is its words, its code and its cause, without a stack', () => {
  const cause = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  expect(written({ error: new TypeError('not stored', { cause }) })).toEqual({
    ...HEAD,
    error: {
      name: 'TypeError',
      message: 'not stored',
      cause: { name: 'Error', message: 'no room', code: 'ENOSPC' },
    },
  });
});

test('a field cannot hide who said it, and when', () => {
  expect(written({ time: 1, part: 'guard', event: 'halted', level: 'none' })).toEqual({
    ...HEAD,
    time_: 1,
    part_: 'guard',
    event_: 'halted',
    level_: 'none',
  });
});

test('numbers that JSON does not have are written as text', () => {
  expect(written({ ratio: Number.NaN, age: Number.POSITIVE_INFINITY })).toEqual({
    ...HEAD,
    ratio: 'NaN',
    age: 'Infinity',
  });
});

test('maps and sets are written as lists', () => {
  expect(written({ counts: new Map([['a', 1]]), seen: new Set(['x']) })).toEqual({
    ...HEAD,
    counts: [['a', 1]],
    seen: ['x'],
  });
});

test('text with line breaks stays on one line', () => {
  const line = logLine(AT, 'warn', 'feeds', 'refused', { frame: 'a\nb\r\u2028c' });
  expect(line).not.toMatch(/[\n\r]/);
  expect(JSON.parse(line)).toMatchObject({ frame: 'a\nb\r\u2028c' });
});

test('fields that cannot be written lose themselves, not the line', () => {
  const fields: { self?: unknown } = {};
  fields.self = fields;
  expect(written({ ...fields })).toMatchObject({ ...HEAD, unwritable: expect.stringContaining('circular') });
});
