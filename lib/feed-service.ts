import { AvailabilityZoneRebalancing, Cluster, ContainerInsights, FargateService } from 'aws-cdk-lib/aws-ecs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DeskParts } from './desk-parts.ts';
import { FeedNetwork } from './feed-network.ts';
import { FeedTask } from './feed-task.ts';

export interface FeedServiceProps {
  readonly parts: DeskParts;
  /** The bundled feeds process, one file. */
  readonly code: string;
}

/** The one part that always runs: a container that keeps the venues' books and puts a window on the bus each beat. */
export class FeedService extends Construct {
  /** Where the feeds file lies, for whoever runs it elsewhere. */
  readonly assetUrl: string;
  /** The name of its log group. */
  readonly logGroup: string;

  constructor(scope: Construct, id: string, { parts, code }: FeedServiceProps) {
    super(scope, id);
    const { vpc, securityGroup } = new FeedNetwork(this, 'Network');
    const cluster = new Cluster(this, 'Cluster', {
      vpc,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    acknowledge(
      cluster,
      'ECS4',
      'Container Insights bills a dozen metrics for one task; the heartbeat alarm tells whether it works.',
    );
    const asset = new Asset(this, 'Code', { path: code });
    this.assetUrl = asset.s3ObjectUrl;
    const task = new FeedTask(this, 'Task', { parts, code: asset });
    this.logGroup = task.logGroup;
    const service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition: task.definition,
      securityGroups: [securityGroup],
      vpcSubnets: { subnets: vpc.publicSubnets },
      // Venues and AWS are reached over the internet gateway; the address costs 3.65 dollars a month, a NAT gateway 33.
      assignPublicIp: true,
      desiredCount: 1,
      // Stop, then start: two feeds would pay for the same windows twice. The lease would silence one of them in any case.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      // Rebalancing starts a second task before it ends the first, which the line above forbids.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.DISABLED,
      // A task that never becomes healthy ends the deployment in minutes and brings the last good one back.
      circuitBreaker: { enable: true, rollback: true },
      enableExecuteCommand: false,
    });
    // A task that starts before it has a way out, or before it may write its log, fails for nothing. The way out is a
    // route of each subnet: the gateway alone leads nowhere.
    service.node.addDependency(
      ...vpc.publicSubnets.map((one) => one.internetConnectivityEstablished),
      task.executionRole,
    );
  }
}
