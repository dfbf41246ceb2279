import type { Stack } from '@aws-sdk/client-cloudformation';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import type { Stage, StageName } from '../../core/config/stages.ts';
import { STAGE_NAMES } from '../../core/config/stages.ts';
import { StackError, stackErrorOf } from './stack-error.ts';
import type { ClientSettings, Environment, StackPlace } from './stack-place.ts';
import { stackPlace } from './stack-place.ts';

/** A deployed stack and its table. */
export interface StackConnection {
  readonly place: StackPlace;
  /** For further clients of the same place. */
  readonly settings: ClientSettings;
  /** None when the table was named directly. */
  readonly outputs: StackOutputs;
  readonly table: string;
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
  return connection(place, settings, outputs, table);
}

/**
 * The table of a stage alone, for what has to work while CloudFormation does not: `DECKLE_TABLE` names it directly. Without
 * it the table is found as {@link connectStack} does.
 * @throws StackError as that, telling of `DECKLE_TABLE`; or when it names the table of another stage.
 */
export async function connectTable(stage: Stage, env: Environment): Promise<StackConnection> {
  const table = env[TABLE_VARIABLE];
  if (!table)
    return connectStack(stage, env).catch((error: unknown) => {
      throw tellingOfTable(error, stage.name);
    });
  const other = STAGE_NAMES.find((name) => name !== stage.name && table.startsWith(`Deckle-${name}-`));
  if (other !== undefined)
    throw new StackError(
      'refused',
      `${TABLE_VARIABLE} names ${table}, which is a table of stage ${other} and not of ${stage.name}. Name that of ${stage.name}, or unset it`,
    );
  const { place, settings } = stackPlace(stage, env);
  const client = new DynamoDBClient(settings);
  try {
    return connection({ ...place, region: await client.config.region(), table }, settings, {}, table);
  } catch (error) {
    throw stackErrorOf(error, { ...place, table }, 'reach the table') ?? error;
  } finally {
    client.destroy();
  }
}

const TABLE_VARIABLE = 'DECKLE_TABLE';

function connection(
  place: StackPlace,
  settings: ClientSettings,
  outputs: StackOutputs,
  table: string,
): StackConnection {
  const client = new DynamoDBClient(settings);
  return {
    place,
    settings,
    outputs,
    table,
    store: openDynamoStore({ client, table }),
    close: async () => client.destroy(),
  };
}

/** What kept CloudFormation from answering may not keep the table from it. */
function tellingOfTable(error: unknown, stage: StageName): unknown {
  if (!(error instanceof StackError)) return error;
  switch (error.fault) {
    case 'denied':
    case 'no_answer':
    case 'refused':
      return new StackError(
        error.fault,
        `${error.message}. Only the name of the table was asked for: with ${TABLE_VARIABLE} set to it, CloudFormation is not needed. It begins with Deckle-${stage}-; aws dynamodb list-tables shows it`,
        { cause: error },
      );
    case 'not_deployed':
    case 'no_region':
    case 'no_credentials':
    case 'expired':
    case 'no_table':
    case 'no_bucket':
    case 'no_configuration':
      return error;
  }
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
    throw stackErrorOf(error, place, 'find the stack') ?? unasked(error, place) ?? error;
  } finally {
    client.destroy();
  }
}

/** An answer that is none: CloudFormation throttles, or fails itself. */
const unasked = (error: unknown, { stackName }: StackPlace): StackError | undefined =>
  error instanceof CloudFormationServiceException
    ? new StackError(
        'no_answer',
        `${stackName}: CloudFormation could not be asked (${error.name}: ${error.message.replace(/\.$/, '')}). Try again`,
        { cause: error },
      )
    : undefined;

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
