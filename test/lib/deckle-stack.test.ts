import { readFileSync } from 'node:fs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test, vi } from 'vitest';
import { createCloudMetrics } from '../../adapters/aws/cloud-metrics.ts';
import type { Stage } from '../../core/config/stages.ts';
import { SCHEDULED_FUNCTIONS } from '../../core/config/stages.ts';
import { METRICS } from '../../core/metrics.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { flat } from './invariants.ts';
import type { Resource, Template } from './synthesize.ts';
import { ofType, stageNamed, synthesize, unsynthesized } from './synthesize.ts';

const prod = synthesize(stageNamed('prod'));
const local = synthesize(stageNamed('local'));

/** The properties of the resource whose property has that value. */
function named(template: Template, type: string, property: string, value: string): Resource['Properties'] {
  const found = ofType(template, type).find(([, one]) => one.Properties[property] === value);
  if (!found) throw new Error(`no ${type} whose ${property} is ${value}`);
  return found[1].Properties;
}

const lambda = (template: Template, stage: string, name: string) =>
  named(template, 'AWS::Lambda::Function', 'FunctionName', `deckle-${stage}-${name}`);

const idOf = (template: Template, type: string, property: string, value: string): string =>
  ofType(template, type).find(([, one]) => one.Properties[property] === value)?.[0] ?? '';

test.each([
  { stage: 'prod', template: prod, more: ['FeedsAsset'] },
  { stage: 'local', template: local, more: [] },
] as const)('$stage says where its parts are', ({ template, more }) => {
  expect(Object.keys(template.Outputs).sort()).toEqual(
    ['BucketName', 'BusName', 'CriticalTopicArn', 'LedgerTableName', 'NoticeTopicArn', ...more].sort(),
  );
});

