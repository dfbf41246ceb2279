/** `dev` may be thrown away with its data; `prod` keeps its data whatever happens to the stack. */
export type StageName = 'dev' | 'prod';

export type StageResult =
  | { readonly kind: 'valid'; readonly stage: StageName }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads the stage from the CDK context (`--context stage=prod`); left out, it is `dev`. A typo never deploys a third stage. */
export function parseStage(value: unknown): StageResult {
  const stage = value ?? 'dev';
  if (stage === 'dev' || stage === 'prod') return { kind: 'valid', stage };
  return { kind: 'invalid', problem: `stage is ${JSON.stringify(value)}; it is one of: dev, prod` };
}
