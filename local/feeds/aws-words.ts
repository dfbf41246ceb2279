import type { StoreError } from '../../adapters/store/item-store.ts';

/** Where the feeds process looked; for sentences. */
export interface AwsPlace {
  readonly table: string;
  readonly region: string;
  readonly endpoint: string | undefined;
}

/** What a store that does not answer means for a person, with what to do. */
export function storeWords(error: StoreError, place: AwsPlace): string {
  const where = place.endpoint ?? `AWS in ${place.region}`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ECONNRESET':
    case 'TimeoutError':
      return `nothing answers at ${where} (${code}); ${
        place.endpoint === undefined
          ? 'check the network, and that the task has a public address'
          : 'start the endpoint (npm run localstack), or unset AWS_ENDPOINT_URL to use AWS itself'
      }`;
    case 'ResourceNotFoundException':
      return `there is no table ${place.table} at ${where}; deploy the stack, or take DECKLE_TABLE and AWS_REGION from its outputs`;
    case 'AccessDeniedException':
      return `these credentials may not use the table ${place.table} at ${where}; the task role of the stack may`;
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'ExpiredTokenException':
    case 'IncompleteSignatureException':
      return `${where} does not accept the credentials (${code}); renew them, e.g. aws sso login`;
    case 'CredentialsProviderError':
      return `there are no AWS credentials; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
    default:
      return `${error.message} It was asked at ${where} for the table ${place.table}.`;
  }
}
