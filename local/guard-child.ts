import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const STOP_MS_MAX = 5_000;

/** The liveness guard as a second process on the session's file. It outlives a desk that dies, and says so. */
export class GuardChild {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(sessionPath: string) {
    const entry = fileURLToPath(new URL('./guard-process.ts', import.meta.url));
    this.#process = spawn(process.execPath, [entry, '--session', sessionPath], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.once('error', () => resolve());
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return (
      this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** Ends it and waits until it is gone: a desk leaves no child behind. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS_MAX);
    await this.#ended;
    clearTimeout(timer);
  }
}
