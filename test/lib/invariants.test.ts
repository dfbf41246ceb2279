import { expect, test } from 'vitest';
import { INVARIANTS } from './invariants.ts';
import { stageNamed, synthesize, type Template } from './synthesize.ts';

const prod = synthesize(stageNamed('prod'));

/** A template as it may be changed: what a careless edit of the constructs would make of it. */
type Draft = { Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties: Bag }> };
// biome-ignore lint/suspicious/noExplicitAny: a template has no type of its own, and these edits reach deep into it.
type Bag = any;

const first = (draft: Draft, type: string): { Properties: Bag; DeletionPolicy?: string } => {
  const found = Object.values(draft.Resources).find((one) => one.Type === type);
  if (!found) throw new Error(`the template has no ${type} to break`);
  return found;
};
const add = (draft: Draft, Type: string, Properties: Bag = {}): void => {
  draft.Resources[`Careless${Object.keys(draft.Resources).length}`] = { Type, Properties };
};
const statement = (draft: Draft): Bag =>
  first(draft, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement[0];
const feeds = (draft: Draft): Bag =>
  first(draft, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions.find(
    (one: Bag) => one.Name === 'feeds',
  );

/** For each law at least one way to break it. */
const BREAKS: Readonly<Record<keyof typeof INVARIANTS, readonly ((draft: Draft) => void)[]>> = {
  'there is no NAT gateway': [(draft) => add(draft, 'AWS::EC2::NatGateway')],
  'nothing can be reached from outside': [
    (draft) => add(draft, 'AWS::Lambda::Url'),
    (draft) => add(draft, 'AWS::EC2::SecurityGroupIngress'),
    (draft) => {
      first(draft, 'AWS::EC2::SecurityGroup').Properties.SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0' }];
    },
  ],
  'every function and the task run on arm64': [
    (draft) => delete first(draft, 'AWS::Lambda::Function').Properties.Architectures,
    (draft) => {
      first(draft, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform.CpuArchitecture = 'X86_64';
    },
  ],
  'whatever hands work to a function keeps what the function did not take': [
    (draft) => delete first(draft, 'AWS::Events::Rule').Properties.Targets[0].DeadLetterConfig,
    (draft) => delete first(draft, 'AWS::Scheduler::Schedule').Properties.Target.DeadLetterConfig,
    (draft) => delete first(draft, 'AWS::Lambda::EventSourceMapping').Properties.DestinationConfig,
  ],
  'what an asynchronous function took and could not handle is kept': [
    (draft) => delete first(draft, 'AWS::Lambda::EventInvokeConfig').Properties.DestinationConfig,
    (draft) => {
      first(draft, 'AWS::Lambda::EventInvokeConfig').Properties.DestinationConfig.OnFailure.Destination =
        'arn:elsewhere';
    },
  ],
  'every log is kept for a time and no longer': [
    (draft) => delete first(draft, 'AWS::Logs::LogGroup').Properties.RetentionInDays,
    (draft) => delete first(draft, 'AWS::Lambda::Function').Properties.LoggingConfig,
    (draft) => delete feeds(draft).LogConfiguration,
  ],
  'no role may do everything of a service': [
    (draft) => {
      statement(draft).Action = 'dynamodb:*';
    },
    (draft) => {
      statement(draft).Action = ['logs:PutLogEvents', 's3:Get*'];
    },
  ],
  'no role is given a policy that somebody else writes': [
    (draft) => {
      first(draft, 'AWS::IAM::Role').Properties.ManagedPolicyArns = [
        'arn:aws:iam::aws:policy/AdministratorAccess',
      ];
    },
  ],
  'no role may act on whatever there is': [
    (draft) => {
      statement(draft).Resource = '*';
    },
    (draft) => {
      first(draft, 'AWS::IAM::Role').Properties.Policies = [
        { PolicyDocument: { Statement: { Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' } } },
      ];
    },
  ],
  'the ledger and the archive outlive their stack': [
    (draft) => {
      first(draft, 'AWS::DynamoDB::GlobalTable').DeletionPolicy = 'Delete';
    },
    (draft) => {
      first(draft, 'AWS::DynamoDB::GlobalTable').Properties.Replicas[0].DeletionProtectionEnabled = false;
    },
    (draft) => delete first(draft, 'AWS::S3::Bucket').DeletionPolicy,
  ],
  'the ledger can be restored to any second': [
    (draft) =>
      delete first(draft, 'AWS::DynamoDB::GlobalTable').Properties.Replicas[0]
        .PointInTimeRecoverySpecification,
  ],
  'every alarm says whom it hurts and what to do, and tells somebody': [
    (draft) => delete first(draft, 'AWS::CloudWatch::Alarm').Properties.AlarmDescription,
    (draft) => {
      first(draft, 'AWS::CloudWatch::Alarm').Properties.AlarmDescription =
        'Impact: something is wrong somewhere';
    },
    (draft) => {
      first(draft, 'AWS::CloudWatch::Alarm').Properties.AlarmActions = [];
    },
  ],
  'nothing is sent or stored in plain text': [
    (draft) => delete first(draft, 'AWS::SQS::QueuePolicy').Properties.PolicyDocument,
    (draft) => delete first(draft, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument,
    (draft) => delete first(draft, 'AWS::S3::BucketPolicy').Properties.PolicyDocument,
    (draft) => add(draft, 'AWS::SQS::Queue'),
  ],
  'alarms may publish to the topics': [
    (draft) => {
      const { PolicyDocument } = first(draft, 'AWS::SNS::TopicPolicy').Properties;
      PolicyDocument.Statement = PolicyDocument.Statement.filter((one: Bag) => one.Effect === 'Deny');
    },
  ],
  'no bucket is public': [
    (draft) => delete first(draft, 'AWS::S3::Bucket').Properties.PublicAccessBlockConfiguration,
  ],
  'what runs for long cannot change its own code': [
    (draft) => delete feeds(draft).User,
    (draft) => {
      feeds(draft).User = '0';
    },
    (draft) => delete feeds(draft).ReadonlyRootFilesystem,
    (draft) => {
      feeds(draft).MountPoints[0].ReadOnly = false;
    },
  ],
  'there is never more than one feeds task by intent': [
    (draft) => {
      first(draft, 'AWS::ECS::Service').Properties.DeploymentConfiguration.MaximumPercent = 200;
    },
    (draft) => delete first(draft, 'AWS::ECS::Service').Properties.AvailabilityZoneRebalancing,
  ],
  'no function of somebody else runs while the stack is deployed': [
    (draft) => add(draft, 'Custom::S3AutoDeleteObjects'),
  ],
  'an emulator takes the whole template': [
    (draft) => add(draft, 'AWS::Events::Archive'),
    (draft) => add(draft, 'AWS::CloudWatch::Alarm', { Metrics: [{ Expression: 'm0 + m1' }] }),
  ],
};

const cases = Object.entries(INVARIANTS).map(([law, check]) => ({ law, check }));

test.each(cases)('prod: $law', ({ check }) => {
  expect(check(prod)).toEqual([]);
});

test.each(cases)('each careless edit is noticed by: $law', ({ law, check }) => {
  const breaks = BREAKS[law] ?? [];
  expect(breaks.length).toBeGreaterThan(0);
  for (const carelessly of breaks) {
    const draft = structuredClone(prod) as unknown as Draft;
    carelessly(draft);
    expect(check(draft as unknown as Template), carelessly.toString()).not.toEqual([]);
  }
});

test('dev differs in one law only: it goes with its data', () => {
  const dev = synthesize(stageNamed('dev'));
  expect(cases.filter(({ check }) => check(dev).length > 0).map(({ law }) => law)).toEqual([
    'the ledger and the archive outlive their stack',
  ]);
});

test('local keeps every law but that one, without network and container', () => {
  const local = synthesize(stageNamed('local'));
  expect(cases.filter(({ check }) => check(local).length > 0).map(({ law }) => law)).toEqual([
    'the ledger and the archive outlive their stack',
  ]);
  expect(Object.values(local.Resources).filter(({ Type }) => /::(EC2|ECS)::/.test(Type))).toEqual([]);
});
