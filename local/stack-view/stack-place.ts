import type { Stage, StageName } from '../../core/config/stages.ts';
import { StackError } from './stack-error.ts';

/** Where the stack of a stage is looked for. */
export interface StackPlace {
  readonly stage: StageName;
  /** `Deckle-<stage>`. */
  readonly stackName: string;
  /** As people read it; `unknown` until the SDK has found one in its own settings. */
  readonly region: string;
  /** What named the region. */
  readonly regionFrom: string;
  /** The stage itself names its region, so that the stack can be in no other. */
  readonly isPinned: boolean;
  /** A LocalStack-compatible endpoint instead of AWS; null for AWS. */
  readonly endpoint: string | null;
  /** The table that a person named instead of having the stack name it. */
  readonly table?: string;
}

/** Settings that every client of the SDK is made with. */
export interface ClientSettings {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `npm run localstack` serves stage `local`. */
const LOCAL_ENDPOINT = 'http://127.0.0.1:4566';
const CONNECT_MS_MAX = 5_000;
/** A person waits at the terminal; the service answers in milliseconds. */
const ANSWER_MS_MAX = 15_000;

/**
 * The place of a stage's stack and how to reach it. The region is the stage's, where it names one: that is where the stack
 * was deployed to, whatever region the command line is set to. Stage `local` is looked for on this machine unless an
 * endpoint is set, so that it never goes to AWS by mistake.
 * @throws StackError when the endpoint is no address.
 */
export function stackPlace(stage: Stage, env: Environment): { place: StackPlace; settings: ClientSettings } {
  const [region, regionFrom] = regionOf(stage, env);
  const named = env['AWS_ENDPOINT_URL'] || undefined;
  if (named !== undefined && !/^https?:\/\//.test(named))
    throw new StackError(
      'refused',
      `AWS_ENDPOINT_URL is '${named}', which is no address; it looks like ${LOCAL_ENDPOINT}, or is not set for AWS itself`,
    );
  const endpoint = named ?? (stage.name === 'local' ? LOCAL_ENDPOINT : undefined);
  return {
    place: {
      stage: stage.name,
      stackName: `Deckle-${stage.name}`,
      region: region ?? 'unknown',
      regionFrom,
      isPinned: stage.region !== null,
      endpoint: endpoint ?? null,
    },
    settings: {
      ...(region === undefined ? {} : { region }),
      // The SDK reads AWS_ENDPOINT_URL and its variants for single services by itself; given here it would override those.
      ...(named === undefined && endpoint !== undefined ? { endpoint } : {}),
      ...(endpoint !== undefined && isLoopback(endpoint) && !hasCredentials(env)
        ? { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
        : {}),
      requestHandler: {
        connectionTimeout: CONNECT_MS_MAX,
        requestTimeout: ANSWER_MS_MAX,
        throwOnRequestTimeout: true,
      },
    },
  };
}

function regionOf({ name, region }: Stage, env: Environment): [string | undefined, string] {
  if (region !== null) return [region, `stage ${name} in stages.yaml`];
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION'])
    if (env[variable]) return [env[variable], variable];
  return [undefined, 'the AWS profile'];
}

function isLoopback(endpoint: string): boolean {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.') || host.endsWith('.localhost');
}

/** An emulator on this machine takes any credentials; without these the SDK would look for some on the network. */
const hasCredentials = (env: Environment): boolean =>
  Boolean(env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE'] || env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']);
