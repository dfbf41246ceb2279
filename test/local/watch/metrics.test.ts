import { expect, test } from 'vitest';
import type { MetricSpec } from '../../../core/metrics.ts';
import { METRICS } from '../../../core/metrics.ts';
import { createMetrics } from '../../../local/watch/metrics.ts';

const lines = async (metrics: ReturnType<typeof createMetrics>): Promise<string[]> =>
  (await metrics.text()).split('\n');

test('shows every declared metric with its help and type, and no other', async () => {
  const shown = await lines(createMetrics());
  const declared = Object.entries<MetricSpec>(METRICS);
  expect(shown.filter((line) => line.startsWith('# HELP'))).toEqual(
    declared.map(([name, spec]) => `# HELP ${name} ${spec.help}`),
  );
  expect(shown.filter((line) => line.startsWith('# TYPE'))).toEqual(
    declared.map(([name, spec]) => `# TYPE ${name} ${spec.type}`),
  );
});

test('everything without labels is zero from the start', async () => {
  const shown = await lines(createMetrics());
  const unlabelled = Object.entries<MetricSpec>(METRICS).filter(([, spec]) => spec.labels.length === 0);
  expect(shown.filter((line) => line !== '' && !line.startsWith('#'))).toEqual(
    unlabelled.map(([name]) => `${name} 0`),
  );
});

test('known series are zero from the start', async () => {
  const shown = await lines(
    createMetrics({ fills_recorded_total: [{ liquidity: 'maker' }, { liquidity: 'taker' }] }),
  );
  expect(shown).toContain('fills_recorded_total{liquidity="maker"} 0');
  expect(shown).toContain('fills_recorded_total{liquidity="taker"} 0');
});

test('counts by label set, and sums over the sets that match', async () => {
  const metrics = createMetrics();
  metrics.add('risk_decisions_total', 2, { outcome: 'denied', rule: 'exposure' });
  metrics.add('risk_decisions_total', 1, { rule: 'freshness', outcome: 'denied' });
  metrics.add('risk_decisions_total', 4, { outcome: 'accepted', rule: 'none' });
  expect(await lines(metrics)).toContain('risk_decisions_total{outcome="denied",rule="exposure"} 2');
  expect(await metrics.value('risk_decisions_total', { outcome: 'denied' })).toBe(3);
  expect(await metrics.value('risk_decisions_total')).toBe(7);
  expect(await metrics.value('risk_decisions_total', { outcome: 'undecided' })).toBe(0);
});

test('a gauge is set, and moved', async () => {
  const metrics = createMetrics();
  metrics.set('risk_equity', 9_999.5, { account: 'main', lane: 'base' });
  metrics.add('risk_equity', 0.5, { account: 'main', lane: 'base' });
  expect(await metrics.value('risk_equity', { account: 'main', lane: 'base' })).toBe(10_000);
});

test('two desks in one process do not share numbers', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.add('feed_windows_total', 5);
  expect(await other.value('feed_windows_total')).toBe(0);
});

test.each([
  { name: 'feed_windows_total', labels: { feed: 'main' } },
  { name: 'feed_gaps_total', labels: {} },
  { name: 'risk_decisions_total', labels: { outcome: 'denied' } },
] as const)('$name refuses labels other than its own', ({ name, labels }) => {
  expect(() => createMetrics().add(name, 1, labels)).toThrow(`metric ${name} has the labels`);
});

test('a counter is never set', () => {
  expect(() => createMetrics().set('feed_windows_total', 1)).toThrow('only a gauge can be set');
});

test('a label value cannot break the text', async () => {
  const metrics = createMetrics();
  metrics.add('feed_messages_total', 1, { venue: 'binance', kind: 'a"b\nc\\d' });
  expect(await lines(metrics)).toContain('feed_messages_total{venue="binance",kind="a\\"b\\nc\\\\d"} 1');
});
