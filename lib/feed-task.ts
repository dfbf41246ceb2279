import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import type { ContainerDefinition, ContainerDefinitionOptions } from 'aws-cdk-lib/aws-ecs';
import {
  AwsLogDriverMode,
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DeskParts } from './desk-parts.ts';
import { allow, grantArchive, grantBus, grantTable } from './grants.ts';
import { physicalName } from './physical-name.ts';
import { venueSecrets } from './venue-secrets.ts';

export interface FeedTaskProps {
  readonly parts: DeskParts;
  readonly code: Asset;
}

/** What the containers run; fargate/Dockerfile and a test repeat it. */
export const FEEDS_FILE = '/feeds/feeds.mjs';
export const RUN_COMMAND = ['node', FEEDS_FILE, 'run'];
/**
 * Half of the task's memory for objects: Node would take its half of what the machine under the task has. What lies outside
 * and the health check need the rest.
 */
export const NODE_OPTIONS = '--max-old-space-size=256';
export const HEALTH_COMMAND = ['node', FEEDS_FILE, 'health'];
/** The user `node` of the image, by number: it owns nothing that it could change. */
export const FEEDS_USER = '1000';

/** Images that anybody can pull, so that nobody needs Docker to deploy. */
const COPY_IMAGE = 'public.ecr.aws/aws-cli/aws-cli:2.36.10';
const NODE_IMAGE = 'public.ecr.aws/docker/library/node:24-slim';

/** The volume that both containers see. */
const VOLUME = 'feeds';

/**
 * The task: a first container copies the feeds file from its asset to a volume and ends; the second runs it. The asset's
 * name is the hash of its content, so that a task always runs the file it was deployed with.
 */
export class FeedTask extends Construct {
  readonly definition: FargateTaskDefinition;
  /** Under which the platform pulls the images and writes the logs. */
  readonly executionRole: IRole;
  readonly logGroup: string;

  constructor(scope: Construct, id: string, { parts, code }: FeedTaskProps) {
    super(scope, id);
    this.logGroup = `/deckle/${parts.stage.name}/feeds`;
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      family: physicalName(parts.stage, 'feeds'),
      // The smallest there is; with its address, the fixed floor of a desk's bill.
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      volumes: [{ name: VOLUME }],
    });
    acknowledge(
      this.definition,
      'ECS2',
      'The variables of both containers are names of this stack and its region; keys of venues come as references to secrets.',
    );
    this.#grants(parts, code);
    const logging = this.#logging(parts);
    const copy = this.#copy(code, logging);
    const feeds = this.#feeds(parts, logging);
    feeds.addContainerDependencies({ container: copy, condition: ContainerDependencyCondition.SUCCESS });
    this.executionRole = this.definition.obtainExecutionRole();
  }

  #grants(parts: DeskParts, code: Asset): void {
    const { taskRole } = this.definition;
    grantTable(taskRole, parts, 'write');
    grantBus(taskRole, parts);
    grantArchive(taskRole, parts, 'windows');
    const { partition } = Stack.of(this);
    const object = `arn:${partition}:s3:::${code.s3BucketName}/${code.s3ObjectKey}`;
    allow(taskRole, ['s3:GetObject'], [object]);
  }

  #logging({ stage }: DeskParts): ContainerDefinitionOptions['logging'] {
    return LogDrivers.awsLogs({
      logGroup: new LogGroup(this, 'Logs', {
        logGroupName: this.logGroup,
        retention: stage.logRetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      streamPrefix: 'task',
      // Logs that cannot be written must not stop the market.
      mode: AwsLogDriverMode.NON_BLOCKING,
      maxBufferSize: Size.mebibytes(4),
    });
  }

  #copy(code: Asset, logging: ContainerDefinitionOptions['logging']): ContainerDefinition {
    const copy = this.definition.addContainer('copy', {
      image: ContainerImage.fromRegistry(COPY_IMAGE),
      // The volume belongs to root; this container ends before the other one begins.
      command: ['s3', 'cp', '--only-show-errors', code.s3ObjectUrl, FEEDS_FILE],
      essential: false,
      readonlyRootFilesystem: true,
      // The bucket is in the region of the stack; the command line would not look for it there by itself.
      environment: { AWS_REGION: Stack.of(this).region },
      logging,
    });
    copy.addMountPoints({ sourceVolume: VOLUME, containerPath: '/feeds', readOnly: false });
    return copy;
  }

  #feeds(parts: DeskParts, logging: ContainerDefinitionOptions['logging']): ContainerDefinition {
    const { stage, ledger, desk, archive } = parts;
    const feeds = this.definition.addContainer('feeds', {
      image: ContainerImage.fromRegistry(NODE_IMAGE),
      command: RUN_COMMAND,
      user: FEEDS_USER,
      readonlyRootFilesystem: true,
      // Node does not expect to be the first process: an init passes the signals on.
      linuxParameters: new LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      // It publishes the window it is in, writes its log and gives the lease back; that takes seconds.
      stopTimeout: Duration.seconds(60),
      environment: {
        AWS_REGION: Stack.of(this).region,
        NODE_OPTIONS,
        DECKLE_STAGE: stage.name,
        DECKLE_TABLE: ledger.table.tableName,
        DECKLE_BUS: desk.bus.eventBusName,
        DECKLE_BUCKET: archive.bucket.bucketName,
        ...(stage.trace && { DECKLE_TRACE: 'on' }),
      },
      secrets: venueSecrets(this, stage),
      healthCheck: {
        command: ['CMD', ...HEALTH_COMMAND],
        interval: Duration.seconds(30),
        // A second process starts on a quarter of a processor that is busy with the first.
        timeout: Duration.seconds(15),
        retries: 3,
        startPeriod: Duration.minutes(2),
      },
      logging,
    });
    feeds.addMountPoints({ sourceVolume: VOLUME, containerPath: '/feeds', readOnly: true });
    return feeds;
  }
}
