import { expect, test } from 'vitest';
import { createObjectWriter } from '../../../adapters/s3/object-writer.ts';
import { createS3ReportSink } from '../../../adapters/s3/s3-report-sink.ts';
import { money } from '../../../core/amounts.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import type { DailyReport, LaneDay } from '../../../core/report/daily.ts';
import { reportMarkdown } from '../../../core/report/markdown.ts';
import { dailyReportSchema } from '../../../core/report/schema.ts';
import { epochMs } from '../../../core/time.ts';
import { LOCAL_CREDENTIALS, type Reply } from '../loopback-server.ts';
import { openLoopbackBucket, xmlError } from './loopback-bucket.ts';

const lane: LaneDay = {
  equity: money('10012.5'),
  pnlDay: money('12.5'),
  pnlCumulative: null,
  unrealized: money('-0.00000001'),
  realizedDay: money('12.5'),
  feesDay: money('1'),
  feesCumulative: money('1'),
  fills: 2,
  makerFills: 1,
  drawdownBps: 3,
  drawdownMax: money('3'),
};
const report = (accountId: string, signals = 4): DailyReport => ({
  accountId: accountId as AccountId,
  day: '2026-11-21',
  asOf: epochMs(Date.UTC(2026, 10, 21, 23, 59)),
  currency: 'USDT',
  openingEquity: money('10000'),
  mode: 'active',
  lanes: { optimistic: lane, base: lane, pessimistic: lane },
  signals,
  accepted: 3,
  denied: 1,
  late: 0,
  denials: [{ rule: 'exposure', count: 1 }],
  rejected: 0,
  expired: 0,
  canceled: 0,
  openOrders: 0,
  blind: [],
});

async function openSink(interfere?: () => Reply | undefined) {
  const bucket = await openLoopbackBucket(interfere);
  const writer = createObjectWriter({
    bucket: 'bucket',
    region: 'eu-west-1',
    credentials: async () => LOCAL_CREDENTIALS,
    endpoint: bucket.url,
    wait: async () => undefined,
  });
  return { bucket, sink: createS3ReportSink(writer) };
}

test('a report is a Markdown and a JSON object that reads back as the same report', async () => {
  const { bucket, sink } = await openSink();
  const markdown = reportMarkdown(report('main'));
  await sink.write(report('main'), markdown);
  const [json, text] = [...bucket.objects.values()].map((one) => one.toString('utf8'));
  expect([...bucket.objects.keys()]).toEqual(['reports/main/2026-11-21.json', 'reports/main/2026-11-21.md']);
  expect(text).toBe(markdown);
  expect(json).toContain('"equity": "10012.5"');
  expect(dailyReportSchema.parse(JSON.parse(json ?? ''))).toEqual(report('main'));
  expect(bucket.received.map((one) => one.headers['content-type'])).toEqual([
    'application/json',
    'text/markdown; charset=utf-8',
  ]);
});

test('a newer report of the day replaces the older', async () => {
  const { bucket, sink } = await openSink();
  await sink.write(report('main', 4), 'first');
  await sink.write(report('main', 5), 'second');
  expect(bucket.objects.size).toBe(2);
  expect(bucket.objects.get('reports/main/2026-11-21.md')?.toString()).toBe('second');
  expect(bucket.objects.get('reports/main/2026-11-21.json')?.toString()).toContain('"signals": 5');
});

test('a report that S3 does not take is an error, so that its function is tried again', async () => {
  const { sink } = await openSink(() => xmlError(403, 'AccessDenied', 'Access Denied'));
  await expect(sink.write(report('main'), 'text')).rejects.toThrow('Grant s3:PutObject on it');
});

test('an account whose name leads elsewhere writes nothing', async () => {
  const { bucket, sink } = await openSink();
  await expect(sink.write(report('../main'), '')).rejects.toThrow('is no place for a report');
  expect(bucket.received).toHaveLength(0);
});
