#!/usr/bin/env node
import { runCli } from '../local/cli/cli.ts';

// Whoever reads our output may stop reading (`| head`): then nobody wants more of it, and a desk ends in order.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    process.kill(process.pid, 'SIGTERM');
  });

process.exitCode = await runCli(process.argv.slice(2));
