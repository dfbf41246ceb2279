import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { EndpointError } from './endpoint-error.ts';
import { ROOT } from './places.ts';
import { runCommand, tail } from './run-command.ts';
import { clientsOf, stackStatus } from './stack-outputs.ts';

/** The region of stage `local`. */
export const LOCAL_REGION = 'us-east-1';

/** The account of every emulator. */
const EMULATED_ACCOUNT = '000000000000';
const BOOTSTRAP_STACK = 'CDKToolkit';
const CDK_MS_MAX = 300_000;

/** What programs need to work with an endpoint instead of AWS; an emulator takes any credentials where none are set. */
export function endpointEnvironment(endpoint: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const hasCredentials = Boolean(env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE']);
  return {
    ...env,
    PATH: `${dirname(process.execPath)}:${env['PATH'] ?? ''}`,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: LOCAL_REGION,
    ...(hasCredentials ? {} : { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }),
  };
}

/** Prepares the endpoint for the CDK, once. @throws EndpointError with the end of what the CDK said. */
export async function bootstrap(env: NodeJS.ProcessEnv): Promise<'made' | 'there'> {
  const status = await stackStatus(clientsOf(env), BOOTSTRAP_STACK);
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return 'there';
  const account = env['CDK_DEFAULT_ACCOUNT'] ?? EMULATED_ACCOUNT;
  // The place is named, and nothing of the app is needed: where no app is, none is synthesized.
  await cdk(['bootstrap', `aws://${account}/${LOCAL_REGION}`], env, tmpdir());
  return 'made';
}

export interface DeployOptions {
  /** Where it synthesizes to: two at a time must not share it. The tree's `cdk.out` unless given. */
  readonly output?: string;
  /** The tree that is deployed; this one unless given. */
  readonly root?: string;
}

/** `cdk deploy` of stage `local`, as a person would call it. @throws EndpointError with the end of what the CDK said. */
export async function deployLocal(
  env: NodeJS.ProcessEnv,
  { output, root = ROOT }: DeployOptions = {},
): Promise<void> {
  const where = output === undefined ? [] : ['--output', output];
  const deploy = ['deploy', '--all', '--context', 'stage=local', '--require-approval', 'never'];
  await cdk([...deploy, '--progress', 'events', ...where], env, root);
}

async function cdk(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const program = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
  const run = await runCommand(process.execPath, [program, ...args], {
    cwd,
    env: { ...env, CI: '1' },
    timeoutMs: CDK_MS_MAX,
  });
  if (run.code !== 0)
    throw new EndpointError(
      `cdk ${args.join(' ')} failed at ${env['AWS_ENDPOINT_URL']}:\n${tail(run.output, 25)}`,
    );
}
