import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from '../../adapters/make-folder.ts';
import type { Detached } from './detached.ts';
import { endDetached, findDetached, isRunning, logPath, logTail, startDetached } from './detached.ts';
import { EndpointError } from './endpoint-error.ts';
import { loopbackUrl } from './places.ts';
import { probeEndpoint } from './probe-endpoint.ts';

export interface MinistackStart {
  /** The installed program. */
  readonly executable: string;
  /** Holds its state, temporary files, log and pid. */
  readonly directory: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
}

const NAME = 'endpoint';
const ANSWER_MS_MAX = 60_000;
const LOOK_EVERY_MS = 100;
/** It saves its state and ends its workers first, which takes seconds. */
const GRACE_MS = 15_000;

/**
 * Starts MiniStack on loopback and waits until it answers.
 * @throws EndpointError when the port is taken, or it ends or stays silent instead.
 */
export async function startMinistack(start: MinistackStart): Promise<Detached> {
  const { executable, directory, port, env } = start;
  await requireFreePort(port);
  // Code of functions is unpacked here and left behind; nothing in it is worth keeping.
  rmSync(join(directory, 'tmp'), { recursive: true, force: true });
  makeFolder(join(directory, 'tmp'));
  const process = await startDetached({
    name: NAME,
    directory,
    about: loopbackUrl(port),
    command: executable,
    args: [],
    env: ministackEnvironment(directory, port, env),
  });
  const until = performance.now() + ANSWER_MS_MAX;
  for (;;) {
    if ((await probeEndpoint(loopbackUrl(port))).kind === 'endpoint') return process;
    if (!isRunning(process)) throw new EndpointError(`MiniStack ended at once: ${saidBy(directory)}`);
    if (performance.now() >= until) {
      await stopMinistack(directory);
      throw new EndpointError(
        `MiniStack did not answer at ${loopbackUrl(port)} within ${ANSWER_MS_MAX / 1_000} s: ${saidBy(directory)}`,
      );
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** The MiniStack that was started in this directory, while it runs; `about` is its URL. */
export const findMinistack = (directory: string): Detached | undefined => findDetached(directory, NAME);

/** Ends the MiniStack that was started in this directory; its state is saved unless it has to be killed. */
export const stopMinistack = (directory: string): Promise<'not_running' | 'ended' | 'killed'> =>
  endDetached(directory, NAME, 'SIGINT', GRACE_MS);

export const ministackLog = (directory: string): string => logPath(directory, NAME);

/** @throws EndpointError when something listens there already. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new EndpointError(
          error.code === 'EADDRINUSE'
            ? `port ${port} of 127.0.0.1 is taken by something that is no LocalStack-compatible endpoint (ss -ltnp, or lsof -i :${port}, says what). End it, or set AWS_ENDPOINT_URL to an endpoint elsewhere`
            : `cannot listen on port ${port} of 127.0.0.1: ${error.message}`,
        ),
      ),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

/**
 * What MiniStack runs in. Functions run as `node` processes that inherit it, so this Node comes first on their path, and
 * nothing of the person's own AWS settings reaches them: they would win over what the emulator sets.
 */
function ministackEnvironment(directory: string, port: number, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(AWS_|DECKLE_|NODE_OPTIONS$|NODE_ENV$|VITEST|npm_|POWERTOOLS_)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(process.execPath)}:${env['PATH'] ?? ''}`,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    TMPDIR: join(directory, 'tmp'),
    PERSIST_STATE: '1',
    STATE_DIR: join(directory, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(directory, 'state', 's3'),
    PYTHONUNBUFFERED: '1',
  };
}

const saidBy = (directory: string): string =>
  `its log (${ministackLog(directory)}) ends with:\n${logTail(directory, NAME)}`;
