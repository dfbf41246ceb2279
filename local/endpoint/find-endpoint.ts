import { EndpointError } from './endpoint-error.ts';
import { installMinistack, MINISTACK_VERSION } from './install-ministack.ts';
import { findMinistack, startMinistack } from './ministack.ts';
import { loopbackUrl } from './places.ts';
import { probeEndpoint } from './probe-endpoint.ts';

export interface EndpointSearch {
  readonly env: NodeJS.ProcessEnv;
  /** For the installation, state and pid of an endpoint of our own. */
  readonly directory: string;
  readonly port: number;
  readonly say: (line: string) => void;
}

export interface FoundEndpoint {
  readonly url: string;
  /** `named` by AWS_ENDPOINT_URL, `there` already, or `started` here. */
  readonly how: 'named' | 'there' | 'started';
  readonly name: string;
}

const OURS = `MiniStack ${MINISTACK_VERSION}`;

/**
 * The endpoint to work with: the one that AWS_ENDPOINT_URL names, else one that answers on the port, else MiniStack,
 * installed and started.
 * @throws EndpointError in words when the named one does not answer or none can be started.
 */
export async function findOrStartEndpoint(search: EndpointSearch): Promise<FoundEndpoint> {
  const { env, directory, port, say } = search;
  const named = env['AWS_ENDPOINT_URL'];
  if (named) return namedEndpoint(named);
  const url = loopbackUrl(port);
  const found = await probeEndpoint(url);
  if (found.kind === 'endpoint') {
    const isOurs = findMinistack(directory)?.about === url;
    return { url, how: isOurs ? 'started' : 'there', name: isOurs ? OURS : found.name };
  }
  if (found.kind === 'stranger')
    throw new EndpointError(
      `something else listens on port ${port} of 127.0.0.1 (${found.answer}). End it (ss -ltnp, or lsof -i :${port}, says what it is), or set AWS_ENDPOINT_URL to an endpoint elsewhere`,
    );
  const executable = await installMinistack({ directory, say });
  await startMinistack({ executable, directory, port, env });
  return { url, how: 'started', name: OURS };
}

async function namedEndpoint(url: string): Promise<FoundEndpoint> {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new EndpointError(
      `AWS_ENDPOINT_URL is '${url}', which is no URL; it looks like http://127.0.0.1:4566. Correct or unset it`,
    );
  const found = await probeEndpoint(url);
  if (found.kind === 'endpoint') return { url, how: 'named', name: found.name };
  const what = found.kind === 'silent' ? `does not answer (${found.reason})` : `answers with ${found.answer}`;
  throw new EndpointError(
    `the endpoint ${url} that AWS_ENDPOINT_URL names ${what}. Start it, or unset AWS_ENDPOINT_URL to have one started here`,
  );
}