test('the types of resources, and how many of each', () => {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(prod.Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  expect(counts).toMatchInlineSnapshot(`
    {
      "AWS::CloudWatch::Alarm": 16,
      "AWS::CloudWatch::Dashboard": 1,
      "AWS::DynamoDB::GlobalTable": 1,
      "AWS::EC2::InternetGateway": 1,
      "AWS::EC2::Route": 2,
      "AWS::EC2::RouteTable": 2,
      "AWS::EC2::SecurityGroup": 1,
      "AWS::EC2::Subnet": 2,
      "AWS::EC2::SubnetRouteTableAssociation": 2,
      "AWS::EC2::VPC": 1,
      "AWS::EC2::VPCEndpoint": 2,
      "AWS::EC2::VPCGatewayAttachment": 1,
      "AWS::ECS::Cluster": 1,
      "AWS::ECS::Service": 1,
      "AWS::ECS::TaskDefinition": 1,
      "AWS::Events::EventBus": 1,
      "AWS::Events::Rule": 4,
      "AWS::IAM::Policy": 15,
      "AWS::IAM::Role": 15,
      "AWS::Lambda::EventInvokeConfig": 8,
      "AWS::Lambda::EventSourceMapping": 1,
      "AWS::Lambda::Function": 9,
      "AWS::Lambda::Permission": 4,
      "AWS::Logs::LogGroup": 10,
      "AWS::S3::Bucket": 1,
      "AWS::S3::BucketPolicy": 1,
      "AWS::SNS::Topic": 2,
      "AWS::SNS::TopicPolicy": 2,
      "AWS::SQS::Queue": 1,
      "AWS::SQS::QueuePolicy": 1,
      "AWS::Scheduler::Schedule": 5,
    }
  `);
});

test.each(TOPOLOGY)('$name runs as the topology says', ({ name, memoryMb, timeoutSeconds }) => {
  expect(lambda(prod, 'prod', name)).toMatchObject({
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    MemorySize: memoryMb,
    Timeout: timeoutSeconds,
    LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
  });
});

test.each(TOPOLOGY)('$name is told of what it may touch, and of nothing else', ({ name, touches }) => {
  const variables = (template: Template, stage: string): string[] =>
    Object.keys((lambda(template, stage, name)['Environment'] as { Variables: object }).Variables).sort();
  const expected = [
    'DECKLE_STAGE',
    'DECKLE_TABLE',
    'POWERTOOLS_METRICS_NAMESPACE',
    'POWERTOOLS_SERVICE_NAME',
    ...(touches.bus ? ['DECKLE_BUS'] : []),
    ...(touches.topics ? ['DECKLE_TOPIC_CRITICAL', 'DECKLE_TOPIC_NOTICE'] : []),
    ...(touches.bucket ? ['DECKLE_BUCKET'] : []),
  ];
  expect(variables(prod, 'prod')).toEqual(expected.sort());
  expect(variables(local, 'local')).toEqual([...expected, 'DECKLE_TRACE'].sort());
});

function statementsOf(role: unknown): readonly { readonly Action: string | string[] }[] {
  const id = (role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
  return ofType(prod, 'AWS::IAM::Policy')
    .filter(([, one]) => JSON.stringify(one.Properties['Roles']).includes(`"${id}"`))
    .flatMap(
      ([, one]) =>
        (one.Properties['PolicyDocument'] as { Statement: { Action: string | string[] }[] }).Statement,
    );
}

/** What a role may do, service by service. */
const verbsOf = (role: unknown): string[] =>
  statementsOf(role)
    .flatMap(({ Action }) => Action)
    .sort();

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const FAILURES = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];
const ITEMS = {
  none: [],
  read: ['dynamodb:GetItem', 'dynamodb:Query'],
  write: [
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
  ],
};
const STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

test.each(TOPOLOGY)('$name may do exactly what it touches', ({ name, touches, stream }) => {
  expect(verbsOf(lambda(prod, 'prod', name)['Role'])).toEqual(
    [
      ...LOGS,
      ...FAILURES,
      ...ITEMS[touches.table],
      ...(stream.length > 0 ? STREAM : []),
      ...(touches.bus ? ['events:PutEvents'] : []),
      ...(touches.topics ? ['sns:Publish'] : []),
      ...(touches.bucket ? ['s3:PutObject'] : []),
    ].sort(),
  );
});

test('the failure queue keeps for two weeks what failed', () => {
  expect(named(prod, 'AWS::SQS::Queue', 'QueueName', 'deckle-prod-failures')).toMatchObject({
    MessageRetentionPeriod: 14 * 86_400,
  });
});

interface QueueStatement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

test('the failure queue lets in each rule of its own stage, and nobody else by its policy', () => {
  const policy = ofType(prod, 'AWS::SQS::QueuePolicy')[0]?.[1].Properties['PolicyDocument'];
  const admits = (policy as { readonly Statement: readonly QueueStatement[] }).Statement.filter(
    (one) => one.Effect === 'Allow',
  );
  const queue = idOf(prod, 'AWS::SQS::Queue', 'QueueName', 'deckle-prod-failures');
  const rules = ofType(prod, 'AWS::Events::Rule').map(([id]) => id);
  expect(rules).toHaveLength(TOPOLOGY.filter((one) => one.listens.length > 0).length);
  expect(admits).toHaveLength(rules.length);
  expect(admits).toEqual(
    expect.arrayContaining(
      rules.map((id) =>
        expect.objectContaining({
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
        }),
      ),
    ),
  );
});

test('a schedule may call its own function and leave what fails in the failure queue, and do nothing else', () => {
  const schedules = ofType(prod, 'AWS::Scheduler::Schedule');
  expect(schedules.length).toBeGreaterThan(0);
  for (const [, { Properties }] of schedules) {
    const { Arn, RoleArn } = Properties['Target'] as { readonly Arn: unknown; readonly RoleArn: unknown };
    expect(statementsOf(RoleArn)).toEqual([
      { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: Arn },
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Resource: {
          'Fn::GetAtt': [idOf(prod, 'AWS::SQS::Queue', 'QueueName', 'deckle-prod-failures'), 'Arn'],
        },
      },
    ]);
  }
});

