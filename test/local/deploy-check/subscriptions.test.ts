import { afterAll, expect, test } from 'vitest';
import { subscriptions } from '../../../local/deploy-check/subscriptions.ts';
import { startAwsServer } from '../stack-view/aws-server.ts';

const member = (protocol: string, endpoint: string, arn: string): string =>
  `<member><TopicArn>t</TopicArn><Protocol>${protocol}</Protocol><SubscriptionArn>${arn}</SubscriptionArn><Owner>1</Owner><Endpoint>${endpoint}</Endpoint></member>`;
const page = (members: string, next: string): string =>
  `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${members}</Subscriptions>${next}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`;

const server = await startAwsServer(({ input }) => {
  if (input['TopicArn'] !== 'critical-arn') return { body: page('', '') };
  return input['NextToken'] === 'more'
    ? { body: page(member('sms', '+353861234567', 'arn:aws:sns:eu-west-1:1:critical:2'), '') }
    : {
        body: page(
          member('email', 'me@example.org', 'PendingConfirmation') +
            member('email', 'gone@example.org', 'Deleted'),
          '<NextToken>more</NextToken>',
        ),
      };
});
afterAll(() => server.stop());

test('subscriptions are read from both topics, page by page, and only a named one is confirmed', async () => {
  const settings = {
    region: 'eu-west-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  } as const;
  const outputs = { CriticalTopicArn: 'critical-arn', NoticeTopicArn: 'notice-arn' };
  expect(await subscriptions(settings, outputs)).toEqual([
    { topic: 'critical', protocol: 'email', endpoint: 'me@example.org', confirmed: false },
    { topic: 'critical', protocol: 'email', endpoint: 'gone@example.org', confirmed: false },
    { topic: 'critical', protocol: 'sms', endpoint: '+353861234567', confirmed: true },
  ]);
  expect(server.requests.map((one) => one.input['TopicArn'])).toEqual([
    'critical-arn',
    'critical-arn',
    'notice-arn',
  ]);
});
