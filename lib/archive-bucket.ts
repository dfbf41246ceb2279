import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import { acknowledge } from './acknowledge.ts';

/** Where each part of the archive lies; a grant names one of them. */
export const ARCHIVE_PREFIXES = { windows: 'windows/', reports: 'reports/' } as const;

/** How far back a day can be replayed and a fill explained; reports and the ledger itself are kept. */
const WINDOW_LOG_DAYS = 90;

export interface ArchiveBucketProps {
  /** In `prod` the bucket outlives its stack; elsewhere it goes with it, once it was emptied. */
  readonly stage: Stage;
}

/** The window log and the daily reports. */
export class ArchiveBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage }: ArchiveBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // A block of the log is written once and never changed.
      versioned: false,
      lifecycleRules: [
        {
          id: 'window-log',
          prefix: ARCHIVE_PREFIXES.windows,
          expiration: Duration.days(WINDOW_LOG_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: stage.name === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.bucket,
      'S1',
      'Access logs of market data and reports would cost more than they tell: the only writers are the feeds task and one function.',
    );
  }
}
