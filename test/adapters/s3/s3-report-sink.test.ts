import { expect, test } from 'vitest';
import { createObjectWriter } from '../../../adapters/s3/object-writer.ts';
import { createS3ReportSink } from '../../../adapters/s3/s3-report-sink.ts';
import { reportMarkdown } from '../../../core/report/markdown.ts';
import { dailyReportSchema } from '../../../core/report/schema.ts';
import { report } from '../../support/daily-report.ts';
import { LOCAL_CREDENTIALS, type Reply } from '../loopback-server.ts';
import { openLoopbackBucket, xmlError } from './loopback-bucket.ts';

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