test('the feeds task may write items, windows and events, and read its own code', () => {
  const task = ofType(prod, 'AWS::ECS::TaskDefinition')[0]?.[1].Properties;
  expect(verbsOf(task?.['TaskRoleArn'])).toEqual(
    [...ITEMS.write, 'events:PutEvents', 's3:GetObject', 's3:PutObject'].sort(),
  );
  expect(verbsOf(task?.['ExecutionRoleArn'])).toEqual(LOGS);
});

test.each(TOPOLOGY.filter((one) => one.listens.length > 0))(
  '$name is woken by its events from the desk, and by no others',
  ({ name, listens }) => {
    expect(named(prod, 'AWS::Events::Rule', 'Name', `deckle-prod-${name}`)).toMatchObject({
      EventPattern: { source: ['deckle'], 'detail-type': listens },
      Targets: [
        {
          Arn: {
            'Fn::GetAtt': [idOf(prod, 'AWS::Lambda::Function', 'FunctionName', `deckle-prod-${name}`), 'Arn'],
          },
        },
      ],
    });
  },
);

/** Seconds that an event of a function may be old, on its way and in the function's own queue. */
function ages(name: string): unknown[] {
  const id = idOf(prod, 'AWS::Lambda::Function', 'FunctionName', `deckle-prod-${name}`);
  const own = ofType(prod, 'AWS::Lambda::EventInvokeConfig').filter(([, one]) =>
    JSON.stringify(one).includes(id),
  );
  const ways = [...ofType(prod, 'AWS::Events::Rule'), ...ofType(prod, 'AWS::Scheduler::Schedule')].filter(
    ([, one]) => JSON.stringify(one).includes(id),
  );
  const found = [...own, ...ways].flatMap(([, one]) =>
    [...JSON.stringify(one).matchAll(/"MaximumEventAgeInSeconds":(\d+)/g)].map((match) => Number(match[1])),
  );
  return [...new Set(found)];
}

test.each([
  ['fills', 300],
  ['signals', 300],
  ['risk', 300],
  ['alerts', 3_600],
  ['guard', 3_600],
  ['reconcile', 3_600],
  ['report', 3_600],
  ['universe', 3_600],
] as const)('what wakes %s is good for %d seconds', (name, seconds) => {
  expect(ages(name)).toEqual([seconds]);
});

test('the relay reads the stream from its beginning, in order, and tries for six hours, however often that is', () => {
  expect(ofType(prod, 'AWS::Lambda::EventSourceMapping').map(([, one]) => one.Properties)).toMatchObject([
    {
      EventSourceArn: { 'Fn::GetAtt': [ofType(prod, 'AWS::DynamoDB::GlobalTable')[0]?.[0], 'StreamArn'] },
      FunctionName: { Ref: idOf(prod, 'AWS::Lambda::Function', 'FunctionName', 'deckle-prod-relay') },
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 6 * 3_600,
    },
  ]);
  expect(JSON.stringify(prod)).not.toContain('MaximumBatchingWindowInSeconds');
  const patterns = ofType(prod, 'AWS::Lambda::EventSourceMapping').flatMap(([, one]) => {
    const { Filters } = one.Properties['FilterCriteria'] as {
      readonly Filters: readonly { readonly Pattern: string }[];
    };
    return Filters.map(({ Pattern }): unknown => JSON.parse(Pattern));
  });
  const wakes = TOPOLOGY.flatMap((one) => one.stream);
  expect(patterns).toEqual([{ dynamodb: { NewImage: { entity: { S: wakes } } } }]);
});

test('a schedule tells when it was due, so that a report written hours late is about the day it was meant for', () => {
  for (const [, { Properties }] of ofType(prod, 'AWS::Scheduler::Schedule'))
    expect(Properties['Target']).toMatchObject({ Input: '{"scheduledAt":"<aws.scheduler.scheduled-time>"}' });
});

/** Expressions by function, as the schedules of a template have them. */
const schedulesOf = (template: Template): string[] =>
  ofType(template, 'AWS::Scheduler::Schedule')
    .map(([, one]) => String(one.Properties['Description']))
    .sort();

