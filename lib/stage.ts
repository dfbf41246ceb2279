/** `dev` may be thrown away with its data; `prod` keeps its data whatever happens to the stack. */
export type StageName = 'dev' | 'prod';

/**
 * Reads the stage from the CDK context (`--context stage=prod`); left out, it is `dev`.
 * @throws RangeError for any other name, so that a typo never deploys a stage that nobody meant.
 */
export function parseStage(value: unknown): StageName {
  switch (value) {
    case undefined:
    case 'dev':
      return 'dev';
    case 'prod':
      return 'prod';
    default:
      throw new RangeError(`stage is ${JSON.stringify(value)}; it is one of: dev, prod`);
  }
}
