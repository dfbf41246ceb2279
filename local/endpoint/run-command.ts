import { spawn } from 'node:child_process';
import { EndpointError } from './endpoint-error.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  /** Both streams as they came, for words about a failure. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/**
 * Runs a program to its end and collects what it says; without a terminal, so that it asks nothing.
 * @throws EndpointError when it cannot be started or takes longer than its time. A failing exit code is an answer.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: CommandOptions,
): Promise<CommandRun> {
  const named = [command, ...args].join(' ');
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(new EndpointError(`could not run ${named}: ${error.message}`)));
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => clearTimeout(timer));
  if (isLate)
    throw new EndpointError(`${named} did not end within ${timeoutMs / 1_000} s. It said:\n${tail(output)}`);
  return { code, stdout, output };
}

/** The last lines of an output: where programs say what went wrong. */
export function tail(output: string, lines = 15): string {
  return output.trimEnd().split(/\r?\n/).slice(-lines).join('\n');
}