test('schedules are those of the topology unless the stage has its own', () => {
  const usual = TOPOLOGY.flatMap(({ name, schedules }) =>
    schedules.map((one) => `Wakes ${name}: ${one} (UTC)`),
  );
  expect(schedulesOf(prod)).toEqual(usual.sort());
  expect(schedulesOf(local)).toEqual(
    ['guard', 'reconcile', 'report', 'universe'].map((name) => `Wakes ${name}: rate(1 minute) (UTC)`),
  );
  const own: Stage = {
    ...stageNamed('dev'),
    schedules: { report: ['cron(0 6 * * ? *)', 'cron(0 18 * * ? *)'] },
  };
  expect(schedulesOf(synthesize(own)).filter((one) => one.includes('report'))).toEqual([
    'Wakes report: cron(0 18 * * ? *) (UTC)',
    'Wakes report: cron(0 6 * * ? *) (UTC)',
  ]);
});

test('a stage can set the times of exactly the functions that have times', () => {
  const scheduled = TOPOLOGY.filter((one) => one.schedules.length > 0).map((one) => one.name);
  expect([...SCHEDULED_FUNCTIONS].sort()).toEqual(scheduled.sort());
});

test('addresses get both topics, numbers the critical one', () => {
  const alerts = { emails: ['me@example.org'], sms: ['+353861234567'] };
  const template = synthesize({ ...stageNamed('prod'), alerts, region: null });
  const topics = ['CriticalTopicArn', 'NoticeTopicArn'].map((name) => template.Outputs[name]?.Value);
  const subscriptions = ofType(template, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
    Properties['Protocol'],
    Properties['Endpoint'],
    Properties['TopicArn'],
  ]);
  expect(subscriptions).toHaveLength(3);
  expect(subscriptions).toEqual(
    expect.arrayContaining([
      ['email', 'me@example.org', topics[0]],
      ['email', 'me@example.org', topics[1]],
      ['sms', '+353861234567', topics[0]],
    ]),
  );
});

const alarms = ofType(prod, 'AWS::CloudWatch::Alarm').map(([, one]) => one.Properties);

const alarmed = TOPOLOGY.filter((one) => one.ownAlarm);

test('a function has its alarm where it is to have one, the failure queue one for all, and the desk its own', () => {
  const names = alarms.map((one) => String(one['AlarmName'])).sort();
  expect(names).toEqual(
    [
      ...alarmed.map(({ name }) => `${name}-errors`),
      'dead-letters',
      'put-aside',
      'feed-heartbeat',
      'report-missing',
      'late-decisions',
      'fills-holes',
      'signals-holes',
      'windows-not-logged',
    ]
      .map((name) => `deckle-prod-${name}`)
      .sort(),
  );
});

/** A name as it is deployed: of a function or queue that a dimension refers to, or the text itself. */
function deployedName(value: unknown): unknown {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as {
    readonly Ref?: string;
    readonly 'Fn::GetAtt'?: string[];
  };
  const found = prod.Resources[Ref ?? attribute?.[0] ?? '']?.Properties;
  return found?.['FunctionName'] ?? found?.['QueueName'];
}

/** The one dimension under which a function of the stage really writes its metrics. */
function writtenService(): unknown {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  createCloudMetrics('prod').add('risk_late_total', 1);
  write.mockRestore();
  return JSON.parse(lines[0] ?? '{}').service;
}

test('each alarm watches what it is named for', () => {
  const watched = Object.fromEntries(
    alarms.map((one) => {
      const dimensions = one['Dimensions'] as readonly { readonly Value: unknown }[];
      const { Namespace, MetricName, Statistic } = one;
      const of = dimensions.map(({ Value }) => deployedName(Value)).join();
      return [String(one['AlarmName']).replace('deckle-prod-', ''), [Namespace, MetricName, Statistic, of]];
    }),
  );
  const own = (metric: string) => ['Deckle', metric, 'Sum', writtenService()];
  expect(watched).toEqual({
    ...Object.fromEntries(
      alarmed.map(({ name }) => [`${name}-errors`, ['AWS/Lambda', 'Errors', 'Sum', `deckle-prod-${name}`]]),
    ),
    'dead-letters': ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 'deckle-prod-failures'],
    'feed-heartbeat': ['AWS/Lambda', 'Invocations', 'Sum', 'deckle-prod-fills'],
    'report-missing': own('report_written_total'),
    'late-decisions': own('risk_late_total'),
    'fills-holes': own('fills_holes_total'),
    'signals-holes': own('signals_holes_total'),
    'put-aside': own('bus_put_aside_total'),
    'windows-not-logged': own('feed_windows_unlogged_total'),
  });
});

