import { expect, test } from 'vitest';
import { parseStageName, parseStages } from '../../../core/config/stages.ts';

const stagesOf = (raw: unknown) => {
  const result = parseStages(raw);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.issues));
  return result.stages;
};
const pathsOf = (raw: unknown): readonly string[] => {
  const result = parseStages(raw);
  return result.kind === 'valid' ? [] : result.issues.map((issue) => issue.path);
};

test('a stage that is left out has its defaults', () => {
  const rest = { alerts: { emails: [], sms: [] }, secrets: { kalshi: null } };
  const minute = ['rate(1 minute)'];
  expect(stagesOf({})).toEqual({
    dev: { name: 'dev', region: 'eu-west-1', ...rest, schedules: {}, logRetentionDays: 7, trace: false },
    prod: { name: 'prod', region: 'eu-west-1', ...rest, schedules: {}, logRetentionDays: 30, trace: false },
    local: {
      name: 'local',
      region: 'us-east-1',
      ...rest,
      schedules: { guard: minute, reconcile: minute, report: minute, universe: minute },
      logRetentionDays: 1,
      trace: true,
    },
  });
});

test('what a stage says wins over its defaults, one setting at a time', () => {
  const { prod, local } = stagesOf({
    prod: {
      region: null,
      alerts: { emails: ['me@example.org'], sms: ['+353861234567'] },
      schedules: { report: ['cron(5 0 * * ? *)', 'rate(6 hours)'] },
      logRetentionDays: 365,
      trace: true,
      secrets: { kalshi: 'deckle/kalshi' },
    },
    local: { schedules: { guard: ['rate(5 minutes)'] } },
  });
  expect(prod).toEqual({
    name: 'prod',
    region: null,
    alerts: { emails: ['me@example.org'], sms: ['+353861234567'] },
    schedules: { report: ['cron(5 0 * * ? *)', 'rate(6 hours)'] },
    logRetentionDays: 365,
    trace: true,
    secrets: { kalshi: 'deckle/kalshi' },
  });
  expect(local.schedules).toEqual({
    guard: ['rate(5 minutes)'],
    reconcile: ['rate(1 minute)'],
    report: ['rate(1 minute)'],
    universe: ['rate(1 minute)'],
  });
});

test.each([
  [{ prod: { region: 'Ireland' } }, 'prod.region'],
  [{ prod: { region: 'eu-west' } }, 'prod.region'],
  [{ prod: { alerts: { emails: ['me at example.org'] } } }, 'prod.alerts.emails[0]'],
  [{ prod: { alerts: { emails: 'me@example.org' } } }, 'prod.alerts.emails'],
  [{ dev: { alerts: { sms: ['+353861234567', '0861234567'] } } }, 'dev.alerts.sms[1]'],
  [{ dev: { alerts: { sms: [353861234567] } } }, 'dev.alerts.sms[0]'],
  [{ dev: { schedules: { guard: ['every minute'] } } }, 'dev.schedules.guard[0]'],
  [{ dev: { schedules: { guard: ['rate(0 minutes)'] } } }, 'dev.schedules.guard[0]'],
  [{ dev: { schedules: { guard: ['rate(30 seconds)'] } } }, 'dev.schedules.guard[0]'],
  [{ dev: { schedules: { report: ['cron(5 0 * * *)'] } } }, 'dev.schedules.report[0]'],
  [{ dev: { schedules: { guard: [] } } }, 'dev.schedules.guard'],
  [{ dev: { schedules: { fills: ['rate(1 minute)'] } } }, 'dev.schedules.fills'],
  [{ dev: { logRetentionDays: 10 } }, 'dev.logRetentionDays'],
  [{ dev: { logRetentionDays: '7' } }, 'dev.logRetentionDays'],
  [{ dev: { trace: 'on' } }, 'dev.trace'],
  [{ dev: { regions: 'eu-west-1' } }, 'dev.regions'],
  [{ dev: { secrets: { kalshi: '' } } }, 'dev.secrets.kalshi'],
  [{ dev: { secrets: { kalshi: 'two words' } } }, 'dev.secrets.kalshi'],
  [{ dev: { secrets: { kalshi: '-----BEGIN PRIVATE KEY-----\nMIIE' } } }, 'dev.secrets.kalshi'],
  [{ dev: { secrets: { kalshi: 'deckle-kalshi' } } }, 'dev.secrets.kalshi'],
  [
    { dev: { secrets: { kalshi: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:deckle/kalshi' } } },
    'dev.secrets.kalshi',
  ],
  [
    { dev: { secrets: { kalshi: 'arn:aws:ssm:eu-west-1:123456789012:parameter/kalshi' } } },
    'dev.secrets.kalshi',
  ],
  [{ dev: { secrets: { polymarket: 'deckle/polymarket' } } }, 'dev.secrets.polymarket'],
  [{ local: { secrets: { kalshi: 'deckle/kalshi' } } }, 'local.secrets.kalshi'],
  [{ production: {} }, 'production'],
  ['dev', 'the document'],
] as const)('%j is refused, at %s', (raw, path) => {
  expect(pathsOf(raw)).toEqual([path]);
});

test.each([
  'deckle/kalshi',
  'deckle/prod/kalshi.keys',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:deckle/kalshi-AbC123',
  'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:kalshi-AbC123',
])('the secret %s can be named', (kalshi) => {
  expect(stagesOf({ prod: { secrets: { kalshi } } }).prod.secrets).toEqual({ kalshi });
});

test('everything that is wrong is found at once', () => {
  expect(pathsOf({ dev: { region: 1, trace: 1 }, prod: { logRetentionDays: 8 }, other: {} })).toEqual([
    'dev.region',
    'dev.trace',
    'prod.logRetentionDays',
    'other',
  ]);
});

test.each([
  [undefined, 'dev'],
  ['dev', 'dev'],
  ['prod', 'prod'],
  ['local', 'local'],
] as const)('a stage given as %s is %s', (given, name) => {
  expect(parseStageName(given)).toEqual({ kind: 'valid', name });
});

test.each([['production'], ['Prod'], [''], [1]])(
  'a stage given as %j is refused with the names there are',
  (given) => {
    expect(parseStageName(given)).toEqual({
      kind: 'invalid',
      problem: `stage is ${JSON.stringify(given)}; it is one of: dev, prod, local`,
    });
  },
);
