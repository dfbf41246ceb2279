import type { Stack } from '@aws-sdk/client-cloudformation';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import type { Stage } from '../../core/config/stages.ts';
import { StackError, stackErrorOf } from './stack-error.ts';
import type { ClientSettings, Environment, StackPlace } from './stack-place.ts';
import { stackPlace } from './stack-place.ts';

/** A deployed stack and its table. */
export interface StackConnection {
  readonly place: StackPlace;
  /** For further clients of the same place. */
  readonly settings: ClientSettings;
  readonly outputs: StackOutputs;
  readonly store: ItemStore;
  close(): Promise<void>;
}

/** Values that the stack hands out, by name (lib/ gives them). */
export type StackOutputs = Readonly<Record<string, string | undefined>>;

/**
 * Finds the stack of a stage and opens its table; nothing of the table is read yet.
 * @throws StackError when the stack cannot be found or reached.
 */
export async function connectStack(stage: Stage, env: Environment): Promise<StackConnection> {
  const { place: looked, settings } = stackPlace(stage, env);
  const { place, outputs } = await findStack(looked, settings);
  const table = outputs['LedgerTableName'];
  if (table === undefined)
    throw new StackError(
      'not_deployed',
      `stack ${place.stackName} in ${place.region} names no table: its deployment did not succeed. Deploy it again: npx cdk deploy --context stage=${place.stage}`,
    );
  const client = new DynamoDBClient(settings);
  return {
    place,
    settings,
    outputs,
    store: openDynamoStore({ client, table }),
    close: async () => client.destroy(),
  };
}

async function findStack(
  looked: StackPlace,
  settings: ClientSettings,
): Promise<{ readonly place: StackPlace; readonly outputs: StackOutputs }> {
  const client = new CloudFormationClient(settings);
  let place = looked;
  try {
    place = { ...looked, region: await client.config.region() };
    const stack = await describeStack(client, place.stackName);
    if (stack === undefined)
      throw new StackError(
        'refused',
        `${place.stackName}: ${place.endpoint ?? 'AWS'} answers, but tells of no stack at all; ${place.endpoint === null ? 'try again' : 'it does not speak the AWS interface. Check AWS_ENDPOINT_URL'}`,
      );
    return { place, outputs: outputsOf(stack) };
  } catch (error) {
    throw stackErrorOf(error, place, 'find the stack') ?? error;
  } finally {
    client.destroy();
  }
}

/** The stack as CloudFormation has it; undefined when there is none. @throws what the SDK throws for anything else. */
export async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks[0];
}

export const outputsOf = (stack: Stack): StackOutputs =>
  Object.fromEntries(
    (stack.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
    ),
  );
