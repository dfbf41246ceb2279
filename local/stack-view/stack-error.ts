import type { StackPlace } from './stack-place.ts';

/** What keeps a command from a deployed desk. All but `no_answer` stay so until a person does something. */
export type StackFault =
  | 'not_deployed'
  | 'no_region'
  | 'no_credentials'
  | 'expired'
  | 'denied'
  | 'no_answer'
  | 'no_table'
  | 'no_bucket'
  | 'no_configuration'
  | 'refused';

/** A deployed desk that cannot be worked with; the message is written for a person and says what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly fault: StackFault;
  constructor(fault: StackFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'CredentialsError', 'AuthFailure']);
const WRONG_CREDENTIALS = new Set([
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
]);
const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'RequestExpired',
  'RequestTimeTooSkewed',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedOperation',
  'NotAuthorized',
  'OptInRequired',
  'Forbidden',
]);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * What an error of the SDK, or of a store on top of it, means for the person at the terminal; undefined when it is none of
 * these. `doing` says what was tried: "read the table".
 */
export function stackErrorOf(error: unknown, place: StackPlace, doing: string): StackError | undefined {
  if (error instanceof StackError) return error;
  for (const one of causes(error)) {
    const said = inWords(one, place, doing);
    if (said) return new StackError(said.fault, said.words, { cause: error });
  }
  return undefined;
}

interface Said {
  readonly fault: StackFault;
  readonly words: string;
}

function inWords(error: Error, place: StackPlace, doing: string): Said | undefined {
  const { name, message } = error;
  const code = 'code' in error ? String(error.code) : '';
  const tried = `${place.stackName}: could not ${doing}`;
  if (/does not exist/.test(message) && name === 'ValidationError')
    return { fault: 'not_deployed', words: notDeployed(place) };
  if (EXPIRED.has(name) || (NO_CREDENTIALS.has(name) && /expired|aws sso login/i.test(message)))
    return {
      fault: 'expired',
      words: `${tried}: the AWS session has expired (${firstLine(message)}). Sign in again, e.g. aws sso login, and check that this machine's clock is right`,
    };
  if (/region is missing/i.test(message))
    return {
      fault: 'no_region',
      words: `${tried}: no region is known. Set 'region' of stage ${place.stage} in stages.yaml, or AWS_REGION`,
    };
  if (NO_CREDENTIALS.has(name))
    return {
      fault: 'no_credentials',
      words: `${tried}: there are no AWS credentials. Sign in (aws sso login, or aws configure) and name the profile with AWS_PROFILE`,
    };
  if (WRONG_CREDENTIALS.has(name))
    return {
      fault: 'no_credentials',
      words: `${tried}: the AWS credentials are not valid in ${place.region} (${name}). Check AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    };
  if (DENIED.has(name))
    return {
      fault: 'denied',
      words: `${tried}: access is denied in ${place.region} (${firstLine(message)}). Use the account and role that deployed it: aws sts get-caller-identity tells which one is used now`,
    };
  if (name === 'ResourceNotFoundException')
    return {
      fault: 'no_table',
      words:
        place.table === undefined
          ? `${tried}: its table is not there in ${place.region}, though the stack names it. It was deleted by hand; restore it from a backup under its name, or deploy the stage anew`
          : `${tried}: there is no table ${place.table} in ${place.region} (the region of ${place.regionFrom}), which DECKLE_TABLE names. aws dynamodb list-tables --region ${place.region} shows what there is`,
    };
  if (name === 'NoSuchBucket')
    return {
      fault: 'no_bucket',
      words: `${tried}: its bucket is not there in ${place.region}, though the stack names it. It was deleted by hand; deploy the stage anew`,
    };
  if (NETWORK.has(code) || name === 'TimeoutError' || name === 'AggregateError')
    return { fault: 'no_answer', words: `${tried}: ${noAnswer(place, code)}` };
  if (place.endpoint !== null && isNoAwsAnswer(error))
    return {
      fault: 'refused',
      words: `${tried}: what answers at ${place.endpoint} does not speak the AWS interface (${firstLine(message)}). Check AWS_ENDPOINT_URL`,
    };
  return undefined;
}

/** The stack is not where we looked, and where else it may be. */
export const notDeployed = ({
  stage,
  stackName,
  region,
  regionFrom,
  isPinned,
  endpoint,
}: StackPlace): string =>
  endpoint === null
    ? `there is no stack ${stackName} in ${region} (the region of ${regionFrom}). Deploy it: npx cdk deploy --context stage=${stage}. If it was deployed to another region, set ${isPinned ? `'region' of stage ${stage} in stages.yaml` : 'AWS_REGION'} to that one`
    : `there is no stack ${stackName} at ${endpoint} in ${region}. Deploy it: ${stage === 'local' ? 'npm run localstack' : `npx cdk deploy --context stage=${stage}`}`;

const noAnswer = ({ endpoint, region, regionFrom, stage }: StackPlace, code: string): string =>
  endpoint === null
    ? `AWS does not answer in ${region} (the region of ${regionFrom})${code ? ` (${code})` : ''}. Check the name of the region and the network`
    : `nothing answers at ${endpoint}${code ? ` (${code})` : ''}. ${stage === 'local' ? 'Start it with: npm run localstack' : 'Start it (npm run localstack for stage local), or unset AWS_ENDPOINT_URL'}`;

/** The error and what it was caused by, outermost first. */
function* causes(error: unknown): Generator<Error> {
  for (let one = error, depth = 0; one instanceof Error && depth < 8; one = one.cause, depth += 1) yield one;
}

/** Neither an AWS answer nor a fault that AWS has a name for. */
const isNoAwsAnswer = (error: Error): boolean =>
  error instanceof SyntaxError || /deserialization|is not expected|unexpected token/i.test(error.message);

const firstLine = (text: string): string => text.split('\n')[0]?.trim().replace(/\.$/, '') ?? '';
