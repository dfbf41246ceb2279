import * as z from 'zod';
import { CommandError } from '../cli/terminal.ts';

const name = z.string({ error: 'is not set' }).min(1, 'is empty');

const environmentSchema = z.object({
  DECKLE_STAGE: name,
  DECKLE_TABLE: name,
  DECKLE_BUS: name,
  DECKLE_BUCKET: name,
  DECKLE_TRACE: z.enum(['on', 'off'], { error: "must be 'on' or 'off'" }).default('off'),
  AWS_REGION: name,
  AWS_ENDPOINT_URL: z.url({ error: 'is no URL; e.g. http://127.0.0.1:4566' }).optional(),
});

/** What the feeds process is told by its stack, or by whoever runs it on a host. */
export type FeedsEnvironment = z.output<typeof environmentSchema>;

/** @throws CommandError that names each variable that is missing or wrong, and where its value comes from. */
export function readFeedsEnvironment(
  from: Readonly<Record<string, string | undefined>> = process.env,
): FeedsEnvironment {
  const parsed = environmentSchema.safeParse({
    ...from,
    AWS_REGION: from['AWS_REGION'] || from['AWS_DEFAULT_REGION'],
    // Set and empty is how a shell says that there is none.
    AWS_ENDPOINT_URL: from['AWS_ENDPOINT_URL'] || undefined,
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((one) => `${one.path.join('.')} ${one.message}`);
  throw new CommandError(
    [
      `the environment is not complete: ${issues.join('; ')}`,
      'the stack sets it in the container; on a host take the values from the outputs LedgerTableName, BusName and BucketName of the stack Deckle-<stage>, and its region',
    ].join('\n'),
    2,
  );
}
