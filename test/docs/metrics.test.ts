import { expect, test } from 'vitest';
import type { MetricSpec } from '../../core/metrics.ts';
import { METRICS } from '../../core/metrics.ts';
import { readTables } from '../markdown-table.ts';

test('docs/metrics.md lists the metrics as they are declared, in their order', () => {
  const rows = readTables(new URL('../../docs/metrics.md', import.meta.url), [
    'Name',
    'Type',
    'Labels',
    'Meaning',
    'Cloud',
  ]);
  expect(rows).toEqual(
    Object.entries<MetricSpec>(METRICS).map(([name, spec]) => ({
      Name: name,
      Type: spec.type,
      Labels: spec.labels.join(', '),
      Meaning: spec.help,
      Cloud: spec.cloud ? 'yes' : '',
    })),
  );
});

test('a metric is named for its part, and a counter ends in _total', () => {
  for (const [name, spec] of Object.entries<MetricSpec>(METRICS)) {
    expect(name).toMatch(/^(feed|window|fills|signals|risk|guard|reconcile|report|alerts|bus)_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(spec.type === 'counter');
  }
});
