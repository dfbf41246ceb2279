/** A bucket that cannot be read or written; the message says what to do, `code` is S3's own or the network's. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What was tried, on what. */
export interface ObjectAttempt {
  readonly action: 'write' | 'read' | 'list';
  readonly bucket: string;
  /** The key, or the prefix of a list. */
  readonly key: string;
}

/** The error of an attempt that S3, or the network on the way there, refused. */
export function objectStoreError(
  attempt: ObjectAttempt,
  code: string,
  message: string,
  cause?: unknown,
): ObjectStoreError {
  const { action, bucket, key } = attempt;
  const said = message === '' ? code : `${code}: ${message}`;
  return new ObjectStoreError(
    `could not ${action} s3://${bucket}/${key} (${said}). ${remedyOf(attempt, code)}`,
    code,
    { cause },
  );
}

const PERMISSIONS = { write: 's3:PutObject', read: 's3:GetObject', list: 's3:ListBucket' } as const;

function remedyOf({ action, bucket }: ObjectAttempt, code: string): string {
  switch (code) {
    case 'NoSuchBucket':
      return `There is no bucket ${bucket}: deploy the stack, or correct DECKLE_BUCKET.`;
    case 'NoSuchKey':
      return 'There is no such object; the lifecycle rule of the bucket may have ended it.';
    case 'AccessDenied':
    case 'AllAccessDisabled':
      return `Grant ${PERMISSIONS[action]} on it to whoever runs this.`;
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return 'The bucket lies in another region: set AWS_REGION to the region of the stack.';
    case 'ExpiredToken':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'RequestTimeTooSkewed':
      return 'Check the credentials, and the clock of this machine.';
    default:
      return 'Try again later; if it lasts, check the network and the endpoint.';
  }
}
