import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this tree: `cdk.json` and `node_modules` are here. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Everything of the endpoint that this tree starts: its installation, state, logs and the pids of what runs. */
export const ENDPOINT_DIRECTORY = join(ROOT, '.deckle', 'ministack');

/** Where compatible endpoints listen by custom. */
export const ENDPOINT_PORT = 4566;

export const loopbackUrl = (port: number): string => `http://127.0.0.1:${port}`;
