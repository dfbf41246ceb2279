import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { alertText } from '../../../adapters/sns/alert-text.ts';
import { createSnsAlertSender, type SnsAlertSenderOptions } from '../../../adapters/sns/sns-alert-sender.ts';
import type { Alert } from '../../../core/ports.ts';
import { epochMs } from '../../../core/time.ts';
import { LOCAL_CREDENTIALS, openLoopback, type Received, type Reply } from '../loopback-server.ts';

const CRITICAL = 'arn:aws:sns:eu-west-1:000000000000:critical';
const NOTICE = 'arn:aws:sns:eu-west-1:000000000000:notice';

const alert = (rest: Partial<Alert> = {}): Alert => ({
  id: 'mode/drawdown/mode.changed/7',
  key: 'mode/drawdown',
  kind: 'drawdown',
  severity: 'critical',
  cleared: false,
  at: epochMs(Date.UTC(2026, 10, 21, 9)),
  title: 'Drawdown limit reached: trading halted',
  text: 'Equity fell 5 % below its peak. Only a person resumes: npx deckle resume --reason "..."',
  ...rest,
});

const taken = (): Reply => ({
  headers: { 'content-type': 'text/xml' },
  body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>',
});
const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});

async function openTopics(
  reply: (request: Received, n: number) => Reply = taken,
  options: Partial<SnsAlertSenderOptions> & { endpoint?: string } = {},
) {
  const sns = await openLoopback(reply);
  const client = new SNSClient({
    endpoint: options.endpoint ?? sns.url,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  const sender = createSnsAlertSender({ client, critical: CRITICAL, notice: NOTICE, ...options });
  return { sns, sender, published: () => sns.received.map(fieldsOf) };
}

const fieldsOf = ({ body }: Received): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(body.toString('utf8')));

/** Message attributes by name, out of the numbered fields of a request. */
const attributesOf = (fields: Readonly<Record<string, string>>): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => /^MessageAttributes\.entry\.\d+\.Name$/.test(name))
      .map(([name, value]) => [value, fields[name.replace(/Name$/, 'Value.StringValue')]]),
  );

