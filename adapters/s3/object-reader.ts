import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { type ObjectAttempt, objectStoreError } from './object-store-error.ts';

export interface ObjectReaderOptions {
  /** With `forcePathStyle` where an endpoint other than AWS is used. Belongs to the caller, who closes it. */
  readonly client: S3Client;
  readonly bucket: string;
}

/** What a list tells of an object. */
export interface ObjectSummary {
  readonly key: string;
  readonly bytes: number;
}

/** Reads objects of one bucket, for commands of a person; a function that only writes takes the small object writer. */
export interface ObjectReader {
  /** Objects whose key begins with the prefix, by key, page after page. @throws ObjectStoreError in words. */
  list(prefix: string): AsyncGenerator<ObjectSummary>;
  /** The whole object. @throws ObjectStoreError in words; its code is `NoSuchKey` when there is none. */
  get(key: string): Promise<Buffer>;
}

export function createObjectReader({ client, bucket }: ObjectReaderOptions): ObjectReader {
  return {
    async *list(prefix) {
      let after: string | undefined;
      do {
        const page = await inWords({ action: 'list', bucket, key: prefix }, () =>
          client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: after })),
        );
        for (const { Key, Size } of page.Contents ?? [])
          if (Key !== undefined) yield { key: Key, bytes: Size ?? 0 };
        after = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (after !== undefined);
    },
    get: (key) =>
      inWords({ action: 'read', bucket, key }, async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      }),
  };
}

async function inWords<T>(attempt: ObjectAttempt, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    throw objectStoreError(attempt, code, error.message, error);
  }
}
