import * as z from 'zod/mini';
import type { ConfigIssue } from './desk-config.ts';
import { fieldIssues } from './field-issues.ts';
import { issueWords } from './issue-words.ts';

/**
 * `dev` may be thrown away with its data; `prod` keeps its data whatever happens to the stack; `local` is for an
 * endpoint on the same machine and has no container.
 */
export type StageName = 'dev' | 'prod' | 'local';

export const STAGE_NAMES = ['dev', 'prod', 'local'] as const satisfies readonly StageName[];

/** Functions that a stage may wake at other times; a test holds this against the topology. */
export const SCHEDULED_FUNCTIONS = ['guard', 'reconcile', 'report', 'universe'] as const;
export type ScheduledFunction = (typeof SCHEDULED_FUNCTIONS)[number];

/** One deployment of the desk: what differs between stages, and nothing that trades. */
export interface Stage {
  readonly name: StageName;
  /** Null deploys to whatever region the command line is set to. */
  readonly region: string | null;
  readonly alerts: {
    /** Subscribed to both topics; each address confirms by a link it is sent. */
    readonly emails: readonly string[];
    /** Subscribed to the critical topic only; in E.164. */
    readonly sms: readonly string[];
  };
  /** EventBridge Scheduler expressions in UTC; a function that is not named keeps the times of the topology. */
  readonly schedules: Readonly<Partial<Record<ScheduledFunction, readonly string[]>>>;
  readonly logRetentionDays: number;
  /** Functions write when they received and finished each event: a write per hop, so for measurements only. */
  readonly trace: boolean;
  /** Secrets of Secrets Manager, by name or ARN, that the feeds task is given when it starts; what they hold is nowhere here. */
  readonly secrets: {
    /** Has the fields of {@link KALSHI_SECRET_FIELDS}; null: Kalshi's books come by REST. */
    readonly kalshi: string | null;
  };
}

/** The environment variables of the feeds process by the fields of Kalshi's secret that they are taken from. */
export const KALSHI_SECRET_FIELDS = {
  keyId: 'DECKLE_KALSHI_KEY_ID',
  privateKey: 'DECKLE_KALSHI_PRIVATE_KEY',
} as const;

export type StagesResult =
  | { readonly kind: 'valid'; readonly stages: Readonly<Record<StageName, Stage>> }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

export type StageNameResult =
  | { readonly kind: 'valid'; readonly name: StageName }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Validates the parsed stages file. All issues are found at once; a stage that is left out has its defaults. */
export function parseStages(raw: unknown): StagesResult {
  const parsed = stagesSchema.safeParse(raw, { error: issueWords });
  if (!parsed.success) return { kind: 'invalid', issues: fieldIssues(parsed.error) };
  const { dev, prod, local } = parsed.data;
  return {
    kind: 'valid',
    stages: { dev: toStage('dev', dev), prod: toStage('prod', prod), local: toStage('local', local) },
  };
}

/** Reads the name of a stage; left out, it is `dev`. A typo never deploys a stage of its own. */
export function parseStageName(value: unknown): StageNameResult {
  const name = STAGE_NAMES.find((one) => one === (value ?? 'dev'));
  if (name) return { kind: 'valid', name };
  return {
    kind: 'invalid',
    problem: `stage is ${JSON.stringify(value)}; it is one of: ${STAGE_NAMES.join(', ')}`,
  };
}

