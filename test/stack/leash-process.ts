import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Holds what a test process started: reads pids (negative: a process group) line by line, and kills them all when its
 * input ends without a `done`, which is how the death of the test process, by whatever signal, is seen.
 */
const directory = process.argv[2];
const held = new Set<number>();
let isDone = false;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'done') isDone = true;
  else held.add(Number(line));
}
if (!isDone) {
  for (const pid of held) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended.
    }
  }
  if (directory) rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