/** What is handed over, and how often it is tried. */
interface Retried {
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number };
}

test('what failed is tried again before it is given up', () => {
  const invoked = ofType(prod, 'AWS::Lambda::EventInvokeConfig').map(
    ([, one]) => one.Properties['MaximumRetryAttempts'],
  );
  expect(invoked).toEqual(TOPOLOGY.filter((one) => one.stream.length === 0).map(() => 2));
  const handedOver = [
    ...ofType(prod, 'AWS::Events::Rule').flatMap(
      ([, one]) => one.Properties['Targets'] as readonly Retried[],
    ),
    ...ofType(prod, 'AWS::Scheduler::Schedule').map(([, one]) => one.Properties['Target'] as Retried),
  ];
  expect(handedOver.map((one) => one.RetryPolicy?.['MaximumRetryAttempts'])).toEqual(
    handedOver.map(() => 185),
  );
});

test.each(alarms)('the runbook has the article of $AlarmName', ({ AlarmDescription }) => {
  const anchor = /#([a-z-]+)\n/.exec(flat(AlarmDescription))?.[1];
  const headings = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8').matchAll(
    /^## (.+)$/gm,
  );
  const anchors = [...headings].map((match) => match[1]?.toLowerCase().replaceAll(' ', '-'));
  expect(anchors).toContain(anchor);
});

/** The log group, or the filter of log groups, that an alarm's link opens. */
const logsOf = (template: Template, what: string): string | undefined =>
  /#logsV2:log-groups(.*)$/
    .exec(
      flat(
        ofType(template, 'AWS::CloudWatch::Alarm').find(([, one]) =>
          String(one.Properties['AlarmName']).endsWith(`-${what}`),
        )?.[1].Properties['AlarmDescription'],
      ),
    )?.[1]
    ?.replaceAll('$252F', '/');

test.each(['feed-heartbeat', 'windows-not-logged'])(
  "%s links to the feed's own log, and to all of them where there is no container",
  (what) => {
    expect(logsOf(prod, what)).toBe('/log-group//deckle/prod/feeds');
    expect(logsOf(local, what)).toBe('$3FlogGroupNameFilter$3Ddeckle-local');
    expect(ofType(prod, 'AWS::Logs::LogGroup').map(([, one]) => one.Properties['LogGroupName'])).toContain(
      '/deckle/prod/feeds',
    );
  },
);

test('silence is an alarm where it means that something is dead, and nowhere else', () => {
  const breaching = alarms.filter((one) => one['TreatMissingData'] === 'breaching');
  expect(breaching).toHaveLength(2);
  expect(breaching).toMatchObject([
    {
      AlarmName: 'deckle-prod-feed-heartbeat',
      MetricName: 'Invocations',
      Namespace: 'AWS/Lambda',
      Period: 60,
      EvaluationPeriods: 3,
    },
    {
      AlarmName: 'deckle-prod-report-missing',
      MetricName: 'report_written_total',
      Period: 3_600,
      EvaluationPeriods: 25,
    },
  ]);
  expect(alarms.every((one) => one['TreatMissingData'] !== undefined)).toBe(true);
});

/** Figures on the dashboard: whatever is an array that starts with namespace and name. */
function dashboardMetrics(): readonly string[][] {
  const body = flat(ofType(prod, 'AWS::CloudWatch::Dashboard')[0]?.[1].Properties['DashboardBody']);
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics?: string[][] } }[] };
  return widgets.flatMap(({ properties }) => properties.metrics ?? []);
}

test('the dashboard has no more figures than a free one may have', () => {
  expect(dashboardMetrics().length).toBeGreaterThan(30);
  expect(dashboardMetrics().length).toBeLessThanOrEqual(50);
});

