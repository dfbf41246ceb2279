import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Ends what was started when this process dies without having ended it, even by SIGKILL. */
export interface Leash {
  /** A pid, or the negative pid of a process group. */
  hold(pid: number): void;
  /** Everything was ended in order. */
  release(): void;
}

const PROCESS = fileURLToPath(new URL('leash-process.ts', import.meta.url));

/** A leash that also removes the directory when it has to act. */
export function createLeash(directory: string): Leash {
  // In a session of its own: what ends the tests must not end it as well.
  const child = spawn(process.execPath, [PROCESS, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // A leash that somebody ended holds nothing; the tests go on without it.
  child.stdin.on('error', () => undefined);
  return {
    hold: (pid) => void child.stdin.write(`${pid}\n`),
    release: () => {
      if (!child.stdin.writableEnded) child.stdin.end('done\n');
    },
  };
}
