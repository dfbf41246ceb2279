import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import { SCHEDULED_FUNCTIONS } from '../core/config/stages.ts';
import type { FunctionWiring } from '../lambdas/topology.ts';
import { HANDLER } from './bundling.ts';
import { DeskAlarm, MINUTE } from './desk-alarm.ts';
import type { DeskParts } from './desk-parts.ts';
import { eventAge } from './event-age.ts';
import { FUNCTION_IMPACTS, type FunctionImpact } from './function-impacts.ts';
import { grantArchive, grantBus, grantLogs, grantTable, grantTopics } from './grants.ts';
import { physicalName } from './physical-name.ts';
import { WakeByEvents } from './wake-by-events.ts';
import { WakeBySchedules } from './wake-by-schedules.ts';
import { WakeByStream } from './wake-by-stream.ts';

export interface DeskFunctionProps {
  readonly wiring: FunctionWiring;
  /** The folder with its bundled `index.mjs`. */
  readonly code: string;
  readonly parts: DeskParts;
}

/** A function with all that is its own: role, log group, what wakes it, and an alarm on its errors. */
export class DeskFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: string;

  constructor(scope: Construct, id: string, { wiring, code, parts }: DeskFunctionProps) {
    super(scope, id);
    const { stage } = parts;
    const functionName = physicalName(stage, wiring.name);
    this.logGroup = `/aws/lambda/${functionName}`;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: this.logGroup,
      retention: stage.logRetentionDays,
      // Logs are for looking into what happened; what must be kept is in the table and in the reports.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    grantLogs(role, logs);
    const { touches } = wiring;
    if (touches.table !== 'none') grantTable(role, parts, touches.table);
    if (touches.bus) grantBus(role, parts);
    if (touches.topics) grantTopics(role, parts);
    if (touches.bucket) grantArchive(role, parts, 'reports');

    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(code),
      handler: HANDLER,
      role,
      memorySize: wiring.memoryMb,
      timeout: Duration.seconds(wiring.timeoutSeconds),
      environment: environmentOf(wiring, parts),
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Start, end and report lines of each invocation would cost more than the invocation.
      systemLogLevelV2: SystemLogLevel.WARN,
      // The second net: what the function took and could not handle. The first is on whatever hands it over.
      ...(wiring.stream.length === 0 && {
        maxEventAge: eventAge(wiring),
        retryAttempts: 2,
        onFailure: new SqsDestination(parts.failures.queue),
      }),
    });
    this.#wakeUps(wiring, parts, functionName);
    const impact = FUNCTION_IMPACTS[wiring.name];
    if (impact !== null) this.#errorAlarm(wiring, parts, impact);
  }

  #errorAlarm({ name }: FunctionWiring, { stage, alerts: topics }: DeskParts, impact: FunctionImpact): void {
    new DeskAlarm(this, 'Errors', {
      stage,
      topics,
      what: `${name}-errors`,
      metric: this.lambda.metricErrors({ statistic: 'sum', period: MINUTE }),
      when: 'some',
      // One failure that its retry makes good wakes nobody; an event that fails each time it is tried does.
      periods: 5,
      periodsBad: 2,
      ...impact,
      runbook: 'function-errors',
      logGroup: this.logGroup,
    });
  }

  /** One of the three, as the topology's own test makes sure. */
  #wakeUps(wiring: FunctionWiring, { stage, ledger, desk, failures }: DeskParts, ruleName: string): void {
    const to = { wiring, target: this.lambda, failures: failures.queue };
    const expressions = scheduleOf(wiring, stage);
    if (wiring.listens.length > 0) new WakeByEvents(this, 'Events', { ...to, bus: desk.bus, ruleName });
    if (wiring.stream.length > 0) new WakeByStream(this, 'Stream', { ...to, ledger });
    if (expressions.length > 0) new WakeBySchedules(this, 'Schedules', { ...to, expressions });
  }
}

/** The times of the stage where it names the function, those of the topology otherwise. */
function scheduleOf({ name, schedules }: FunctionWiring, stage: Stage): readonly string[] {
  const own = SCHEDULED_FUNCTIONS.find((one) => one === name);
  return (own && stage.schedules[own]) ?? schedules;
}

function environmentOf({ name, touches }: FunctionWiring, parts: DeskParts): Record<string, string> {
  const { stage, ledger, desk, archive, alerts } = parts;
  return {
    DECKLE_STAGE: stage.name,
    DECKLE_TABLE: ledger.table.tableName,
    ...(touches.bus && { DECKLE_BUS: desk.bus.eventBusName }),
    ...(touches.topics && {
      DECKLE_TOPIC_CRITICAL: alerts.topics.critical.topicArn,
      DECKLE_TOPIC_NOTICE: alerts.topics.notice.topicArn,
    }),
    ...(touches.bucket && { DECKLE_BUCKET: archive.bucket.bucketName }),
    ...(stage.trace && { DECKLE_TRACE: 'on' }),
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: 'Deckle',
  };
}
