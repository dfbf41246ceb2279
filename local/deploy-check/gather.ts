import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import type { ConfigResult } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { Stage } from '../../core/config/stages.ts';
import type { FeedId } from '../../core/market/window.ts';
import type { StoredConfig } from '../../core/ports.ts';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import { describeStack, outputsOf } from '../stack-view/connect-stack.ts';
import { stackErrorOf } from '../stack-view/stack-error.ts';
import type { ClientSettings, Environment, StackPlace } from '../stack-view/stack-place.ts';
import { stackPlace } from '../stack-view/stack-place.ts';
import { lookAside } from '../stack-view/trouble.ts';
import type { BehindFacts, DeployFacts, Gathered, StackFacts } from './facts.ts';
import { failureQueue } from './failure-queue.ts';
import { lookAtKalshiSecret } from './kalshi-secret.ts';
import { smsSandbox } from './sms-sandbox.ts';
import { subscriptions } from './subscriptions.ts';

/** Where to look, and with what. */
interface Looking {
  readonly place: StackPlace;
  readonly settings: ClientSettings;
}

/** Looks at everything that a deployment needs. What cannot be looked at is a fact as well: nothing is thrown for it. */
export async function gatherDeployFacts(
  stage: Stage,
  env: Environment,
  configFile: { readonly path: string; readonly result: ConfigResult },
): Promise<DeployFacts> {
  const { place: looked, settings } = stackPlace(stage, env);
  const client = new CloudFormationClient(settings);
  try {
    const place = { ...looked, region: await regionOf(client, looked) };
    const at: Looking = { place, settings };
    const stack = await gather(at, 'look at the stack', () => stackFacts(client, place.stackName));
    const isMissing = stack.kind === 'known' && stack.value === null;
    const outputs = stack.kind === 'known' ? (stack.value?.outputs ?? {}) : {};
    const table = outputs['LedgerTableName'];
    return {
      now: systemClock.now(),
      stage,
      place,
      configFile,
      stack,
      bootstrap: isMissing
        ? await gather(
            at,
            'look for the bootstrap',
            async () => (await stackFacts(client, 'CDKToolkit')) !== null,
          )
        : null,
      kalshiSecret: await kalshiSecret(at, stage, env, client),
      // Without its name nothing can be found behind the stack; that it is missing is a finding of its own.
      behind: table === undefined ? null : await behind(at, stage, table, outputs, configFile.result),
    };
  } finally {
    client.destroy();
  }
}

async function kalshiSecret(
  at: Looking,
  { secrets: { kalshi } }: Stage,
  env: Environment,
  { config: { credentials } }: CloudFormationClient,
): Promise<DeployFacts['kalshiSecret']> {
  if (kalshi === null) return null;
  const { region } = at.place;
  return gather(at, `read the secret ${kalshi}`, () =>
    lookAtKalshiSecret(kalshi, { region, settings: at.settings, env, credentials }),
  );
}

/** A region that nobody has set is found out by the first request, which then says so. */
async function regionOf(client: CloudFormationClient, { region }: StackPlace): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    return region;
  }
}

async function stackFacts(client: CloudFormationClient, name: string): Promise<StackFacts | null> {
  try {
    const stack = await describeStack(client, name);
    if (!stack) return null;
    return {
      status: stack.StackStatus ?? 'of unknown status',
      region: /^arn:[^:]*:cloudformation:([^:]+):/.exec(stack.StackId ?? '')?.[1] ?? null,
      outputs: outputsOf(stack),
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return null;
    throw error;
  }
}

async function behind(
  at: Looking,
  stage: Stage,
  table: string,
  outputs: StackOutputs,
  file: ConfigResult,
): Promise<BehindFacts> {
  const client = new DynamoDBClient(at.settings);
  try {
    const store = openDynamoStore({ client, table });
    const read = await gather(at, 'read the table', async () => ({
      mode: await createModeStore(store, systemClock).mode(),
      inForce: await createConfigStore(store).current(),
    }));
    const feedId = feedOf(read.kind === 'known' ? read.value.inForce : undefined, file);
    return {
      table: read,
      stream: await gather(at, 'look at the stream', () => streamOf(client, table)),
      feed: await gather(at, "read the feed's sign of life", () => createFeedStore(store).sign(feedId)),
      putAside: await gather(at, 'read what was put aside', () => lookAside({ store })),
      subscriptions: await gather(at, 'list the subscriptions', () => subscriptions(at.settings, outputs)),
      smsSandbox:
        stage.alerts.sms.length === 0
          ? null
          : await gather(at, 'ask whether SMS are let out', () => smsSandbox(at.settings)),
      failureQueue: await gather(at, 'look at the failure queue', () =>
        failureQueue(at.settings, at.place.stage),
      ),
    };
  } finally {
    client.destroy();
  }
}

/** The feed of the configuration in force, else of the one that should be. */
function feedOf(inForce: StoredConfig | undefined, file: ConfigResult): FeedId {
  const stored = inForce && parseConfig(inForce.document, sha256);
  for (const result of [stored, file]) if (result?.kind === 'valid') return result.config.feed.id;
  return 'main' as FeedId;
}

async function streamOf(client: DynamoDBClient, table: string): Promise<string | null> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const { StreamEnabled, StreamViewType } = Table?.StreamSpecification ?? {};
  return StreamEnabled ? (StreamViewType ?? null) : null;
}

async function gather<T>({ place }: Looking, doing: string, ask: () => Promise<T>): Promise<Gathered<T>> {
  try {
    return { kind: 'known', value: await ask() };
  } catch (error) {
    const why = stackErrorOf(error, place, doing)?.message ?? `could not ${doing}: ${messageOf(error)}`;
    return { kind: 'unknown', why };
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`
    : String(error);
