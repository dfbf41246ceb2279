import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ENTRY = fileURLToPath(new URL('../../../bin/feeds.ts', import.meta.url));

/** A feeds process of a test; it dies with the test. */
export interface FeedsChild {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

/** Runs the entry, or what was bundled from it, in the folder where it is, with nothing in its environment but what is given. */
export function startFeedsChild(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  entry = ENTRY,
): FeedsChild {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: dirname(entry),
    env: { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    code: new Promise((resolve) => child.once('close', (code) => resolve(code))),
    signal: (signal) => void child.kill(signal),
  };
}