test.each([
  ['feed_messages_total', 'Sum'],
  ['feed_reconnects_total', 'Sum'],
  ['feed_gaps_total', 'Sum'],
  ['feed_validation_failures_total', 'Sum'],
  ['feed_latency_ms', 'Maximum'],
  ['window_age_ms', 'Maximum'],
])('the dashboard shows %s of the feed', (name, statistic) => {
  const found = dashboardMetrics().find((one) => one[1] === name);
  expect(found?.slice(0, 4)).toEqual(['Deckle', name, 'service', 'deckle-prod']);
  // A sum is what a dashboard's figure of ours is made with; CDK names the statistic in any case.
  expect(found?.[4]).toMatchObject({ stat: statistic });
});

const sent = Object.entries(METRICS).flatMap(([name, { cloud }]) => (cloud ? [name] : []));

test('every figure of ours that is sent to the cloud is on the dashboard', () => {
  const shown = dashboardMetrics().map(([, name]) => name);
  expect(sent.filter((name) => !shown.includes(name))).toEqual([]);
});

test('every figure of ours that is watched is sent to the cloud', () => {
  const watched = [
    ...alarms.filter((one) => one['Namespace'] === 'Deckle').map((one) => one['MetricName']),
    ...dashboardMetrics()
      .filter(([namespace]) => namespace === 'Deckle')
      .map(([, name]) => name),
  ];
  expect(watched.length).toBeGreaterThan(10);
  expect(sent).toEqual(expect.arrayContaining(watched));
});

function containersOf(template: Template): readonly Resource['Properties'][] {
  const [task] = ofType(template, 'AWS::ECS::TaskDefinition');
  return (task?.[1].Properties['ContainerDefinitions'] ?? []) as Resource['Properties'][];
}

test('the task copies its code, then runs it, as the Dockerfile would', () => {
  const [copy, feeds] = containersOf(prod);
  expect(copy).toMatchObject({
    Name: 'copy',
    Essential: false,
    Command: ['s3', 'cp', '--only-show-errors', prod.Outputs['FeedsAsset']?.Value, '/feeds/feeds.mjs'],
    Environment: [{ Name: 'AWS_REGION', Value: 'eu-west-1' }],
  });
  expect(feeds).toMatchObject({
    Name: 'feeds',
    Command: ['node', '/feeds/feeds.mjs', 'run'],
    HealthCheck: { Command: ['CMD', 'node', '/feeds/feeds.mjs', 'health'] },
    DependsOn: [{ Condition: 'SUCCESS', ContainerName: 'copy' }],
    User: '1000',
  });
  const environment = (feeds?.['Environment'] ?? []) as { Name: string; Value: unknown }[];
  expect(environment.map((one) => one.Name).sort()).toEqual([
    'AWS_REGION',
    'DECKLE_BUCKET',
    'DECKLE_BUS',
    'DECKLE_STAGE',
    'DECKLE_TABLE',
    'NODE_OPTIONS',
  ]);
  const options = environment.find((one) => one.Name === 'NODE_OPTIONS')?.Value;

  const dockerfile = readFileSync(new URL('../../fargate/Dockerfile', import.meta.url), 'utf8');
  expect(dockerfile).toContain(`\nCMD ${inDocker(feeds?.['Command'])}\n`);
  expect(dockerfile).toContain(`CMD ${inDocker(['node', '/feeds/feeds.mjs', 'health'])}\n`);
  expect(dockerfile).toContain(`\nENV NODE_OPTIONS=${options}\n`);
  expect(dockerfile).toContain(`\nUSER ${feeds?.['User']}\n`);
  expect(dockerfile).toContain(`\nFROM ${feeds?.['Image']}\n`);
});

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:deckle/kalshi-AbC123';

