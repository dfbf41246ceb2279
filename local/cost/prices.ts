/** Regions whose prices are listed. */
export const REGIONS = ['us-east-1', 'eu-west-1'] as const;
export type Region = (typeof REGIONS)[number];

/** `read` in the source named; `known` from long use, the source is where to check it; `uncertain` where it floats. */
export type PriceTrust = 'read' | 'known' | 'uncertain';

/** A unit price in us-east-1, with its free allowance. */
export interface Price {
  readonly service: string;
  /** What `usd` buys: `per` of these. */
  readonly unit: string;
  readonly per: number;
  readonly usd: number;
  /** Free in each month, for good, in single units (not in `per`). */
  readonly free: number;
  readonly trust: PriceTrust;
  /** The day on which the price was taken down. */
  readonly date: string;
  readonly source: string;
  /** What multiplies the price in a region where it is known to differ. */
  readonly factors?: Partial<Readonly<Record<Region, number>>>;
}

const MILLION = 1_000_000;
const DATE = '2026-11-20';

const price = (
  service: string,
  unit: string,
  usd: number,
  source: string,
  rest: Partial<Pick<Price, 'per' | 'free' | 'trust' | 'factors'>> = {},
): Price => ({ service, unit, per: 1, usd, free: 0, trust: 'read', date: DATE, source, ...rest });

const LAMBDA_PAGE = 'aws.amazon.com/lambda/pricing, cloudchipr.com';
const DYNAMODB_NOTE = 'airbyte.com 2025-07, jusdb.com (in force since 2024-11-01)';
const CLOUDWATCH_PAGE = 'aws.amazon.com/cloudwatch/pricing, signoz.io 2026-02';
const FARGATE_NOTE = 'factualminds.com 2026-06 (x86); Arm is a fifth less';
const SPOT_NOTE = 'it floats; check the current Spot price';
/** Ireland is about 13 % dearer for the table; the other services differ less and are taken as in us-east-1. */
const TABLE_FACTORS = { 'eu-west-1': 1.13 } as const;

/** Everything the bill charges for. A month has 730 hours and 2,628,000 seconds. */
export const PRICES = {
  busEvents: price(
    'EventBridge',
    'million events of 64 KB',
    1,
    'cloudburn.io 2026-03-13, aws.amazon.com/eventbridge/pricing',
    { per: MILLION },
  ),
  schedules: price('EventBridge', 'million schedule invocations', 1, 'aws.amazon.com/eventbridge/pricing', {
    per: MILLION,
    free: 14 * MILLION,
  }),
  lambdaRequests: price('Lambda', 'million invocations', 0.2, LAMBDA_PAGE, { per: MILLION, free: MILLION }),
  lambdaCompute: price('Lambda', 'GB-seconds, Arm', 0.000_013_333_4, LAMBDA_PAGE, { free: 400_000 }),
  tableWrites: price('DynamoDB', 'million write units', 0.625, DYNAMODB_NOTE, {
    per: MILLION,
    factors: TABLE_FACTORS,
  }),
  tableReads: price('DynamoDB', 'million read units', 0.125, DYNAMODB_NOTE, {
    per: MILLION,
    factors: TABLE_FACTORS,
  }),
  tableStorage: price('DynamoDB', 'GB-months stored', 0.25, 'aws.amazon.com/dynamodb/pricing', {
    free: 25,
    trust: 'known',
    factors: TABLE_FACTORS,
  }),
  tableRecovery: price(
    'DynamoDB',
    'GB-months of point-in-time recovery',
    0.2,
    'aws.amazon.com/dynamodb/pricing',
    {
      trust: 'known',
      factors: TABLE_FACTORS,
    },
  ),
  objectPuts: price('S3', 'thousand puts', 0.005, 'aws.amazon.com/s3/pricing', {
    per: 1_000,
    trust: 'known',
  }),
  objectStorage: price('S3', 'GB-months stored', 0.023, 'aws.amazon.com/s3/pricing', { trust: 'known' }),
  topicPublishes: price('SNS', 'million publishes', 0.5, 'factualminds.com 2026-06', {
    per: MILLION,
    free: MILLION,
  }),
  topicEmails: price('SNS', 'thousand emails', 0.02, 'factualminds.com 2026-06', { per: 1_000, free: 1_000 }),
  logs: price('CloudWatch', 'GB of logs', 0.5, CLOUDWATCH_PAGE, { free: 5 }),
  metrics: price('CloudWatch', 'own metrics', 0.3, CLOUDWATCH_PAGE, { free: 10 }),
  alarms: price('CloudWatch', 'alarms', 0.1, CLOUDWATCH_PAGE, { free: 10 }),
  dashboards: price('CloudWatch', 'dashboards', 3, CLOUDWATCH_PAGE, { free: 3 }),
  taskCpu: price('Fargate', 'vCPU-hours, Arm', 0.032_38, FARGATE_NOTE, { trust: 'known' }),
  taskMemory: price('Fargate', 'GB-hours, Arm', 0.003_56, FARGATE_NOTE, { trust: 'known' }),
  taskCpuSpot: price('Fargate', 'vCPU-hours, Arm Spot', 0.012_4, SPOT_NOTE, { trust: 'uncertain' }),
  taskMemorySpot: price('Fargate', 'GB-hours, Arm Spot', 0.001_4, SPOT_NOTE, { trust: 'uncertain' }),
  address: price('VPC', 'hours of a public IPv4 address', 0.005, 'aws.amazon.com/vpc/pricing', {
    trust: 'known',
  }),
} as const satisfies Record<string, Price>;

export type PriceId = keyof typeof PRICES;

export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;

/** The unit price in a region. */
export function usdIn(id: PriceId, region: Region): number {
  const { usd, factors }: Price = PRICES[id];
  return usd * (factors?.[region] ?? 1);
}
