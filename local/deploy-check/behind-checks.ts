import { judgeFeed } from '../../core/risk/liveness.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import { ageWords } from '../age-words.ts';
import type { BehindFacts, DeployFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { amiss, judged, well } from './finding.ts';
import { deployCommand } from './stack-checks.ts';

const commandOf = ({ stage }: DeployFacts): string => `npx deckle --stack ${stage.name}`;
const pushCommand = (facts: DeployFacts): string =>
  `${commandOf(facts)} config push ${facts.configFile.path}`;

export const tableCheck = ({ place }: DeployFacts, { table }: BehindFacts): Finding =>
  judged('table', table, () => well('table', `the table of ${place.stackName} answers`));

export const streamCheck = (facts: DeployFacts, { stream }: BehindFacts): Finding =>
  judged('stream', stream, (images) =>
    images === 'NEW_AND_OLD_IMAGES'
      ? well('stream', 'the table tells its changes: alerts and news can go out')
      : amiss(
          'stream',
          `the table ${images === null ? 'has no stream' : `streams ${images} only`}: no alert and no news would go out`,
          deployCommand(facts),
        ),
  );

export function inForceCheck(facts: DeployFacts, { table }: BehindFacts): readonly Finding[] {
  if (table.kind === 'unknown') return [];
  const check = 'configuration in force';
  const { inForce } = table.value;
  const { path, result } = facts.configFile;
  if (inForce === undefined)
    return [amiss(check, 'none was pushed yet, so that nothing trades', pushCommand(facts))];
  const since = `hash ${inForce.hash.slice(0, 12)}, pushed ${isoTime(inForce.pushedAt)} by ${inForce.pushedBy}`;
  // An invalid file is a finding of its own; pushing it is no way out.
  if (result.kind === 'invalid') return [well(check, since)];
  return [
    result.config.hash === inForce.hash
      ? well(check, `${path} is in force: ${since}`)
      : amiss(check, `${path} is not in force, but another version: ${since}`, pushCommand(facts)),
  ];
}

export function modeCheck(facts: DeployFacts, { table }: BehindFacts): readonly Finding[] {
  if (table.kind === 'unknown') return [];
  const { mode } = table.value;
  const by = `${mode.mode} since ${isoTime(mode.changedAt)} by ${mode.author}: ${mode.reason}`;
  if (mode.version === 0)
    return [amiss('mode', 'trading was never begun: it reads as halted', pushCommand(facts))];
  switch (mode.mode) {
    case 'active':
    case 'reducing':
      return [well('mode', by)];
    case 'halted':
      return [amiss('mode', by, `When it is safe: ${commandOf(facts)} resume --reason "..."`)];
  }
}

export function subscriptionChecks(facts: DeployFacts, { subscriptions }: BehindFacts): readonly Finding[] {
  const { emails, sms } = facts.stage.alerts;
  const check = 'subscriptions';
  const wanted = [
    ...emails.flatMap((endpoint) =>
      (['critical', 'notice'] as const).map((topic) => ({ topic, protocol: 'email', endpoint })),
    ),
    ...sms.map((endpoint) => ({ topic: 'critical' as const, protocol: 'sms', endpoint })),
  ];
  if (wanted.length === 0)
    return [
      facts.stage.name === 'local'
        ? well(check, 'stage local tells nobody, as stages.yaml says')
        : amiss(
            check,
            'no email and no phone number is to be told: a kill switch, a drawdown or a dead feed would reach nobody',
            `Add an address under ${facts.stage.name}.alerts.emails in stages.yaml, then ${deployCommand(facts)}`,
          ),
    ];
  if (subscriptions.kind === 'unknown') return [judged(check, subscriptions, () => well(check, ''))];
  const findings = wanted.flatMap(({ topic, protocol, endpoint }) => {
    const found = subscriptions.value.find(
      (one) => one.topic === topic && one.protocol === protocol && one.endpoint === endpoint,
    );
    if (found?.confirmed) return [];
    return [
      found
        ? amiss(
            check,
            `${endpoint} has not confirmed its subscription to ${topic}`,
            `Follow the link in the mail "AWS Notification - Subscription Confirmation" (look among the junk, too); it is valid for three days. To have it sent again: ${subscribeCommand(facts, topic, protocol, endpoint)}`,
          )
        : amiss(
            check,
            `${endpoint} is not subscribed to ${topic}: it was never deployed, or it has unsubscribed`,
            `${deployCommand(facts)}; where that changes nothing: ${subscribeCommand(facts, topic, protocol, endpoint)}`,
          ),
    ];
  });
  if (findings.length > 0) return findings;
  return [
    well(
      check,
      [
        ...(emails.length === 0 ? [] : [`${emails.join(', ')} will be told`]),
        // Whether an SMS goes out is the account's affair as well, and a check of its own.
        ...(sms.length === 0 ? [] : [`${sms.join(', ')} ${sms.length === 1 ? 'is' : 'are'} subscribed`]),
      ].join('; '),
    ),
  ];
}

const SPENDING =
  'Beyond its SMS spending limit of the month (one dollar until AWS has raised it) nothing goes out';

const LEAVE_SANDBOX = 'Or ask AWS to move the account out of the sandbox (SNS console, "Exit SMS sandbox")';

/** A subscribed number gets nothing from an account in the SMS sandbox, unless it was verified there. */
export function smsCheck({ stage, place }: DeployFacts, { smsSandbox }: BehindFacts): readonly Finding[] {
  const { sms } = stage.alerts;
  if (smsSandbox === null || sms.length === 0) return [];
  const check = 'sms';
  // No fault of the deployment, and the role may well be right not to allow it.
  if (smsSandbox.kind === 'unknown')
    return [well(check, `whether SMS reach ${sms.join(', ')} is not known: ${smsSandbox.why}. ${SPENDING}`)];
  if (!smsSandbox.value.isIn)
    return [well(check, `the account may send SMS to any number, so to ${sms.join(', ')}. ${SPENDING}`)];
  const { verified } = smsSandbox.value;
  const sandbox = `the account is in the SMS sandbox of ${place.region}`;
  if (verified === null)
    return [
      amiss(
        check,
        `${sandbox}, which lets SMS out to verified numbers only, and those could not be listed`,
        `See that ${sms.join(', ')} ${sms.length === 1 ? 'is' : 'are'} among them: aws sns list-sms-sandbox-phone-numbers --region ${place.region}. ${LEAVE_SANDBOX}`,
      ),
    ];
  const unverified = sms.filter((number) => !verified.includes(number));
  if (unverified.length === 0)
    return [
      well(
        check,
        `${sandbox}; ${sms.join(', ')} ${sms.length === 1 ? 'is' : 'are'} verified there. ${SPENDING}`,
      ),
    ];
  const verify = unverified.map(
    (number) =>
      `aws sns create-sms-sandbox-phone-number --region ${place.region} --phone-number ${number}, and with the code it is sent: aws sns verify-sms-sandbox-phone-number --region ${place.region} --phone-number ${number} --one-time-password CODE`,
  );
  return [
    amiss(
      check,
      `${sandbox}, and ${unverified.join(', ')} ${unverified.length === 1 ? 'is' : 'are'} not verified there: no SMS reaches ${unverified.length === 1 ? 'it' : 'them'}`,
      `${verify.join('; ')}. ${LEAVE_SANDBOX}`,
    ),
  ];
}

function subscribeCommand(
  { stack, place }: DeployFacts,
  topic: 'critical' | 'notice',
  protocol: string,
  endpoint: string,
): string {
  const outputs = stack.kind === 'known' ? stack.value?.outputs : undefined;
  const arn = outputs?.[topic === 'critical' ? 'CriticalTopicArn' : 'NoticeTopicArn'] ?? `<${topic} topic>`;
  return `aws sns subscribe --region ${place.region} --topic-arn ${arn} --protocol ${protocol} --notification-endpoint ${endpoint}`;
}

export function feedCheck(facts: DeployFacts, { feed }: BehindFacts): Finding {
  const { now, stage, place } = facts;
  const isLocal = stage.name === 'local';
  const look = isLocal
    ? 'npm run localstack starts it; its log is under .deckle/'
    : `Look at the newest lines of its log: aws logs tail /deckle/${stage.name}/feeds --region ${place.region} --since 15m --follow, and at the stopped task in the ECS console`;
  return judged('feed', feed, (sign) => {
    if (sign === undefined) return amiss('feed', 'it never ran', look);
    const age = `${ageWords(now - sign.at)} ago`;
    const window = sign.eventTime === null ? 'no window yet' : `newest window ${isoTime(sign.eventTime)}`;
    if (judgeFeed(sign, now) === 'silent')
      return amiss('feed', `it should run, but its last sign of life was ${age}, ${window}`, look);
    // A demo that was fed to an endpoint on this machine has an end; a feed of live venues has none.
    if (sign.phase === 'running' || isLocal) return well('feed', `${sign.phase} ${age}, ${window}`);
    return amiss('feed', `it ${sign.phase} ${age}, ${window}`, look);
  });
}

export function failuresCheck(facts: DeployFacts, { failureQueue }: BehindFacts): Finding {
  const check = 'failure queue';
  const { region } = facts.place;
  return judged(check, failureQueue, ({ queue, messages }) => {
    if (messages === null)
      return amiss(check, `${queue} is not there: what fails would be lost`, deployCommand(facts));
    if (messages === 0) return well(check, 'empty');
    // Without its attributes a message that no function took does not say which one it was for.
    return amiss(
      check,
      `${queue} holds ${messages}`,
      `Read ${messages === 1 ? 'it' : 'them, ten at a time'}: aws sqs receive-message --region ${region} --max-number-of-messages 10 --message-attribute-names All --queue-url $(aws sqs get-queue-url --region ${region} --queue-name ${queue} --query QueueUrl --output text). How to tell which function each was for, and what to do: docs/runbook.md#dead-letters`,
    );
  });
}

/** What was put aside stays for 30 days; only what is new has to be looked at. */
export function putAsideCheck(facts: DeployFacts, { putAside }: BehindFacts): Finding {
  const check = 'put aside';
  return judged(check, putAside, ({ count, more, newest }) => {
    const [latest] = newest;
    if (latest === undefined) return well(check, 'nothing');
    const many = `${count}${more ? ' or more' : ''} in 30 days`;
    const last = `the newest ${ageWords(facts.now - latest.at)} ago by ${latest.function}: ${latest.reason}`;
    return facts.now - latest.at >= DAY_MS
      ? well(check, `${many}, none within a day; ${last}`)
      : amiss(check, `${many}, ${last}`, `${commandOf(facts)} status shows the newest; see docs/runbook.md`);
  });
}
