import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod/mini';
import { fromAttributes } from './dynamodb-items.ts';
import type { ChangesReader } from './dynamodb-store.ts';
import { type Change, type Changes, type Key, StoreError } from './item-store.ts';

/** The newest sequence number read of each shard, or `END` for a shard read to its end. As JSON it is a position. */
type Cursor = Readonly<Record<string, string>>;

const END = 'end';
// The service's own limit.
const RECORDS_MAX = 1_000;

const cursorSchema = z.record(z.string(), z.string());

/**
 * Reads the changes of a table from its stream, which must hold new and old images. The clients belong to the caller, who
 * closes them.
 */
export function dynamoChangesReader(
  client: DynamoDBClient,
  streams: DynamoDBStreamsClient,
  table: string,
): ChangesReader {
  let stream: string | undefined;
  return async (position, limit) => {
    stream ??= await latestStream(client, table);
    return dynamoChanges(streams, stream, position, limit);
  };
}

/** The stream of a table; throws a StoreError when it has none. */
async function latestStream(client: DynamoDBClient, table: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  if (Table?.LatestStreamArn === undefined) {
    throw new StoreError('unavailable', `The table ${table} has no stream.`);
  }
  return Table.LatestStreamArn;
}

/**
 * Changes after a position, oldest shards first and no shard before its parent is read to the end, so that the changes of
 * one item come in the order they were made. Throws a StoreError when the stream no longer keeps what follows the position.
 */
export async function dynamoChanges(
  streams: DynamoDBStreamsClient,
  stream: string,
  position: string | undefined,
  limit: number,
): Promise<Changes> {
  const shards = await listShards(streams, stream);
  let cursor = listed(parsePosition(position), shards);
  const changes: Change[] = [];
  for (const shard of shards) {
    if (changes.length >= limit || !isReadable(shard, cursor)) continue;
    const read = await readShard(streams, stream, shard, cursor, limit - changes.length);
    for (const record of read.records) {
      cursor = { ...cursor, [idOf(shard)]: record.dynamodb?.SequenceNumber ?? '' };
      changes.push(toChange(record, formatPosition(cursor)));
    }
    if (read.ended) cursor = { ...cursor, [idOf(shard)]: END };
  }
  return { changes, position: formatPosition(cursor) };
}

async function listShards(streams: DynamoDBStreamsClient, stream: string): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let start: string | undefined;
  do {
    const { StreamDescription } = await streams.send(
      new DescribeStreamCommand({ StreamArn: stream, ...(start && { ExclusiveStartShardId: start }) }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    start = StreamDescription?.LastEvaluatedShardId;
  } while (start !== undefined);
  // Their names begin with the time they were opened, so a parent sorts before its children.
  return shards.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

interface ShardRead {
  readonly records: readonly StreamRecord[];
  readonly ended: boolean;
}

async function readShard(
  streams: DynamoDBStreamsClient,
  stream: string,
  shard: Shard,
  cursor: Cursor,
  limit: number,
): Promise<ShardRead> {
  const records: StreamRecord[] = [];
  let iterator = await openShard(streams, stream, shard, cursor);
  while (iterator !== undefined && records.length < limit) {
    const Limit = Math.min(limit - records.length, RECORDS_MAX);
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit }));
    records.push(...(answer.Records ?? []));
    iterator = answer.NextShardIterator;
    // An open shard always has a next iterator; nothing behind this one means that nothing is new for now.
    if ((answer.Records ?? []).length === 0 && iterator !== undefined) return { records, ended: false };
  }
  return { records, ended: iterator === undefined };
}

async function openShard(
  streams: DynamoDBStreamsClient,
  stream: string,
  shard: Shard,
  cursor: Cursor,
): Promise<string | undefined> {
  const after = cursor[idOf(shard)];
  try {
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn: stream,
        ShardId: idOf(shard),
        ...(after === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
      }),
    );
    return ShardIterator;
  } catch (error) {
    if (!(error instanceof TrimmedDataAccessException)) throw error;
    throw new StoreError('unavailable', `The changes after position ${after} are no longer kept.`, {
      cause: error,
    });
  }
}

/** Not yet at its end, and its parent is, or is no longer listed. */
function isReadable(shard: Shard, cursor: Cursor): boolean {
  const parent = shard.ParentShardId;
  return cursor[idOf(shard)] !== END && (parent === undefined || (cursor[parent] ?? END) === END);
}

/** Shards that the stream has forgotten leave the position; listed ones that were never read stand at their beginning. */
function listed(cursor: Cursor, shards: readonly Shard[]): Cursor {
  const ids = new Set(shards.map(idOf));
  return Object.fromEntries(Object.entries(cursor).filter(([id]) => ids.has(id)));
}

const idOf = (shard: Shard): string => shard.ShardId ?? '';

function toChange(record: StreamRecord, position: string): Change {
  const { Keys = {}, OldImage, NewImage } = record.dynamodb ?? {};
  const { pk, sk }: Key = fromAttributes(Keys);
  return {
    position,
    key: { pk, sk },
    before: OldImage && fromAttributes(OldImage),
    after: NewImage && fromAttributes(NewImage),
  };
}

function formatPosition(cursor: Cursor): string {
  return JSON.stringify(Object.fromEntries(Object.entries(cursor).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function parsePosition(position: string | undefined): Cursor {
  if (position === undefined) return {};
  try {
    return cursorSchema.parse(JSON.parse(position));
  } catch (error) {
    throw new RangeError(`${position} is not a position of this store`, { cause: error });
  }
}
