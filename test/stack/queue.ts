import type { SNSClient } from '@aws-sdk/client-sns';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { waitUntil } from './wait-until.ts';

/** What SNS puts into a subscribed queue. */
export interface Delivered {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
}

/** A queue that is subscribed to a topic: what a person's mailbox would have got. */
export async function subscribedQueue(
  { sns, sqs }: { readonly sns: SNSClient; readonly sqs: SQSClient },
  topicArn: string,
  name: string,
): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes?.['QueueArn'] }),
  );
  return QueueUrl;
}

/** Takes the messages that are there now. */
export async function takeMessages(sqs: SQSClient, QueueUrl: string): Promise<readonly string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.flatMap(({ Body }) => (Body === undefined ? [] : [Body]));
}

/** The next alert of a kind in the queue; others before it are passed over, and told when it does not come. */
export async function nextAlert(
  sqs: SQSClient,
  queueUrl: string,
  kind: string,
  secondsMax: number,
): Promise<Delivered> {
  const others: string[] = [];
  return waitUntil(
    `an alert of kind ${kind}`,
    secondsMax,
    async () => {
      const delivered = (await takeMessages(sqs, queueUrl)).map((body) => JSON.parse(body) as Delivered);
      const found = delivered.find((one) => one.MessageAttributes['kind']?.Value === kind);
      if (!found) others.push(...delivered.map((one) => one.Subject));
      return found;
    },
    { told: () => ({ others }) },
  );
}
