import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import type { ClientSettings } from '../stack-view/stack-place.ts';
import type { Subscription } from './facts.ts';

const TOPICS = [
  ['critical', 'CriticalTopicArn'],
  ['notice', 'NoticeTopicArn'],
] as const;

/** Who is subscribed to the topics of a stack. */
export async function subscriptions(
  settings: ClientSettings,
  outputs: StackOutputs,
): Promise<readonly Subscription[]> {
  const client = new SNSClient(settings);
  const found: Subscription[] = [];
  try {
    for (const [topic, output] of TOPICS) {
      const arn = outputs[output];
      if (arn === undefined) continue;
      // Until it is confirmed, `PendingConfirmation` stands in the place of the name; `Deleted` after it has left.
      for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn }))
        for (const { Protocol = '', Endpoint = '', SubscriptionArn = '' } of page.Subscriptions ?? [])
          found.push({
            topic,
            protocol: Protocol,
            endpoint: Endpoint,
            confirmed: SubscriptionArn.startsWith('arn:'),
          });
    }
    return found;
  } finally {
    client.destroy();
  }
}
