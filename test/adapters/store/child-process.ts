import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  /** Its first line of output. */
  firstLine(): Promise<string>;
  /** How it ended: its exit code, or the signal that killed it. */
  ended(): Promise<number | NodeJS.Signals | null>;
}

/** Runs a program of this folder in a process of its own; it does not outlive the test. */
export function startChild(program: string, ...parameters: readonly string[]): Child {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    process: child,
    firstLine: async () => String((await once(child.stdout, 'data'))[0]).trim(),
    ended: async () => {
      const [code, signal] = await exit;
      return code ?? signal;
    },
  };
}
