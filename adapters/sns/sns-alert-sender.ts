import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert, AlertKind, AlertSender } from '../../core/ports.ts';
import { alertText } from './alert-text.ts';

/** Within a function's 30 s, with time to store what was said. */
const TIMEOUT_MS = 8_000;

export interface SnsAlertSenderOptions {
  /** Belongs to the caller, who closes it. */
  readonly client: SNSClient;
  /** ARN of the topic that wakes somebody up. */
  readonly critical: string;
  /** ARN of the topic that waits until somebody looks. */
  readonly notice: string;
  /** Named in each message, for people who run more than one desk. */
  readonly stage?: string;
  /** A topic without an answer for so long has not taken the alert. */
  readonly timeoutMs?: number;
}

/** An alert that SNS did not take; it is sent when its event comes again. The message says what to do. */
export class AlertNotSentError extends Error {
  override readonly name = 'AlertNotSentError';
  readonly alertId: string;
  readonly code: string;

  constructor(message: string, alertId: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.alertId = alertId;
    this.code = code;
  }
}

/**
 * Alerts to SNS, each to one topic: whoever has an address on both reads it once. An all-clear goes where its alarm went,
 * so that who was woken can sleep again.
 * @throws AlertNotSentError in words; sending again is safe, at the price of a second message when only the answer was lost.
 */
export function createSnsAlertSender(options: SnsAlertSenderOptions): AlertSender {
  const { client, stage, timeoutMs = TIMEOUT_MS } = options;
  return {
    async send(alert) {
      const topic = topicOf(alert);
      const command = publishCommand(alert, options[topic], stage);
      let messageId: string | undefined;
      try {
        const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        messageId = answer.MessageId;
      } catch (error) {
        throw notSent(alert, topic, codeOf(error), messageOf(error), error);
      }
      // Without an id nobody can say that it was taken.
      if (messageId === undefined) throw notSent(alert, topic, 'NoMessageId', 'what answered is no SNS');
    },
  };
}

type Topic = Alert['severity'];

/** The topic to which an alarm of each kind goes; the all-clear itself is always a notice. */
const OPENED_AS: Readonly<Record<AlertKind, Topic>> = {
  kill_switch: 'critical',
  drawdown: 'critical',
  daily_loss: 'critical',
  feed_down: 'critical',
  bad_data: 'critical',
  empty_universe: 'critical',
  reconciliation_mismatch: 'critical',
  report_ready: 'notice',
};

const topicOf = ({ kind, severity, cleared }: Alert): Topic =>
  severity === 'critical' || !cleared ? severity : OPENED_AS[kind];

function publishCommand(alert: Alert, topicArn: string, stage: string | undefined): PublishCommand {
  const { subject, body, sms } = alertText(alert, stage);
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  return new PublishCommand({
    TopicArn: topicArn,
    Subject: subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: body, email: body, sms }),
    MessageAttributes: {
      // A subscription may filter on these three.
      kind: text(alert.kind),
      severity: text(alert.severity),
      cleared: text(String(alert.cleared)),
      // Promotional messages, the default, are the first that a carrier holds back.
      'AWS.SNS.SMS.SMSType': text('Transactional'),
    },
  });
}

function notSent(
  { id }: Alert,
  topic: Topic,
  code: string,
  message: string,
  cause?: unknown,
): AlertNotSentError {
  return new AlertNotSentError(
    `alert ${id} could not be sent to the ${topic} topic (${code}: ${message}). ${remedyOf(code, topic)}`,
    id,
    code,
    { cause },
  );
}

function remedyOf(code: string, topic: Topic): string {
  if (/^(AuthorizationError|AccessDenied|KMSAccessDenied)/.test(code))
    return 'Grant sns:Publish on the topic to whoever sends alerts.';
  if (/^(NotFound|InvalidParameter)/.test(code))
    return `Check that DECKLE_TOPIC_${topic.toUpperCase()} names a topic of this region: deploy the stack again.`;
  if (/^(InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|Credentials|InvalidSecurity)/.test(code))
    return 'Check the credentials.';
  return 'It is sent again with its event; if it lasts, check the network and the endpoint of SNS.';
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
