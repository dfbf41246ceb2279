import * as z from 'zod/mini';
import '../../core/schema-words.ts';

const name = z
  .string({ error: 'is not set; the stack sets it when the function is deployed' })
  .check(z.minLength(1, 'is empty'));

const environmentSchema = z.object({
  AWS_REGION: name,
  DECKLE_STAGE: name,
  DECKLE_TABLE: name,
  /** Set where a stage measures or steps its functions. */
  DECKLE_TRACE: z._default(z.enum(['on', 'off']), 'off'),
});

/** What every function is told by its stack. */
export type Environment = z.output<typeof environmentSchema>;

/** @throws Error that names each variable that is missing. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = environmentSchema.safeParse(from);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((one) => `${one.path.join('.')} ${one.message}`).join('; '));
}

/** A variable that only some functions have. @throws Error that names it when it is missing. */
export function required(
  variable: string,
  from: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const parsed = name.safeParse(from[variable]);
  if (parsed.success) return parsed.data;
  throw new Error(`${variable} ${parsed.error.issues[0]?.message}`);
}
