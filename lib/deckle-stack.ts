import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import { AlertTopics } from './alert-topics.ts';
import { ArchiveBucket } from './archive-bucket.ts';
import type { DeskBundles } from './bundling.ts';
import { DeskAlarms } from './desk-alarms.ts';
import { DeskBus } from './desk-bus.ts';
import { DeskDashboard } from './desk-dashboard.ts';
import { DeskFunctions } from './desk-functions.ts';
import { FailureQueue } from './failure-queue.ts';
import { FeedService } from './feed-service.ts';
import { LedgerTable } from './ledger-table.ts';

export interface DeckleStackProps extends StackProps {
  readonly stage: Stage;
  readonly bundles: DeskBundles;
}

/** A desk in one account and region. */
export class DeckleStack extends Stack {
  constructor(scope: Construct, id: string, { stage, bundles, ...props }: DeckleStackProps) {
    super(scope, id, { description: `Deckle, a paper-trading desk (${stage.name})`, ...props });
    const ledger = new LedgerTable(this, 'Ledger', { stage });
    const desk = new DeskBus(this, 'Bus', { stage });
    const archive = new ArchiveBucket(this, 'Archive', { stage });
    const alerts = new AlertTopics(this, 'Alerts', { stage });
    const failures = new FailureQueue(this, 'Failures', { stage, topics: alerts });
    const parts = { stage, ledger, desk, archive, alerts, failures };

    const functions = new DeskFunctions(this, 'Functions', { parts, code: bundles.functions });
    const feed =
      bundles.feeds === null ? null : new FeedService(this, 'Feed', { parts, code: bundles.feeds });

    new DeskAlarms(this, 'Alarms', { parts, functions, feedLogs: feed?.logGroup ?? null });
    new DeskDashboard(this, 'Dashboard', { parts, functions });

    new CfnOutput(this, 'LedgerTableName', { value: ledger.table.tableName });
    new CfnOutput(this, 'BusName', { value: desk.bus.eventBusName });
    new CfnOutput(this, 'BucketName', { value: archive.bucket.bucketName });
    new CfnOutput(this, 'CriticalTopicArn', { value: alerts.topics.critical.topicArn });
    new CfnOutput(this, 'NoticeTopicArn', { value: alerts.topics.notice.topicArn });
    if (feed) new CfnOutput(this, 'FeedsAsset', { value: feed.assetUrl });
  }
}
