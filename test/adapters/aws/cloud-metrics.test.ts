import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCloudMetrics } from '../../../adapters/aws/cloud-metrics.ts';

/** What was written in the embedded metric format: name and value of each. */
const written: (readonly [string, unknown])[] = [];

beforeEach(() => {
  written.length = 0;
  const write = (chunk: unknown): boolean => {
    const { _aws, service, ...values } = JSON.parse(String(chunk));
    expect(_aws.CloudWatchMetrics[0]).toMatchObject({ Namespace: 'Deckle', Dimensions: [['service']] });
    expect(service).toBe('deckle-dev');
    written.push(...Object.entries(values));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(write);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('a count is written at once, so that a function that is killed later has told it', () => {
  const metrics = createCloudMetrics('dev');
  metrics.add('risk_late_total', 1);
  metrics.add('risk_late_total', 2);
  expect(written).toEqual([
    ['risk_late_total', 1],
    ['risk_late_total', 2],
  ]);
  metrics.flush();
  expect(written).toHaveLength(2);
});

test('of the values of a gauge the worst is written, when the invocation ends', () => {
  const metrics = createCloudMetrics('dev');
  metrics.set('reconcile_discrepancies', 0, { account: 'a' });
  metrics.set('reconcile_discrepancies', 3, { account: 'b' });
  metrics.set('reconcile_discrepancies', 1, { account: 'c' });
  expect(written).toEqual([]);
  metrics.flush();
  metrics.flush();
  expect(written).toEqual([['reconcile_discrepancies', 3]]);
});

test('messages are so many that their sum is written, when it is asked for', () => {
  const metrics = createCloudMetrics('dev');
  metrics.add('feed_messages_total', 40, { venue: 'binance', kind: 'trade' });
  metrics.add('feed_messages_total', 2, { venue: 'mexc', kind: 'depth' });
  metrics.set('window_age_ms', 300);
  expect(written).toEqual([]);
  metrics.flush();
  metrics.flush();
  expect(written).toEqual([
    ['window_age_ms', 300],
    ['feed_messages_total', 42],
  ]);
});

test('metrics that are not for the cloud cost nothing there', () => {
  const metrics = createCloudMetrics('dev');
  metrics.add('risk_decisions_total', 1, { outcome: 'denied', rule: 'mode' });
  metrics.set('risk_equity', 5, { account: 'a', lane: 'base' });
  metrics.flush();
  expect(written).toEqual([]);
});