/** What CloudWatch Logs takes; any other number fails the deployment when half of it is done. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288,
  3_653,
];

const REGION_WORDS = 'must be a region, e.g. eu-west-1, or null for that of the command line';
const region = z.nullable(
  z.string({ error: REGION_WORDS }).check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, REGION_WORDS)),
);

const email = z
  .string({ error: 'must be an email address' })
  .check(z.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an email address, e.g. me@example.org'));

const phone = z
  .string({ error: "must be a phone number in quotes, e.g. '+353861234567'" })
  .check(z.regex(/^\+[1-9]\d{7,14}$/, "must be a phone number with its country code, e.g. '+353861234567'"));

const expression = z
  .string({ error: 'must be rate(...) or cron(...)' })
  .check(
    z.regex(
      /^(rate\([1-9]\d* (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$/,
      'must be rate(<number> minutes|hours|days) or cron(<six fields>), e.g. cron(5 0 * * ? *)',
    ),
  );

const SECRET_WORDS =
  'must be the name or the whole ARN of a secret in Secrets Manager, e.g. deckle/kalshi, or null; never what it holds';
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
const SECRET_ARN =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}$/;
// By such a name AWS looks for a secret whose suffix that is; and a private key has more lines than a name.
const LOOKS_LIKE_SUFFIX = /-[A-Za-z0-9]{6}$/;
const secret = z.nullable(
  z.string({ error: SECRET_WORDS }).check(
    z.refine((text) => (text.startsWith('arn:') ? SECRET_ARN : SECRET_NAME).test(text), SECRET_WORDS),
    z.refine(
      (text) => text.startsWith('arn:') || !LOOKS_LIKE_SUFFIX.test(text),
      'ends like the ARN of a secret, by which AWS cannot find it; give the whole ARN, or another name to the secret',
    ),
  ),
);
const noSecret = z.null({
  error:
    'must be null: stage local has no task; set DECKLE_KALSHI_KEY_ID and DECKLE_KALSHI_PRIVATE_KEY_FILE in your shell',
});

// An empty list would leave the desk without its guard; to stop a stage, its stack is taken away.
const expressions = z.array(expression).check(z.minLength(1, 'needs at least one time'));

interface StageDefaults {
  readonly region: string | null;
  readonly logRetentionDays: number;
  readonly trace: boolean;
  /** Without a task nobody would read a secret. */
  readonly hasTask: boolean;
}

const stageSchema = (defaults: StageDefaults) =>
  z.prefault(
    z.strictObject({
      region: z._default(region, defaults.region),
      alerts: z._default(
        z.strictObject({ emails: z._default(z.array(email), []), sms: z._default(z.array(phone), []) }),
        { emails: [], sms: [] },
      ),
      schedules: z._default(
        z.strictObject({
          guard: z.optional(expressions),
          reconcile: z.optional(expressions),
          report: z.optional(expressions),
          universe: z.optional(expressions),
        } satisfies Record<ScheduledFunction, unknown>),
        {},
      ),
      logRetentionDays: z._default(
        z
          .int({ error: 'must be a whole number of days' })
          .check(
            z.refine(
              (days) => RETENTION_DAYS.includes(days),
              `must be a retention that CloudWatch offers: ${RETENTION_DAYS.join(', ')}`,
            ),
          ),
        defaults.logRetentionDays,
      ),
      trace: z._default(z.boolean({ error: 'must be true or false' }), defaults.trace),
      secrets: z._default(
        z.strictObject({ kalshi: z._default(defaults.hasTask ? secret : noSecret, null) }),
        { kalshi: null },
      ),
    }),
    {},
  );

/** Binance answers US addresses with 451, so that the default is a region where its feed can be read. */
const REGION = 'eu-west-1';

const stagesSchema = z.strictObject({
  dev: stageSchema({ region: REGION, logRetentionDays: 7, trace: false, hasTask: true }),
  prod: stageSchema({ region: REGION, logRetentionDays: 30, trace: false, hasTask: true }),
  local: stageSchema({ region: 'us-east-1', logRetentionDays: 1, trace: true, hasTask: false }),
});

function toStage(name: StageName, parsed: z.output<ReturnType<typeof stageSchema>>): Stage {
  const schedules: Partial<Record<ScheduledFunction, readonly string[]>> = {};
  for (const one of SCHEDULED_FUNCTIONS) {
    const times = parsed.schedules[one] ?? (name === 'local' ? EACH_MINUTE : undefined);
    if (times) schedules[one] = times;
  }
  return { name, ...parsed, schedules };
}

/** On one's own machine nobody waits a quarter of an hour, or for midnight, to see a schedule fire. */
const EACH_MINUTE = ['rate(1 minute)'];
