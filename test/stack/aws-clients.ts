import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { EndpointClients } from '../../local/endpoint/stack-outputs.ts';

/** Clients of the SDK for one endpoint. */
export interface AwsClients {
  readonly dynamo: DynamoDBClient;
  readonly bus: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

export function openClients(settings: EndpointClients): AwsClients {
  const clients = {
    dynamo: new DynamoDBClient(settings),
    bus: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** An item as the table holds it. */
export type RawItem = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** Every item of a table, as a reader of the raw table sees it, by key. */
export async function scanTable(dynamo: DynamoDBClient, table: string): Promise<readonly RawItem[]> {
  const items: RawItem[] = [];
  let from: Awaited<ReturnType<typeof scanPage>>['LastEvaluatedKey'];
  do {
    const page = await scanPage(dynamo, table, from);
    for (const item of page.Items ?? []) items.push(unmarshall(item) as RawItem);
    from = page.LastEvaluatedKey;
  } while (from);
  const keyOf = (one: RawItem): string => `${one.pk} ${one.sk}`;
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const scanPage = (
  dynamo: DynamoDBClient,
  table: string,
  from: ConstructorParameters<typeof ScanCommand>[0]['ExclusiveStartKey'],
) => dynamo.send(new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }));
