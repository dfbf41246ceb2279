import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keyExpression } from './dynamodb-expressions.ts';
import { type RetryOptions, withRetries } from './dynamodb-faults.ts';
import { fromAttributes } from './dynamodb-items.ts';
import { commitWrites } from './dynamodb-writes.ts';
import {
  type Changes,
  type Item,
  type ItemStore,
  type Key,
  type Page,
  type Query,
  StoreError,
  type TransactResult,
  type Write,
} from './item-store.ts';
import { compareText } from './key-order.ts';
import { checkKey, checkLimit, checkQuery, checkWrites } from './limits.ts';

export interface DynamoStoreOptions extends Partial<RetryOptions> {
  readonly client: DynamoDBClient;
  /** The table's name; its keys are the texts `pk` and `sk`. */
  readonly table: string;
  /**
   * What answers `changes`: a `dynamoChangesReader`. Most who open a table never ask for them, functions among them, and
   * need not load the client of its stream.
   */
  readonly changes?: ChangesReader;
}

/** Up to `limit` changes after a position, or after the beginning. Its faults are retried like those of the table. */
export type ChangesReader = (position: string | undefined, limit: number) => Promise<Changes>;

/**
 * An item store in one DynamoDB table. Two differences that the service makes: changes are in order per item, not across a
 * transaction's items, and a put that changes nothing is no change. The client belongs to the caller, who closes it.
 */
export function openDynamoStore(options: DynamoStoreOptions): ItemStore {
  return new DynamoItemStore(options);
}

class DynamoItemStore implements ItemStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #changes: ChangesReader | undefined;
  readonly #retries: RetryOptions;

  constructor({ client, table, changes, random, wait }: DynamoStoreOptions) {
    this.#client = client;
    this.#table = table;
    this.#changes = changes;
    this.#retries = {
      random: random ?? Math.random,
      wait: wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    };
  }

  async get(key: Key): Promise<Item | undefined> {
    checkKey(key);
    const { pk, sk } = key;
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: marshall({ pk, sk }),
      ConsistentRead: true,
    });
    const { Item } = await withRetries(() => this.#client.send(command), this.#retries);
    return Item && fromAttributes(Item);
  }

  async query(query: Query): Promise<Page> {
    checkQuery(query);
    if (isEmpty(query)) return { items: [], next: undefined };
    const { text, names, values } = keyExpression(query);
    const command = new QueryCommand({
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: text,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: marshall(values),
      ScanIndexForward: query.descending !== true,
      // One more than asked for: the service's own mark of a next page says only that it stopped.
      ...(query.limit !== undefined && { Limit: query.limit + 1 }),
      ...(query.after !== undefined && { ExclusiveStartKey: marshall({ pk: query.pk, sk: query.after }) }),
    });
    const { Items = [], LastEvaluatedKey } = await withRetries(
      () => this.#client.send(command),
      this.#retries,
    );
    const items = Items.slice(0, query.limit).map(fromAttributes);
    const more = items.length < Items.length || LastEvaluatedKey !== undefined;
    return { items, next: more ? items.at(-1)?.sk : undefined };
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    checkWrites(writes);
    if (writes.length === 0) return { kind: 'committed' };
    const token = randomUUID();
    return withRetries(() => commitWrites(this.#client, this.#table, writes, token), this.#retries);
  }

  async changes(position: string | undefined, limit: number): Promise<Changes> {
    checkLimit(limit);
    const read = this.#changes;
    if (read === undefined) {
      throw new StoreError('unavailable', `The table ${this.#table} was opened without its stream.`);
    }
    return withRetries(() => read(position, limit), this.#retries);
  }

  async close(): Promise<void> {}
}

/** The service refuses bounds that cross and empty ones; nothing lies between them. */
function isEmpty({ from, to }: Query): boolean {
  return to !== undefined && (to === '' || (from !== undefined && compareText(from, to) > 0));
}
