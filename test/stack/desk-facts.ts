import { sha256 } from '../../adapters/sha256.ts';
import { storedLedgerHash } from '../../adapters/store/books.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { prefixes } from '../../adapters/store/table.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { FeedStore } from '../../core/ports.ts';
import type { AwsClients, RawItem } from './aws-clients.ts';
import { scanTable } from './aws-clients.ts';

/** The deployed desk's table, as its own code and as a reader of the raw table see it. */
export interface DeskFacts {
  readonly store: ItemStore;
  readonly feeds: FeedStore;
  /** Every item there is, by key. */
  items(): Promise<readonly RawItem[]>;
  /** Items that are part of the ledger: what trades, decides and remembers; no reports, no traces. */
  ledgerItems(): Promise<readonly RawItem[]>;
  /** Over all accounts and lanes, by the desk's own code. */
  ledgerHash(config: DeskConfig): Promise<string>;
}

export function deskFacts(aws: AwsClients, table: string): DeskFacts {
  const store = openDynamoStore({ client: aws.dynamo, table });
  const feeds = createFeedStore(store);
  const items = (): Promise<readonly RawItem[]> => scanTable(aws.dynamo, table);
  return {
    store,
    feeds,
    items,
    ledgerItems: async () => (await items()).filter(isOfLedger),
    async ledgerHash(config) {
      const rules = await feeds.rules(config.feed.id);
      const ledger = createLedger(store, sha256, (id) => {
        const found = rules.find((one) => one.id === id);
        if (!found) throw new Error(`the feed stored no rules of ${id}`);
        return found;
      });
      return storedLedgerHash(
        ledger,
        config.accounts.map((one) => one.id),
        sha256,
      );
    },
  };
}

export const isFill = ({ sk }: RawItem): boolean => sk.startsWith('FILL#');
export const isOrder = ({ sk }: RawItem): boolean => sk.startsWith(prefixes.order);
export const isDecision = ({ sk }: RawItem): boolean => sk.startsWith(prefixes.decision);
export const isHole = ({ sk }: RawItem): boolean => sk.startsWith(prefixes.hole);
export const isLate = (item: RawItem): boolean => isDecision(item) && item['late'] === true;
export const isAside = ({ pk }: RawItem): boolean => pk === 'ASIDE';

/** Which function wrote it; a command of a person signs nothing. */
export const writerOf = (item: RawItem): unknown => item['writer'];

/** Written each minute by schedules, or about an invocation: no part of what trades. */
const BESIDE = ['EQUITY', 'RECONCILIATION', 'RECONCILED', 'REPORT#'];
const isOfLedger = ({ pk, sk }: RawItem): boolean =>
  (pk.startsWith('ACCOUNT#') && !BESIDE.some((one) => sk.startsWith(one))) ||
  (pk.startsWith('FEED#') && sk.startsWith('RAISED#')) ||
  pk.startsWith('STRATEGY#');
