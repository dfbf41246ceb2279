import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import { describeStack, outputsOf } from '../stack-view/connect-stack.ts';
import { EndpointError } from './endpoint-error.ts';

export const LOCAL_STACK = 'Deckle-local';

/** What every client of the SDK is made with to work with an endpoint. */
export interface EndpointClients {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Settings of clients from the environment that programs are given. */
export const clientsOf = (env: NodeJS.ProcessEnv): EndpointClients => ({
  endpoint: env['AWS_ENDPOINT_URL'] ?? '',
  region: env['AWS_REGION'] ?? '',
  credentials: {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? 'test',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? 'test',
  },
});

/** Status of a stack; undefined when there is none, or nobody can say. */
export async function stackStatus(clients: EndpointClients, name: string): Promise<string | undefined> {
  const client = new CloudFormationClient(clients);
  const stack = await describeStack(client, name)
    .catch(() => undefined)
    .finally(() => client.destroy());
  return stack?.StackStatus;
}

/** What stage `local` hands out. @throws EndpointError when it is not deployed there. */
export async function localOutputs(clients: EndpointClients): Promise<StackOutputs> {
  const client = new CloudFormationClient(clients);
  const stack = await describeStack(client, LOCAL_STACK)
    .catch(() => undefined)
    .finally(() => client.destroy());
  if (!stack)
    throw new EndpointError(
      `there is no stack ${LOCAL_STACK} at ${clients.endpoint}; npm run localstack deploys it`,
    );
  return outputsOf(stack);
}

/** An output that the stack must have. @throws EndpointError naming it. */
export function requireOutput(outputs: StackOutputs, name: string): string {
  const value = outputs[name];
  if (value === undefined)
    throw new EndpointError(
      `stack ${LOCAL_STACK} has no output ${name}; deploy it again: npm run localstack`,
    );
  return value;
}