test('an alert arrives signed on its topic, as mail, as a text message and with what a subscription filters on', async () => {
  const { sns, sender, published } = await openTopics(taken, { stage: 'prod' });
  await sender.send(alert());
  const [request] = sns.received;
  const [fields = {}] = published();
  expect(request?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\/\d+\/eu-west-1\/sns\//);
  expect(fields).toMatchObject({
    Action: 'Publish',
    TopicArn: CRITICAL,
    Subject: 'Deckle prod CRITICAL: Drawdown limit reached: trading halted',
    MessageStructure: 'json',
  });
  const body =
    'CRITICAL: Drawdown limit reached: trading halted\n2026-11-21T09:00:00.000Z\n\n' +
    'Equity fell 5 % below its peak. Only a person resumes: npx deckle resume --reason "..."\n\n' +
    'Desk: Deckle prod\nKind: drawdown\nKey: mode/drawdown\nAlert: mode/drawdown/mode.changed/7\n';
  expect(JSON.parse(fields['Message'] ?? '')).toEqual({
    default: body,
    email: body,
    sms: 'Deckle prod 09:00Z CRITICAL: Drawdown limit reached: trading halted. Equity fell 5 % below its peak. Only a person resumes: npx deckle resume --reason "..."',
  });
  expect(attributesOf(fields)).toEqual({
    kind: 'drawdown',
    severity: 'critical',
    cleared: 'false',
    'AWS.SNS.SMS.SMSType': 'Transactional',
  });
});

test.each([
  { what: 'an alarm that is critical', given: alert(), topic: CRITICAL },
  { what: 'a notice', given: alert({ kind: 'report_ready', severity: 'notice' }), topic: NOTICE },
  { what: 'the all-clear of an alarm', given: alert({ severity: 'notice', cleared: true }), topic: CRITICAL },
  {
    what: 'the all-clear of a notice',
    given: alert({ kind: 'report_ready', severity: 'notice', cleared: true }),
    topic: NOTICE,
  },
  { what: 'an alarm sent as a notice', given: alert({ severity: 'notice' }), topic: NOTICE },
])('$what goes to one topic, that of who hears of it', async ({ given, topic }) => {
  const { sender, published } = await openTopics();
  await sender.send(given);
  expect(published().map((one) => one['TopicArn'])).toEqual([topic]);
});

test('an all-clear says so, in its subject and to a filter', async () => {
  const { sender, published } = await openTopics();
  await sender.send(alert({ severity: 'notice', cleared: true, title: 'Trading resumed' }));
  const [fields = {}] = published();
  expect(fields['Subject']).toBe('Deckle CLEARED: Trading resumed');
  expect(attributesOf(fields)).toMatchObject({ severity: 'notice', cleared: 'true' });
});

test.each([
  {
    reply: refusal(403, 'AuthorizationError', 'User is not authorized to perform: SNS:Publish'),
    code: /^AuthorizationError/,
    says: 'Grant sns:Publish on the topic',
  },
  {
    reply: refusal(404, 'NotFound', 'Topic does not exist'),
    code: /^NotFound/,
    says: 'DECKLE_TOPIC_CRITICAL names a topic of this region',
  },
  {
    reply: refusal(400, 'InvalidParameter', 'Invalid parameter: TopicArn'),
    code: /^InvalidParameter/,
    says: 'DECKLE_TOPIC_CRITICAL names a topic of this region',
  },
  { reply: refusal(429, 'Throttled', 'Rate exceeded'), code: /^Throttled/, says: 'It is sent again' },
  { reply: refusal(500, 'InternalError', 'oops'), code: /^InternalError/, says: 'It is sent again' },
  { reply: { status: 503, body: 'busy' }, code: /./, says: 'It is sent again' },
  { reply: { body: '<html>proxy</html>' }, code: /./, says: 'It is sent again' },
  { reply: { body: '' }, code: /^NoMessageId$/, says: 'It is sent again' },
  { reply: 'cut', code: /^ECONNRESET$/, says: 'It is sent again' },
  { reply: 'hang', code: /^(AbortError|TimeoutError)$/, says: 'It is sent again' },
] as const)(
  'an alert that meets $code is not sent, and the error says what to do',
  async ({ reply, code, says }) => {
    const { sender } = await openTopics(() => reply, { timeoutMs: 1_500 });
    await expect(sender.send(alert())).rejects.toMatchObject({
      name: 'AlertNotSentError',
      alertId: alert().id,
      code: expect.stringMatching(code),
      message: expect.stringContaining(says),
    });
  },
);

test('an endpoint that is not there is said in words', async () => {
  const { sender } = await openTopics(taken, { endpoint: 'http://127.0.0.1:1' });
  await expect(sender.send(alert())).rejects.toThrow(
    /^alert mode\/drawdown\/mode\.changed\/7 could not be sent to the critical topic \(ECONNREFUSED: /,
  );
});

test('whatever an alert says, its forms keep to what SNS and one text message take', () => {
  const anyText = fc.string({ unit: 'grapheme', maxLength: 300 });
  // Of the GSM alphabet, what is also ASCII and counts once.
  const gsm = /^[A-Za-z0-9 @$_!"#%&'()*+,\-./:;<=>?]{1,160}$/;
  fc.assert(
    fc.property(anyText, anyText, fc.constantFrom('dev', undefined), (title, text, stage) => {
      const { subject, body, sms } = alertText(alert({ title, text }), stage);
      expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,99}$/);
      expect(sms).toMatch(gsm);
      expect(body).toContain('Alert: mode/drawdown/mode.changed/7\n');
      expect(body).toMatch(/^[\P{Cc}\n]*$/u);
    }),
    { seed: 43, numRuns: 300 },
  );
});

test('a text without end is cut, and its id and time are kept', () => {
  const { subject, body, sms } = alertText(alert({ title: 't'.repeat(300), text: 'x'.repeat(1_000_000) }));
  expect(subject).toHaveLength(100);
  expect(sms).toHaveLength(160);
  expect(body.length).toBeLessThan(12_000);
  expect(body).toContain('2026-11-21T09:00:00.000Z');
  expect(body.endsWith('Alert: mode/drawdown/mode.changed/7\n')).toBe(true);
});

test('a cut through a character leaves no half of it', () => {
  for (const shift of ['', 'x']) {
    const { body } = alertText(alert({ text: shift + '🪙'.repeat(20_000) }));
    expect(body.isWellFormed()).toBe(true);
  }
});

test('accents and brackets become characters that every phone shows', () => {
  expect(alertText(alert({ title: 'Café [a|b] – `x` 币' })).sms).toContain("Cafe (a-b) - 'x' ?");
});
