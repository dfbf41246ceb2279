/**
 * How long each function's bundle takes to be imported in a process that has just started: the initialization of a cold
 * start, without the platform's own share. Bundled as the stack does it. Run: `npm run bench:cold-init`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TOPOLOGY } from '../lambdas/topology.ts';
import { bundleFile } from '../lib/bundling.ts';
import { machine, quantile } from './machine.ts';

const RUNS = 20;
/** The targets of the design. */
const MEDIAN_MS_MAX = 200;
const BYTES_MAX = 400_000;

/** Prints how long the import of its argument took, and nothing else. */
const PROBE = `const from = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - from));
process.exit(0);`;

/** What the platform and the stack put into a function's environment. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_LAMBDA_FUNCTION_NAME: 'deckle-bench',
  DECKLE_STAGE: 'dev',
  DECKLE_TABLE: 'bench',
  DECKLE_BUS: 'bench',
  DECKLE_BUCKET: 'bench',
  DECKLE_TOPIC_CRITICAL: 'arn:aws:sns:us-east-1:000000000000:critical',
  DECKLE_TOPIC_NOTICE: 'arn:aws:sns:us-east-1:000000000000:notice',
  POWERTOOLS_METRICS_NAMESPACE: 'Deckle',
};

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly ms: number[];
}

async function main(directory: string): Promise<void> {
  const bundles: Bundle[] = [];
  for (const { name, door } of TOPOLOGY) {
    const file = join(directory, name, 'index.mjs');
    bundles.push({ name, file, bytes: await bundleFile(door, file, 'function'), ms: [] });
  }
  // In turns, so that a slow moment of the machine falls on all of them. The first turn fills the disk cache.
  for (let run = 0; run <= RUNS; run += 1)
    for (const bundle of bundles) {
      const ms = initMs(bundle);
      if (run > 0) bundle.ms.push(ms);
    }
  print(`${machine()}; ${RUNS} fresh processes each, in turns`);
  print('function      KB   median      max   (ms)');
  for (const { name, bytes, ms } of bundles) {
    const [median, max] = [quantile(ms, 0.5), quantile(ms, 1)];
    const over = [
      ...(bytes > BYTES_MAX ? [`over ${BYTES_MAX / 1_000} KB`] : []),
      ...(median > MEDIAN_MS_MAX ? [`over ${MEDIAN_MS_MAX} ms`] : []),
    ];
    const figures = [`${(bytes / 1_000).toFixed(0)}`.padStart(6), cell(median), cell(max)].join(' ');
    print(`${name.padEnd(9)} ${figures}   ${over.join(', ')}`.trimEnd());
  }
}

/** Of one process with nothing in it but the bundle. */
function initMs({ name, file }: Bundle): number {
  const args = ['--input-type=module', '--eval', PROBE, pathToFileURL(file).href];
  const env = { ...ENVIRONMENT, POWERTOOLS_SERVICE_NAME: name, PATH: process.env['PATH'] ?? '' };
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
}

const cell = (ms: number): string => ms.toFixed(1).padStart(8);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const directory = mkdtempSync(join(tmpdir(), 'deckle-cold-init-'));
await main(directory).finally(() => rmSync(directory, { recursive: true, force: true }));
