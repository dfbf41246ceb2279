import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';

/** `critical` wakes somebody up (email and SMS); `notice` waits until somebody looks (email). */
export type Severity = 'critical' | 'notice';

/** The two topics that reach people. */
export class AlertTopics extends Construct {
  readonly topics: Readonly<Record<Severity, Topic>>;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.topics = {
      critical: this.#topic('Critical', stage.alerts.emails, stage.alerts.sms),
      notice: this.#topic('Notice', stage.alerts.emails, []),
    };
  }

  #topic(id: string, emails: readonly string[], numbers: readonly string[]): Topic {
    const topic = new Topic(this, id, { enforceSSL: true });
    // The policy that demands TLS takes the place of the default one, under which alarms of the account may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    for (const number of numbers) topic.addSubscription(new SmsSubscription(number));
    return topic;
  }
}
