import { dynamoChangesReader } from '../../../adapters/store/dynamodb-changes.ts';
import { openDynamoStore } from '../../../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../../../adapters/store/item-store.ts';
import { createTable, startDynoxide } from '../../contract/dynoxide.ts';
import type { AwsAnswer, AwsRequest, AwsServer } from './aws-server.ts';
import { refusal, stackAnswer, startAwsServer } from './aws-server.ts';

/** Stage `local` as if it were deployed: its table in a real DynamoDB-compatible server, all else answered by one of ours. */
export interface StackDesk {
  readonly store: ItemStore;
  readonly table: string;
  readonly server: AwsServer;
  stop(): Promise<void>;
}

export const OUTPUTS = {
  BusName: 'deckle-local',
  BucketName: 'archive',
  CriticalTopicArn: 'arn:aws:sns:us-east-1:000000000000:critical',
  NoticeTopicArn: 'arn:aws:sns:us-east-1:000000000000:notice',
};

/** Starts it and points the SDK of this process there; `answer` takes what is not about the stack or its table. */
export async function startStackDesk(
  answer: (request: AwsRequest) => AwsAnswer = ({ action }) =>
    refusal('InvalidAction', `nothing answers ${action}`),
): Promise<StackDesk> {
  const dynoxide = await startDynoxide();
  const table = 'ledger';
  await createTable(dynoxide.client, table);
  const server = await startAwsServer((request) => {
    if (request.action !== 'DescribeStacks') return answer(request);
    return request.input['StackName'] === 'Deckle-local'
      ? stackAnswer('Deckle-local', { LedgerTableName: table, ...OUTPUTS })
      : refusal('ValidationError', `Stack with id ${request.input['StackName']} does not exist`);
  });
  const { hostname, port } = (await dynoxide.client.config.endpoint?.()) ?? { hostname: '', port: 0 };
  process.env['AWS_ENDPOINT_URL'] = server.endpoint;
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = `http://${hostname}:${port}`;
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'DECKLE_TABLE'])
    delete process.env[name];
  return {
    store: openDynamoStore({
      client: dynoxide.client,
      table,
      changes: dynamoChangesReader(dynoxide.client, dynoxide.streams, table),
    }),
    table,
    server,
    stop: async () => {
      await server.stop();
      await dynoxide.stop();
    },
  };
}
