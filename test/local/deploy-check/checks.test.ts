import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { parseConfig } from '../../../core/config/desk-config.ts';
import type { Stage } from '../../../core/config/stages.ts';
import type { FeedSign } from '../../../core/ports.ts';
import type { ModeState } from '../../../core/risk/trading-mode.ts';
import { epochMs, HOUR_MS, plusMs } from '../../../core/time.ts';
import { deployChecks } from '../../../local/deploy-check/checks.ts';
import type { BehindFacts, DeployFacts, Gathered } from '../../../local/deploy-check/facts.ts';
import { rawConfig } from '../../support/desk.ts';

const NOW = epochMs(1_800_000_000_000);
const known = <T>(value: T): Gathered<T> => ({ kind: 'known', value });
const unknown = <T>(why: string): Gathered<T> => ({ kind: 'unknown', why });

const valid = parseConfig(rawConfig(), sha256);
const hash = valid.kind === 'valid' ? valid.config.hash : '';
const stage: Stage = {
  name: 'dev',
  region: 'eu-west-1',
  alerts: { emails: ['me@example.org'], sms: ['+353861234567'] },
  schedules: {},
  logRetentionDays: 7,
  trace: false,
  secrets: { kalshi: null },
};
const mode: ModeState = {
  mode: 'active',
  version: 3,
  cause: 'person',
  reason: 'all is well',
  author: 'ada',
  changedAt: plusMs(NOW, -HOUR_MS),
  until: null,
};
const sign: FeedSign = { phase: 'running', at: plusMs(NOW, -1_000), eventTime: plusMs(NOW, -2_000) };
const empty = { queue: 'deckle-dev-failures', messages: 0 };
const outputs = {
  LedgerTableName: 'ledger',
  BusName: 'deckle-dev',
  BucketName: 'archive',
  CriticalTopicArn: 'arn:aws:sns:eu-west-1:1:critical',
  NoticeTopicArn: 'arn:aws:sns:eu-west-1:1:notice',
};
const stack = { region: 'eu-west-1', outputs };
const inForce = { hash, document: {}, pushedAt: NOW, pushedBy: 'ada' };
const email = { protocol: 'email', endpoint: 'me@example.org', confirmed: true };
const behind: BehindFacts = {
  table: known({ mode, inForce }),
  stream: known('NEW_AND_OLD_IMAGES'),
  feed: known(sign),
  putAside: known({ count: 0, more: false, newest: [] }),
  subscriptions: known([
    { ...email, topic: 'critical' },
    { ...email, topic: 'notice' },
    { topic: 'critical', protocol: 'sms', endpoint: '+353861234567', confirmed: true },
  ]),
  smsSandbox: known({ isIn: false }),
  failureQueue: known(empty),
};
const healthy: DeployFacts = {
  now: NOW,
  stage,
  place: {
    stage: 'dev',
    stackName: 'Deckle-dev',
    region: 'eu-west-1',
    regionFrom: 'stage dev in stages.yaml',
    isPinned: true,
    endpoint: null,
  },
  configFile: { path: 'deckle.yaml', result: valid },
  stack: known({ ...stack, status: 'UPDATE_COMPLETE' }),
  bootstrap: null,
  kalshiSecret: null,
  behind,
};
const facing = (change: Partial<BehindFacts>): DeployFacts => ({
  ...healthy,
  behind: { ...behind, ...change },
});
/** The same desk on live venues, with other settings of some; what is in force is the file. */
function live(venues: Readonly<Record<string, object>>, instruments?: readonly string[]): DeployFacts {
  const raw = rawConfig() as {
    readonly venues: { readonly binance: object };
    readonly strategies: readonly object[];
  };
  const { binance } = raw.venues;
  const contracts = {
    fees: { version: 'test-2', makerRate: '0', takerRate: '0.07', roundTo: '0.01' },
    latency: { minMs: 1, medianMs: 2, p99Ms: 3 },
  };
  const kinds: Readonly<Record<string, object>> = {
    binance,
    mexc: binance,
    polymarket: contracts,
    kalshi: contracts,
  };
  const result = parseConfig(
    {
      ...raw,
      feed: { id: 'main', source: 'live' },
      venues: Object.fromEntries(
        Object.entries(venues).map(([venue, settings]) => [venue, { ...kinds[venue], ...settings }]),
      ),
      ...(instruments && { strategies: raw.strategies.map((one) => ({ ...one, instruments })) }),
    },
    sha256,
  );
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.issues));
  const table = known({ mode, inForce: { ...inForce, hash: result.config.hash } });
  return { ...facing({ table }), configFile: { path: 'deckle.yaml', result } };
}
const withSecret = (kalshiSecret: DeployFacts['kalshiSecret']): DeployFacts => ({
  ...healthy,
  stage: { ...stage, secrets: { kalshi: 'deckle/kalshi' } },
  kalshiSecret,
});
const amiss = (facts: DeployFacts) => deployChecks(facts).filter((one) => !one.ok);

