import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../../../local/cli/cli.ts';
import { readTables } from '../../markdown-table.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-cost-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function cost(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const code = await runCli(['cost', ...args], {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  });
  return { code, ...said };
}

interface Document {
  readonly notes: readonly string[];
  readonly totalUsd: number;
  readonly services: readonly { readonly service: string; readonly usd: number }[];
  readonly lines: readonly { readonly usd: number; readonly what: string; readonly source: string }[];
  readonly run?: { readonly windows: number; readonly events: Readonly<Record<string, unknown>> };
}
const documentOf = (text: string): Document => JSON.parse(text) as Document;

test('the table shows each service, its free allowance and a total that is the sum of its lines', async () => {
  const { code, stdout } = await cost('--all');
  expect(code).toBe(0);
  expect(stdout).toContain('this desk with 10 instruments at 1 window a second, 1 account, 1 strategy');
  for (const service of ['EventBridge', 'Lambda', 'DynamoDB', 'S3', 'SNS', 'CloudWatch', 'Fargate', 'VPC'])
    expect(stdout).toMatch(new RegExp(`^${service} `, 'm'));
  const { lines, services, totalUsd } = documentOf((await cost('--json')).stdout);
  expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(totalUsd, 9);
  expect(services.reduce((sum, one) => sum + one.usd, 0)).toBeCloseTo(totalUsd, 9);
  expect(stdout).toContain(
    `${totalUsd.toFixed(2)} dollars a month in us-east-1, of which 10.86 for the container`,
  );
});

test('without --all the lines below a cent are one row, and the total is the same', async () => {
  const [all, some] = [(await cost('--all')).stdout, (await cost()).stdout];
  expect(some).toMatch(/\d+ more, free or below a cent/);
  expect(some.split('\n').length).toBeLessThan(all.split('\n').length);
  const totalOf = (text: string) => /^[\d.]+ dollars a month/m.exec(text)?.[0];
  expect(totalOf(some)).toBe(totalOf(all));
});

test('counts a run of the configured demo and says what was counted', async () => {
  const file = join(directory, 'desk.yaml');
  writeFileSync(file, readFileSync('deckle.yaml', 'utf8').replace('windowMs: 1000', 'windowMs: 500'));
  const { code, stdout } = await cost('--from-run', '--windows', '240', '--config', file, '--json');
  expect(code).toBe(0);
  const { run, lines, notes } = documentOf(stdout);
  expect(run?.windows).toBe(240);
  expect(notes.join()).toContain('the run met no quarter of an hour');
  expect(run?.events['market.window']).toMatchObject({ count: 240, chunks: 240 });
  // Two windows a second, for 2,628,000 seconds, at a dollar a million.
  expect(lines.find((line) => line.what === 'market.window')?.usd).toBeCloseTo(5.256, 9);
});

test('docs/cost.md shows what the commands print', async () => {
  const path = new URL('../../../docs/cost.md', import.meta.url);
  const columns = ['EventBridge', 'Lambda', 'DynamoDB', 'S3', 'CloudWatch'] as const;
  const rows = readTables(path, ['desk', ...columns, 'container and address', 'all']);
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    const args = /--[^`(]+/.exec(row.desk)?.[0].trim().split(' ') ?? [];
    const { services, totalUsd } = documentOf((await cost(...args, '--json')).stdout);
    const usd = (some: readonly string[]): string =>
      services
        .filter((one) => some.includes(one.service))
        .reduce((sum, one) => sum + one.usd, 0)
        .toFixed(2);
    for (const column of columns) expect.soft(usd([column]), `${row.desk}, ${column}`).toBe(row[column]);
    expect.soft(usd(['Fargate', 'VPC']), row.desk).toBe(row['container and address']);
    expect.soft(totalUsd.toFixed(2), row.desk).toBe(row.all);
  }
});

test('a universe is in the bill and in the words above it', async () => {
  const { code, stdout } = await cost('--universe-series', '2', '--universe-exchanges', '1', '--all');
  expect(code).toBe(0);
  expect(stdout).toContain(' s each, and a universe of 2 series and the whole list of 1 exchange\n');
  expect(stdout).toMatch(/^DynamoDB +universe +0\.063 +- +million write units /m);
  expect((await cost('--all')).stdout).not.toContain('and a universe of');
});

test('a reference model has neither history nor window log in its bill', async () => {
  const { code, stdout } = await cost('--model', 'naive', '--instruments', '1');
  expect(code).toBe(0);
  expect(stdout).toContain("the reference model 'naive', not this desk: 1 instrument at 1 window a second");
  expect(stdout).not.toContain('history');
  expect(stdout).not.toContain('window log');
});

test.each([
  { args: ['--model', 'cheap'], says: "argument 'cheap' is invalid" },
  { args: ['--instruments', '0'], says: 'must be a whole number from 1' },
  { args: ['--instruments', '2.5'], says: 'must be a whole number from 1' },
  { args: ['--windows-per-second', '0'], says: 'must be more than zero' },
  { args: ['--orders-per-hour', '-1'], says: 'must be a number, zero or more' },
  { args: ['--region', 'mars-1'], says: "argument 'mars-1' is invalid" },
  { args: ['--from-run', '--instruments', '3'], says: '--instruments does not go with --from-run' },
  { args: ['--recording', 'a.jsonl'], says: '--recording needs --from-run' },
  { args: ['--fills-per-instrument-month', '5'], says: 'is for --model naive, batched or gated' },
  { args: ['--model', 'gated', '--accounts', '2'], says: '--accounts is for --model desk, not for gated' },
  { args: ['--from-run', '--universe-series', '1'], says: '--universe-series does not go with --from-run' },
  { args: ['--model', 'naive', '--universe-exchanges', '1'], says: 'is for --model desk, not for naive' },
  { args: ['--from-run', '--config', 'nowhere.yaml'], says: 'nowhere.yaml' },
  { args: ['--stack', 'dev'], says: 'it does not go with --stack' },
])('$args is called wrongly, and says so', async ({ args, says }) => {
  const said = await cost(...args);
  expect(said.code).toBe(2);
  expect(said.stderr).toContain(says);
  expect(said.stdout).toBe('');
});

test('a recording that is not there or holds no frame is refused in words', async () => {
  const missing = await cost('--from-run', '--recording', join(directory, 'nowhere.jsonl'));
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('nowhere.jsonl');
  const empty = join(directory, 'empty.jsonl');
  writeFileSync(empty, '');
  const nothing = await cost('--from-run', '--recording', empty);
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toMatch(/^deckle: (?!this should not have happened)/);
});
