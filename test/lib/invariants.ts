import { ofType, type Resource, type Template } from './synthesize.ts';

/** What must hold of a template; answers with what breaks it, by logical id. */
export type Invariant = (template: Template) => readonly string[];

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce((found, key) => object(found)[key], value);

/** Ids of resources of a type for which the check fails. */
const failing = (template: Template, type: string, holds: (one: Resource, id: string) => boolean): string[] =>
  ofType(template, type)
    .filter(([id, one]) => !holds(one, id))
    .map(([id]) => id);

const present = (template: Template, pattern: RegExp): string[] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => pattern.test(Type))
    .map(([id]) => id);

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
const refersTo = (value: unknown): string => {
  const name = at(value, 'Ref') ?? list(at(value, 'Fn::GetAtt'))[0];
  return typeof name === 'string' ? name : '';
};

interface Statement {
  readonly id: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Every statement by which a role of the stack may do something. */
function statements(template: Template): readonly Statement[] {
  const documents = [
    ...[...ofType(template, 'AWS::IAM::Policy'), ...ofType(template, 'AWS::IAM::ManagedPolicy')].map(
      ([id, one]) => ({ id, document: one.Properties['PolicyDocument'] }),
    ),
    ...ofType(template, 'AWS::IAM::Role').flatMap(([id, one]) =>
      list(one.Properties['Policies']).map((policy) => ({ id, document: at(policy, 'PolicyDocument') })),
    ),
  ];
  return documents.flatMap(({ id, document }) =>
    list(at(document, 'Statement')).map((one) => ({
      id,
      actions: list(at(one, 'Action')).map(String),
      resources: list(at(one, 'Resource')).map((resource) => JSON.stringify(resource)),
    })),
  );
}

/** Objects are named by day and minute: a prefix is the narrowest grant there is. */
const ACKNOWLEDGED = [/"\/reports\/\*"/, /"\/windows\/\*"/];

/** Functions that the bus or a schedule calls: nobody waits for their answer. */
function asynchronous(template: Template): ReadonlySet<string> {
  const rules = ofType(template, 'AWS::Events::Rule').flatMap(([, one]) => list(one.Properties['Targets']));
  const schedules = ofType(template, 'AWS::Scheduler::Schedule').map(([, one]) => one.Properties['Target']);
  return new Set([...rules, ...schedules].map((target) => refersTo(at(target, 'Arn'))));
}

const isQueue = (template: Template, value: unknown): boolean =>
  template.Resources[refersTo(value)]?.Type === 'AWS::SQS::Queue';

const deniesPlainText = (policy: unknown): boolean =>
  list(at(policy, 'Statement')).some(
    (one) => at(one, 'Effect') === 'Deny' && at(one, 'Condition', 'Bool', 'aws:SecureTransport') === 'false',
  );

/** Ids of resources of a type that no policy of the other type protects. */
const unprotected = (template: Template, type: string, policyType: string, list_: string): string[] => {
  const safe = ofType(template, policyType)
    .filter(([, one]) => deniesPlainText(one.Properties['PolicyDocument']))
    .flatMap(([, one]) => list(one.Properties[list_]).map(refersTo));
  return failing(template, type, (_, id) => safe.includes(id));
};

/** The laws of the production stack, by the sentence that a failing test prints. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'there is no NAT gateway': (template) => present(template, /NatGateway$/),

  'nothing can be reached from outside': (template) => [
    ...present(template, /SecurityGroupIngress$|Lambda::Url$|ElasticLoadBalancing|ApiGateway/),
    ...failing(
      template,
      'AWS::EC2::SecurityGroup',
      (one) => list(one.Properties['SecurityGroupIngress']).length === 0,
    ),
  ],

  'every function and the task run on arm64': (template) => [
    ...failing(
      template,
      'AWS::Lambda::Function',
      (one) => list(one.Properties['Architectures']).join() === 'arm64',
    ),
    ...failing(
      template,
      'AWS::ECS::TaskDefinition',
      (one) => at(one.Properties['RuntimePlatform'], 'CpuArchitecture') === 'ARM64',
    ),
  ],

  'whatever hands work to a function keeps what the function did not take': (template) => [
    ...failing(template, 'AWS::Events::Rule', (one) =>
      list(one.Properties['Targets']).every((target) =>
        isQueue(template, at(target, 'DeadLetterConfig', 'Arn')),
      ),
    ),
    ...failing(template, 'AWS::Scheduler::Schedule', (one) =>
      isQueue(template, at(one.Properties['Target'], 'DeadLetterConfig', 'Arn')),
    ),
    ...failing(template, 'AWS::Lambda::EventSourceMapping', (one) =>
      isQueue(template, at(one.Properties['DestinationConfig'], 'OnFailure', 'Destination')),
    ),
  ],

  'what an asynchronous function took and could not handle is kept': (template) => {
    const caught = ofType(template, 'AWS::Lambda::EventInvokeConfig')
      .filter(([, one]) =>
        isQueue(template, at(one.Properties['DestinationConfig'], 'OnFailure', 'Destination')),
      )
      .map(([, one]) => refersTo(one.Properties['FunctionName']));
    return [...asynchronous(template)].filter((id) => !caught.includes(id));
  },

  'every log is kept for a time and no longer': (template) => {
    const kept = new Set(
      ofType(template, 'AWS::Logs::LogGroup')
        .filter(([, one]) => typeof one.Properties['RetentionInDays'] === 'number')
        .map(([id]) => id),
    );
    return [
      ...failing(template, 'AWS::Logs::LogGroup', (_, id) => kept.has(id)),
      ...failing(template, 'AWS::Lambda::Function', (one) =>
        kept.has(refersTo(at(one.Properties['LoggingConfig'], 'LogGroup'))),
      ),
      ...failing(template, 'AWS::ECS::TaskDefinition', (one) =>
        list(one.Properties['ContainerDefinitions']).every((container) =>
          kept.has(refersTo(at(container, 'LogConfiguration', 'Options', 'awslogs-group'))),
        ),
      ),
    ];
  },

  'no role may do everything of a service': (template) =>
    statements(template)
      .filter(({ actions }) => actions.some((action) => action.includes('*')))
      .map(({ id }) => id),

  'no role is given a policy that somebody else writes': (template) =>
    failing(template, 'AWS::IAM::Role', (one) => list(one.Properties['ManagedPolicyArns']).length === 0),

  'no role may act on whatever there is': (template) =>
    statements(template)
      .filter(({ resources }) =>
        resources.some((one) => one.includes('*') && !ACKNOWLEDGED.some((pattern) => pattern.test(one))),
      )
      .map(({ id }) => id),

  'the ledger and the archive outlive their stack': (template) => [
    ...failing(
      template,
      'AWS::DynamoDB::GlobalTable',
      (one) =>
        one.DeletionPolicy === 'Retain' &&
        list(one.Properties['Replicas']).every(
          (replica) => at(replica, 'DeletionProtectionEnabled') === true,
        ),
    ),
    ...failing(template, 'AWS::S3::Bucket', (one) => one.DeletionPolicy === 'Retain'),
  ],

  'the ledger can be restored to any second': (template) =>
    failing(template, 'AWS::DynamoDB::GlobalTable', (one) =>
      list(one.Properties['Replicas']).every(
        (replica) => at(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
      ),
    ),

  'every alarm says whom it hurts and what to do, and tells somebody': (template) =>
    failing(
      template,
      'AWS::CloudWatch::Alarm',
      (one) =>
        /^Impact: \S.{20,}\nRunbook: docs\/runbook\.md#[a-z-]+\nLogs: /.test(
          flat(one.Properties['AlarmDescription']),
        ) &&
        list(one.Properties['AlarmActions']).some(
          (action) => template.Resources[refersTo(action)]?.Type === 'AWS::SNS::Topic',
        ),
    ),

  'nothing is sent or stored in plain text': (template) => [
    ...unprotected(template, 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'),
    ...unprotected(template, 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'),
    ...unprotected(template, 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'),
  ],

  'alarms may publish to the topics': (template) => {
    const open = ofType(template, 'AWS::SNS::TopicPolicy')
      .filter(([, one]) =>
        list(at(one.Properties['PolicyDocument'], 'Statement')).some(
          (statement) =>
            at(statement, 'Effect') === 'Allow' &&
            at(statement, 'Principal', 'Service') === 'cloudwatch.amazonaws.com',
        ),
      )
      .flatMap(([, one]) => list(one.Properties['Topics']).map(refersTo));
    return failing(template, 'AWS::SNS::Topic', (_, id) => open.includes(id));
  },

  'no bucket is public': (template) =>
    failing(template, 'AWS::S3::Bucket', (one) => {
      const block = object(one.Properties['PublicAccessBlockConfiguration']);
      return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
        (key) => block[key] === true,
      );
    }),

  'what runs for long cannot change its own code': (template) =>
    failing(template, 'AWS::ECS::TaskDefinition', (one) => {
      const containers = list(one.Properties['ContainerDefinitions']);
      const essential = containers.filter((container) => at(container, 'Essential') !== false);
      return (
        containers.every((container) => at(container, 'ReadonlyRootFilesystem') === true) &&
        essential.every(
          (container) =>
            /^[1-9]\d*$/.test(String(at(container, 'User'))) &&
            list(at(container, 'MountPoints')).every((mount) => at(mount, 'ReadOnly') === true),
        )
      );
    }),

  'there is never more than one feeds task by intent': (template) =>
    failing(
      template,
      'AWS::ECS::Service',
      (one) =>
        one.Properties['DesiredCount'] === 1 &&
        at(one.Properties['DeploymentConfiguration'], 'MaximumPercent') === 100 &&
        one.Properties['AvailabilityZoneRebalancing'] === 'DISABLED',
    ),

  'no function of somebody else runs while the stack is deployed': (template) =>
    present(template, /^Custom::|CustomResource$/),

  'an emulator takes the whole template': (template) => [
    ...present(
      template,
      /Events::(Archive|EventBusPolicy)$|CompositeAlarm$|CapacityProviderAssociations$|Logs::(MetricFilter|QueryDefinition)$|Budgets::/,
    ),
    // Alarms on formulas.
    ...failing(template, 'AWS::CloudWatch::Alarm', (one) => one.Properties['Metrics'] === undefined),
  ],
};

/** A text that may be put together from parts known only when it is deployed. */
export function flat(value: unknown): string {
  const join = at(value, 'Fn::Join');
  if (join === undefined) return typeof value === 'string' ? value : '<?>';
  return list(list(join)[1]).map(flat).join('');
}
