import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { ClientSettings } from '../stack-view/stack-place.ts';
import type { FailureQueue } from './facts.ts';

/** What the failure queue of a stage holds. */
export async function failureQueue(settings: ClientSettings, stage: string): Promise<FailureQueue> {
  const client = new SQSClient(settings);
  try {
    const queue = `deckle-${stage}-failures`;
    return { queue, messages: await messagesIn(client, queue) };
  } finally {
    client.destroy();
  }
}

async function messagesIn(client: SQSClient, queue: string): Promise<number | null> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    const messages = Attributes?.['ApproximateNumberOfMessages'];
    if (messages === undefined) throw new Error(`SQS did not say how many messages ${queue} holds`);
    return Number(messages);
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return null;
    throw error;
  }
}
