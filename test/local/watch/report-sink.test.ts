import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dailyReportSchema } from '../../../core/report/schema.ts';
import { createReportSink } from '../../../local/watch/report-sink.ts';
import { temporaryDirectory } from '../../adapters/store/temporary-directory.ts';
import { report } from '../../support/daily-report.ts';

test('a report is a Markdown file and a JSON file that reads back as the same report', async () => {
  const directory = join(temporaryDirectory(), 'new', 'reports');
  await createReportSink(directory).write(report('main'), '# Daily report\n');
  expect(readdirSync(directory).sort()).toEqual(['main_2026-11-21.json', 'main_2026-11-21.md']);
  expect(readFileSync(join(directory, 'main_2026-11-21.md'), 'utf8')).toBe('# Daily report\n');
  const stored: unknown = JSON.parse(readFileSync(join(directory, 'main_2026-11-21.json'), 'utf8'));
  expect(dailyReportSchema.parse(stored)).toEqual(report('main'));
});

test('a newer report of the day replaces the older, and leaves no draft behind', async () => {
  const directory = temporaryDirectory();
  const sink = createReportSink(directory);
  await sink.write(report('main', 4), 'a long first report');
  await sink.write(report('main', 5), 'second');
  expect(readdirSync(directory)).toHaveLength(2);
  expect(readFileSync(join(directory, 'main_2026-11-21.md'), 'utf8')).toBe('second');
  expect(readFileSync(join(directory, 'main_2026-11-21.json'), 'utf8')).toContain('"signals": 5');
});

test('a report that cannot be put in place is an error, and the older one stays', async () => {
  const directory = temporaryDirectory();
  const sink = createReportSink(directory);
  await sink.write(report('main'), 'older');
  mkdirSync(join(directory, `main_2026-11-21.md.${process.pid}.tmp`));
  await expect(sink.write(report('main'), 'newer')).rejects.toThrow('EISDIR');
  expect(readFileSync(join(directory, 'main_2026-11-21.md'), 'utf8')).toBe('older');
});

test('an account whose name leads elsewhere writes nothing', async () => {
  const directory = temporaryDirectory();
  await expect(createReportSink(directory).write(report('../main'), '')).rejects.toThrow(
    'is no name for a file',
  );
  expect(readdirSync(directory)).toEqual([]);
});