test('a deployment that has all it needs has nothing to fix', () => {
  expect(deployChecks(healthy).map(({ check, ok }) => [check, ok])).toEqual(
    [
      'configuration file',
      'region',
      'stack',
      'outputs',
      'table',
      'stream',
      'configuration in force',
      'mode',
      'feed',
      'put aside',
      'subscriptions',
      'sms',
      'failure queue',
    ].map((check) => [check, true]),
  );
  for (const one of deployChecks(healthy)) expect(one.fix).toBeNull();
});

interface Case {
  readonly what: string;
  readonly facts: DeployFacts;
  readonly check: string;
  readonly detail: string;
  readonly fix: string;
}

const cases: readonly Case[] = [
  {
    what: 'an invalid configuration file',
    facts: {
      ...healthy,
      configFile: {
        path: 'deckle.yaml',
        result: { kind: 'invalid', issues: [{ path: 'feed.depth', message: 'must be levels per side' }] },
      },
    },
    check: 'configuration file',
    detail: 'feed.depth must be levels per side',
    fix: 'npx deckle config validate deckle.yaml',
  },
  {
    what: 'a live feed of Binance’s own hosts in the US',
    facts: {
      ...live({ binance: { environment: 'live' } }),
      place: { ...healthy.place, region: 'us-east-1', regionFrom: 'AWS_REGION', isPinned: false },
      stack: known({ ...stack, status: 'CREATE_COMPLETE', region: 'us-east-1' }),
    },
    check: 'region',
    detail:
      'us-east-1 (where Deckle-dev is; of AWS_REGION): binance answers 451 to addresses in the US at the hosts of environment live, so that the feed would see nothing of it',
    fix: "Set venues.binance.environment to market-data, which has the same prices on other hosts, in deckle.yaml, and push it: npx deckle --stack dev config push deckle.yaml; or npx cdk destroy --context stage=dev, set 'region' of stage dev in stages.yaml to another one, e.g. eu-west-1, and npx cdk deploy --context stage=dev",
  },
  {
    what: 'a stack that is not where it was looked for',
    facts: {
      ...live({ binance: { environment: 'live' } }),
      stack: known({ ...stack, status: 'CREATE_COMPLETE', region: 'us-west-2' }),
    },
    check: 'region',
    detail: 'us-west-2 (where Deckle-dev is;',
    fix: 'npx cdk destroy --context stage=dev',
  },
  {
    what: 'a secret that is not there',
    facts: { ...withSecret(known(null)) },
    check: 'kalshi keys',
    detail: 'there is no secret deckle/kalshi in eu-west-1: the feeds task cannot start',
    fix: 'aws secretsmanager create-secret --name deckle/kalshi --region eu-west-1 --secret-string file://kalshi.json',
  },
  {
    what: 'a secret without its fields',
    facts: withSecret(known({ missing: ['keyId', 'privateKey'], keyFault: null })),
    check: 'kalshi keys',
    detail: 'the secret deckle/kalshi has no keyId and no privateKey: the feeds task cannot start',
    fix: 'aws secretsmanager put-secret-value --secret-id deckle/kalshi --region eu-west-1',
  },
  {
    what: 'a secret with something else than a key',
    facts: withSecret(known({ missing: [], keyFault: 'Kalshi private key: it cannot be read' })),
    check: 'kalshi keys',
    detail: "the secret deckle/kalshi cannot open Kalshi's stream: Kalshi private key: it cannot be read",
    fix: 'aws secretsmanager put-secret-value --secret-id deckle/kalshi',
  },
  {
    what: 'a secret that may not be read',
    facts: withSecret(unknown('Deckle-dev: could not read the secret deckle/kalshi: access is denied')),
    check: 'kalshi keys',
    detail: 'access is denied',
    fix: 'run deploy-check again',
  },
  {
    what: 'a stack that cannot be looked at',
    facts: { ...healthy, stack: unknown('Deckle-dev: access is denied'), behind: null },
    check: 'stack',
    detail: 'access is denied',
    fix: 'run deploy-check again',
  },
  {
    what: 'a stack whose update was rolled back',
    facts: { ...healthy, stack: known({ ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' }) },
    check: 'stack',
    detail: 'its last deployment failed',
    fix: 'aws cloudformation describe-stack-events --region eu-west-1 --stack-name Deckle-dev',
  },
  {
    what: 'a stack in the middle of a deployment',
    facts: { ...healthy, stack: known({ ...stack, status: 'UPDATE_IN_PROGRESS' }) },
    check: 'stack',
    detail: 'UPDATE_IN_PROGRESS',
    fix: 'Wait until it is done',
  },
  {
    what: 'an output that is missing',
    facts: {
      ...healthy,
      stack: known({ ...stack, status: 'CREATE_COMPLETE', outputs: { ...outputs, BucketName: undefined } }),
    },
    check: 'outputs',
    detail: 'does not name BucketName',
    fix: 'npx cdk deploy --context stage=dev',
  },
  {
    what: 'a table that is gone',
    facts: facing({ table: unknown('Deckle-dev: its table is not there') }),
    check: 'table',
    detail: 'its table is not there',
    fix: 'run deploy-check again',
  },
  {
    what: 'a table without a stream',
    facts: facing({ stream: known(null) }),
    check: 'stream',
    detail: 'no alert and no news would go out',
    fix: 'npx cdk deploy --context stage=dev',
  },
  {
    what: 'a stream of keys only',
    facts: facing({ stream: known('KEYS_ONLY') }),
    check: 'stream',
    detail: 'streams KEYS_ONLY only',
    fix: 'npx cdk deploy',
  },
  {
    what: 'another configuration in force',
    facts: facing({ table: known({ mode, inForce: { ...inForce, hash: 'f'.repeat(64) } }) }),
    check: 'configuration in force',
    detail: 'another version: hash ffffffffffff',
    fix: 'npx deckle --stack dev config push deckle.yaml',
  },
  {
    what: 'a halted mode',
    facts: facing({ table: known({ mode: { ...mode, mode: 'halted', reason: 'drawdown' }, inForce }) }),
    check: 'mode',
    detail: 'halted since 2027-01-15T07:00:00.000Z by ada: drawdown',
    fix: 'npx deckle --stack dev resume --reason',
  },
  {
    what: 'an email that is not confirmed',
    facts: facing({
      subscriptions: known([
        { ...email, topic: 'critical', confirmed: false },
        { ...email, topic: 'notice' },
        { topic: 'critical', protocol: 'sms', endpoint: '+353861234567', confirmed: true },
      ]),
    }),
    check: 'subscriptions',
    detail: 'me@example.org has not confirmed its subscription to critical',
    fix: 'aws sns subscribe --region eu-west-1 --topic-arn arn:aws:sns:eu-west-1:1:critical --protocol email --notification-endpoint me@example.org',
  },
  {
    what: 'a phone number that is not subscribed',
    facts: facing({
      subscriptions: known([
        { ...email, topic: 'critical' },
        { ...email, topic: 'notice' },
      ]),
    }),
    check: 'subscriptions',
    detail: '+353861234567 is not subscribed to critical',
    fix: 'npx cdk deploy --context stage=dev',
  },
  {
    what: 'nobody to tell',
    facts: { ...healthy, stage: { ...stage, alerts: { emails: [], sms: [] } } },
    check: 'subscriptions',
    detail: 'would reach nobody',
    fix: 'Add an address under dev.alerts.emails in stages.yaml',
  },
  {
    what: 'subscriptions that cannot be listed',
    facts: facing({ subscriptions: unknown('Deckle-dev: access is denied') }),
    check: 'subscriptions',
    detail: 'access is denied',
    fix: 'run deploy-check again',
  },
  {
    what: 'an account in the SMS sandbox that has not verified the number',
    facts: facing({ smsSandbox: known({ isIn: true, verified: ['+353860000000'] }) }),
    check: 'sms',
    detail:
      'the account is in the SMS sandbox of eu-west-1, and +353861234567 is not verified there: no SMS reaches it',
    fix: 'aws sns create-sms-sandbox-phone-number --region eu-west-1 --phone-number +353861234567',
  },
  {
    what: 'an account in the SMS sandbox whose numbers may not be listed',
    facts: facing({ smsSandbox: known({ isIn: true, verified: null }) }),
    check: 'sms',
    detail: 'in the SMS sandbox of eu-west-1, which lets SMS out to verified numbers only',
    fix: 'aws sns list-sms-sandbox-phone-numbers --region eu-west-1',
  },
  {
    what: 'a feed that never ran',
    facts: facing({ feed: known(undefined) }),
    check: 'feed',
    detail: 'it never ran',
    fix: 'aws logs tail /deckle/dev/feeds --region eu-west-1',
  },
  {
    what: 'a feed that fell silent',
    facts: facing({ feed: known({ ...sign, at: plusMs(NOW, -45_000) }) }),
    check: 'feed',
    detail: 'last sign of life was 45 seconds ago',
    fix: 'aws logs tail',
  },
  {
    what: 'a feed of live venues that was stopped',
    facts: facing({ feed: known({ ...sign, phase: 'stopped' }) }),
    check: 'feed',
    detail: 'it stopped 1 second ago',
    fix: 'aws logs tail',
  },
  {
    what: 'failures in the queue',
    facts: facing({ failureQueue: known({ ...empty, messages: 2 }) }),
    check: 'failure queue',
    detail: 'deckle-dev-failures holds 2',
    fix: 'aws sqs receive-message --region eu-west-1 --max-number-of-messages 10 --message-attribute-names All --queue-url $(aws sqs get-queue-url --region eu-west-1 --queue-name deckle-dev-failures --query QueueUrl --output text)',
  },
  {
    what: 'a failure queue that is not there',
    facts: facing({ failureQueue: known({ ...empty, messages: null }) }),
    check: 'failure queue',
    detail: 'deckle-dev-failures is not there',
    fix: 'npx cdk deploy',
  },
  {
    what: 'something put aside an hour ago',
    facts: facing({
      putAside: known({
        count: 2,
        more: false,
        newest: [{ function: 'fills', reason: 'version 9 is not known', at: plusMs(NOW, -HOUR_MS) }],
      }),
    }),
    check: 'put aside',
    detail: 'the newest 1 hour ago by fills: version 9 is not known',
    fix: 'npx deckle --stack dev status',
  },
];

test.each(cases)('$what is one thing to fix, with what fixes it', ({ facts, check, detail, fix }) => {
  const found = amiss(facts);
  expect(found.map((one) => one.check)).toEqual([check]);
  expect(found[0]?.detail).toContain(detail);
  expect(found[0]?.fix).toContain(fix);
});

test('a desk that was never begun needs one push, for its configuration and its mode', () => {
  const never = { ...mode, mode: 'halted', version: 0 } as const;
  const found = amiss(facing({ table: known({ mode: never, inForce: undefined }) }));
  expect(found.map((one) => one.check)).toEqual(['configuration in force', 'mode']);
  expect(new Set(found.map((one) => one.fix))).toEqual(
    new Set(['npx deckle --stack dev config push deckle.yaml']),
  );
});

test('a missing stack is told with its missing bootstrap before it, and with nothing that follows from it', () => {
  const missing = { ...healthy, stack: known(null), bootstrap: known(false), behind: null };
  expect(amiss(missing).map((one) => one.check)).toEqual(['bootstrap', 'stack']);
  expect(amiss(missing)[0]?.fix).toContain('npx cdk bootstrap aws://ACCOUNT/eu-west-1');
  expect(amiss({ ...missing, bootstrap: known(true) }).map((one) => one.check)).toEqual(['stack']);
});

test('where there is no stack yet, the region is judged where it will be', () => {
  const place = { ...healthy.place, region: 'us-east-1' };
  const facts = live({ binance: { environment: 'live' } });
  const found = amiss({ ...facts, place, stack: known(null), bootstrap: known(true), behind: null });
  expect(found.map((one) => one.check)).toEqual(['region', 'stack']);
  expect(found[0]).toMatchObject({
    detail: expect.stringMatching(/^us-east-1 \(of stage dev in stages.yaml\): binance/),
    fix: expect.stringMatching(
      /; or Set 'region' of stage dev in stages.yaml to another one, e.g. eu-west-1$/,
    ),
  });
});

const at = (region: string, facts: DeployFacts): DeployFacts => ({
  ...facts,
  stack: known({ ...stack, status: 'CREATE_COMPLETE', region }),
});

test.each([
  {
    what: 'the demo market',
    facts: at('us-east-1', healthy),
    words: 'the demo market asks no venue',
  },
  {
    what: 'Binance’s hosts of public data',
    facts: at('us-east-1', live({ binance: {} })),
    words:
      'open to binance; binance refuses the US at its own hosts; those of environment market-data are said to answer there, which was not tried',
  },
  {
    what: 'a host of one’s own',
    facts: at(
      'us-east-1',
      live({ binance: { environment: 'live', hosts: { ws: 'ws://10.0.0.9:1', rest: 'http://10.0.0.9:1' } } }),
    ),
    words: 'open to binance',
  },
  {
    what: 'Polymarket',
    facts: at('us-west-2', live({ polymarket: {} }, ['polymarket:123'])),
    words:
      'open to polymarket; polymarket refuses orders from the US; that its public data can be read there was not tried (eu-west-2 is nearest to it)',
  },
  {
    what: 'MEXC in Europe',
    facts: at('eu-west-1', live({ mexc: {} }, ['mexc:BTCUSDT'])),
    words:
      'open to mexc; mexc suggests Japan or Singapore (ap-northeast-1, ap-southeast-1) and is reported to refuse some other places',
  },
  {
    what: 'MEXC in Japan',
    facts: at('ap-northeast-1', live({ mexc: {} }, ['mexc:BTCUSDT'])),
    words: 'open to mexc',
  },
  {
    what: 'a venue that is configured and not followed',
    facts: at('us-east-1', live({ mexc: {}, binance: { environment: 'live' } }, ['mexc:BTCUSDT'])),
    words:
      'open to mexc; mexc suggests Japan or Singapore (ap-northeast-1, ap-southeast-1) and is reported to refuse some other places',
  },
])('the region is well for $what, and what is not certain is said', ({ facts, words }) => {
  expect(amiss(facts)).toEqual([]);
  expect(wordsOf(facts, 'region')?.replace(/^.*?\)[:;] /, '')).toBe(words);
});

test('Kalshi without a key is told, where it is followed; a secret that is right as well', () => {
  expect(wordsOf(healthy, 'kalshi keys')).toBeUndefined();
  expect(wordsOf(live({ binance: {}, kalshi: {} }), 'kalshi keys')).toBeUndefined();
  const followed = live({ kalshi: {} }, ['kalshi:KXBTC15M-26NOV211500-00']);
  expect(amiss(followed)).toEqual([]);
  expect(wordsOf(followed, 'kalshi keys')).toBe(
    "no secret is named under 'secrets' in stages.yaml: Kalshi's books come by REST, every few seconds",
  );
  const right = withSecret(known({ missing: [], keyFault: null }));
  expect(amiss(right)).toEqual([]);
  expect(wordsOf(right, 'kalshi keys')).toBe(
    'the secret deckle/kalshi has keyId and privateKey; the task reads them when it starts',
  );
});

const wordsOf = (facts: DeployFacts, check: string) =>
  deployChecks(facts).find((one) => one.check === check)?.detail;

test('a phone number is never promised to be told: what AWS lets out is said beside it', () => {
  const limit =
    'Beyond its SMS spending limit of the month (one dollar until AWS has raised it) nothing goes out';
  expect(wordsOf(healthy, 'subscriptions')).toBe('me@example.org will be told; +353861234567 is subscribed');
  expect(wordsOf(healthy, 'sms')).toBe(
    `the account may send SMS to any number, so to +353861234567. ${limit}`,
  );
  const verified = facing({ smsSandbox: known({ isIn: true, verified: ['+353861234567'] }) });
  expect(amiss(verified)).toEqual([]);
  expect(wordsOf(verified, 'sms')).toBe(
    `the account is in the SMS sandbox of eu-west-1; +353861234567 is verified there. ${limit}`,
  );
  const unasked = facing({ smsSandbox: unknown('Deckle-dev: access is denied') });
  expect(amiss(unasked)).toEqual([]);
  expect(wordsOf(unasked, 'sms')).toBe(
    `whether SMS reach +353861234567 is not known: Deckle-dev: access is denied. ${limit}`,
  );
});

test('a stage without phone numbers is not asked about SMS', () => {
  const alerts = { emails: ['me@example.org'], sms: [] };
  const facts = { ...facing({ smsSandbox: null }), stage: { ...stage, alerts } };
  expect(amiss(facts)).toEqual([]);
  expect(wordsOf(facts, 'sms')).toBeUndefined();
  expect(wordsOf(facts, 'subscriptions')).toBe('me@example.org will be told');
});

test('an empty failure queue is told in one word', () => {
  expect(wordsOf(healthy, 'failure queue')).toBe('empty');
});

test('what was put aside days ago is told, and is nothing to fix any more', () => {
  const newest = [{ function: 'fills', reason: 'garbage', at: plusMs(NOW, -48 * HOUR_MS) }];
  const found = deployChecks(facing({ putAside: known({ count: 1, more: false, newest }) })).find(
    (one) => one.check === 'put aside',
  );
  expect(found?.ok).toBe(true);
  expect(found?.detail).toContain('2 days ago by fills: garbage');
});

test('at an endpoint on this machine the region is no venue’s business, and a demo that ended is well', () => {
  const local: DeployFacts = {
    ...facing({
      feed: known({ ...sign, phase: 'finished', at: plusMs(NOW, -HOUR_MS) }),
      subscriptions: known([]),
    }),
    stage: { ...stage, name: 'local', alerts: { emails: [], sms: [] } },
    place: {
      ...healthy.place,
      stage: 'local',
      stackName: 'Deckle-local',
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:4566',
    },
  };
  expect(amiss(local)).toEqual([]);
});
