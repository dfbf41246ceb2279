#!/usr/bin/env node
import { runFeedsMain } from '../local/feeds/feeds-main.ts';

// Whoever reads our log may stop reading: the feed then ends in order, as if it had been asked to.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    process.kill(process.pid, 'SIGTERM');
  });

process.exitCode = await runFeedsMain(process.argv.slice(2));
