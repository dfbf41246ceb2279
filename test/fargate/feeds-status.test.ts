import { expect, test } from 'vitest';
import { type EpochMs, plusMs } from '../../core/time.ts';
import { FeedsStatus } from '../../fargate/feeds-status.ts';
import { T0, windowOf } from '../support/values.ts';

const at = (seconds: number): EpochMs => plusMs(T0, seconds * 1_000);
const verdict = (status: FeedsStatus, seconds: number): string => status.verdict(at(seconds)).status;

test('a start is well for two minutes', () => {
  const status = new FeedsStatus(T0);
  status.enter('running', at(10));
  expect(verdict(status, 120)).toBe('ok');
  expect(status.verdict(at(121))).toEqual({ status: 'down', reason: 'no window closed for 121 s' });
});

test('a feed that runs is well while windows close', () => {
  const status = new FeedsStatus(T0);
  status.enter('running', at(1));
  status.saw(windowOf(1, []), at(60));
  expect(verdict(status, 90)).toBe('ok');
  expect(verdict(status, 91)).toBe('down');
  status.saw(windowOf(2, []), at(100));
  expect(verdict(status, 101)).toBe('ok');
});

test('whoever waits for somebody else is well for as long as it takes, and starts anew afterwards', () => {
  const status = new FeedsStatus(T0);
  status.enter('waiting', at(1), 'no usable configuration is in force');
  expect(verdict(status, 86_400)).toBe('ok');
  status.enter('running', at(86_400));
  expect(verdict(status, 86_500)).toBe('ok');
  expect(verdict(status, 86_521)).toBe('down');
});

test('a store that does not answer makes it unwell with the reason', () => {
  const status = new FeedsStatus(T0);
  status.enter('running', at(1));
  status.saw(windowOf(1, []), at(60));
  status.enter('retrying', at(80), 'the table did not answer');
  expect(status.verdict(at(95))).toEqual({
    status: 'down',
    reason: 'no window closed for 35 s: the table did not answer',
  });
});

test('a drain is well', () => {
  const status = new FeedsStatus(T0);
  status.enter('running', at(1));
  status.enter('stopping', at(200));
  expect(verdict(status, 210)).toBe('ok');
});
