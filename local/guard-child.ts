import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '../core/metrics.ts';
import type { AlertSender, Clock } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import { MINUTE_MS } from '../core/time.ts';

const STOP_MS_MAX = 5_000;
/** Time for the signal that ended a whole process group to reach the desk, too. */
const RESTART_AFTER_MS = 250;
/** Deaths within a minute after the last of which it is started again only when the first is a minute old; a guard that dies on every start must not keep the machine busy. */
const DEATHS_MAX = 3;

export interface GuardOptions {
  readonly session: string;
  readonly sessionPath: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: AlertSender;
  /** Whether the desk still has to be watched; a guard that ends later has stood down in order. */
  readonly isNeeded: () => boolean;
}

/**
 * The liveness guard as a second process on the session's file. It outlives a desk that dies, and says so; one that dies
 * before its desk is started again, and people are told when that does not help.
 */
export class GuardChild {
  readonly #options: GuardOptions;
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #deaths: readonly EpochMs[] = [];
  #alertedAt: EpochMs | undefined;
  #isStopping = false;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.#process ?? {};
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Ends it and waits until it is gone: a desk leaves no child behind. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    if (!this.isRunning) return;
    this.#process?.kill('SIGTERM');
    const timer = setTimeout(() => this.#process?.kill('SIGKILL'), STOP_MS_MAX);
    await this.#ended;
    clearTimeout(timer);
  }

  #start(): void {
    const entry = fileURLToPath(new URL('./guard-process.ts', import.meta.url));
    try {
      const child = spawn(process.execPath, [entry, '--session', this.#options.sessionPath], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      this.#process = child;
      this.#ended = new Promise((resolve) => {
        child.once('exit', (code, signal) => {
          resolve();
          this.#died(`it ended with ${signal ?? code}`, true);
        });
        child.on('error', (error) => {
          resolve();
          // Of a process that runs this says only that a signal did not reach it.
          if (child.pid === undefined) this.#died(error.message, false);
        });
      });
    } catch (error) {
      this.#process = undefined;
      this.#died(error instanceof Error ? error.message : String(error), false);
    }
  }

  #died(how: string, hadStarted: boolean): void {
    const { clock, log, isNeeded } = this.#options;
    if (this.#isStopping || !isNeeded()) return;
    const now = clock.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < MINUTE_MS), now];
    const withinMinute = this.#deaths.length;
    const earliest = this.#deaths.at(-DEATHS_MAX);
    const heldMs = earliest === undefined ? 0 : earliest + MINUTE_MS - now;
    const restartMs = Math.max(RESTART_AFTER_MS, heldMs);
    log.error('guard_died', { how, withinMinute, restartMs });
    if (!hadStarted || withinMinute > 1) void this.#alert(how, now);
    this.#restart = setTimeout(() => this.#startAgain(), restartMs).unref();
  }

  #startAgain(): void {
    if (this.#isStopping || !this.#options.isNeeded()) return;
    this.#start();
    if (this.isRunning) this.#options.log.warn('guard_restarted', { pid: this.pid });
  }

  async #alert(how: string, at: EpochMs): Promise<void> {
    const { session, outbox, log } = this.#options;
    if (this.#alertedAt !== undefined && at - this.#alertedAt < MINUTE_MS) return;
    this.#alertedAt = at;
    const key = `guard/${session}`;
    try {
      await outbox.send({
        id: `${key}/${at}`,
        key,
        kind: 'feed_down',
        severity: 'critical',
        cleared: false,
        at,
        title: 'The liveness guard does not stay up',
        text: `The guard of session ${session} died again (${how}). While it is down nobody notices a desk that hangs, and nothing halts it. It is started again, ${DEATHS_MAX} times a minute at most; when it does not stay up, stop the desk and look at its log, liveness_*.jsonl.`,
      });
    } catch (error) {
      log.error('guard_alert', { error });
    }
  }
}