test.each([
  ['by its ARN', SECRET_ARN, SECRET_ARN, SECRET_ARN],
  [
    'by its name',
    'deckle/kalshi',
    'arn:aws:secretsmanager:eu-west-1:<?>:secret:deckle/kalshi',
    'arn:aws:secretsmanager:eu-west-1:<?>:secret:deckle/kalshi-??????',
  ],
])(
  'a secret named %s is given to the feeds container as references, and its platform alone may read it',
  (_, kalshi, arn, granted) => {
    const template = synthesize({ ...stageNamed('prod'), secrets: { kalshi } });
    const [copy, feeds] = containersOf(template);
    const given = (feeds?.['Secrets'] ?? []) as { readonly Name: string; readonly ValueFrom: unknown }[];
    expect(given.map((one) => [one.Name, flat(one.ValueFrom)])).toEqual([
      ['DECKLE_KALSHI_KEY_ID', `${arn}:keyId::`],
      ['DECKLE_KALSHI_PRIVATE_KEY', `${arn}:privateKey::`],
    ]);
    expect(copy?.['Secrets']).toBeUndefined();
    expect(feeds?.['Environment']).toEqual(containersOf(prod)[1]?.['Environment']);

    const readers = ofType(template, 'AWS::IAM::Policy').filter(([, one]) =>
      JSON.stringify(one).includes('secretsmanager:'),
    );
    const [task] = ofType(template, 'AWS::ECS::TaskDefinition');
    expect(readers.map(([, one]) => one.Properties['Roles'])).toEqual([
      [{ Ref: roleOf(task?.[1].Properties['ExecutionRoleArn']) }],
    ]);
    expect(readers.flatMap(([, one]) => secretStatements(one))).toEqual([
      [['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], granted],
    ]);
  },
);

/** Actions and resource of the statements of a policy that are about secrets. */
function secretStatements({ Properties }: Resource): readonly (readonly [readonly string[], string])[] {
  const { Statement } = Properties['PolicyDocument'] as {
    readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: unknown }[];
  };
  return Statement.map((one) => [[one.Action].flat().sort(), flat(one.Resource)] as const).filter(
    ([actions]) => actions.some((action) => action.startsWith('secretsmanager:')),
  );
}

const roleOf = (arn: unknown): string => (arn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];

test('a stage that names no secret has none, and no key of this shell gets into a template', () => {
  vi.stubEnv('DECKLE_KALSHI_KEY_ID', 'key-id-of-this-shell');
  vi.stubEnv('DECKLE_KALSHI_PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----');
  try {
    const without = JSON.stringify(synthesize({ ...stageNamed('prod'), logRetentionDays: 14 }));
    const named = JSON.stringify(
      synthesize({ ...stageNamed('prod'), logRetentionDays: 14, secrets: { kalshi: SECRET_ARN } }),
    );
    expect(without).not.toContain('secretsmanager');
    for (const template of [without, named]) {
      expect(template).not.toContain('key-id-of-this-shell');
      expect(template).not.toContain('PRIVATE KEY-----');
    }
  } finally {
    vi.unstubAllEnvs();
  }
});

test('the task starts when its subnets have their way out and it may write its log', () => {
  const [service] = ofType(prod, 'AWS::ECS::Service');
  const routes = ofType(prod, 'AWS::EC2::Route').filter(
    ([, one]) => one.Properties['DestinationCidrBlock'] === '0.0.0.0/0',
  );
  expect(routes).toHaveLength(2);
  const logs = ofType(prod, 'AWS::IAM::Policy').find(([id]) => id.includes('ExecutionRole'));
  expect(service?.[1].DependsOn).toEqual(
    expect.arrayContaining([...routes.map(([id]) => id), String(logs?.[0])]),
  );
});

const inDocker = (command: unknown): string => JSON.stringify(command).replaceAll(',', ', ');

test('the stack is made for the region of its stage, or for that of the command line', () => {
  const link = (template: Template): string =>
    flat(ofType(template, 'AWS::CloudWatch::Alarm')[0]?.[1].Properties['AlarmDescription']);
  expect(link(prod)).toContain('https://eu-west-1.console.aws.amazon.com/');
  expect(link(synthesize({ ...stageNamed('dev'), region: null }))).toContain(
    'https://<?>.console.aws.amazon.com/',
  );
});

test('what is neither clean nor acknowledged fails the synth', () => {
  const { app, stack } = unsynthesized(stageNamed('local'));
  new Queue(stack, 'Careless');
  expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
});
