#!/usr/bin/env node
import { runCli } from '../local/cli/cli.ts';

// Whoever reads our output may stop reading (`| head`): then nobody wants more of it, and a desk ends in order.
let isCut = false;
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    // A desk that was cut short did not do what it was started for.
    isCut = true;
    process.kill(process.pid, 'SIGTERM');
  });

const code = await runCli(process.argv.slice(2));
process.exitCode = isCut ? Math.max(1, code) : code;
