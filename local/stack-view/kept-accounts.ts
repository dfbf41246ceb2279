import { sha256 } from '../../adapters/sha256.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { AccountConfig, ConfigIssue, DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import { LANES } from '../../core/paper/order.ts';
import type { Ledger, StoredConfig } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime, MINUTE_MS, plusMs } from '../../core/time.ts';
import { configVersions } from './config-versions.ts';

/**
 * Accounts of the version in force that the new one leaves out and may not, with why. That nothing is held now is not
 * enough: the feed and the functions go on under the version before for a while, and an order made on one then would have no
 * owner.
 */
export async function keptAccounts(
  before: StoredConfig | undefined,
  config: DeskConfig,
  { store, ledger, now }: { readonly store: ItemStore; readonly ledger: Ledger; readonly now: EpochMs },
): Promise<readonly ConfigIssue[]> {
  const was = before && parseConfig(before.document, sha256);
  if (was?.kind !== 'valid') return [];
  const dropped = was.config.accounts.filter(({ id }) => !config.accounts.some((one) => one.id === id));
  const issues: ConfigIssue[] = [];
  for (const account of dropped) {
    const why =
      stillTraded(was.config, account) ??
      (await stillHeld(account, ledger)) ??
      (await tradedUntilNow(store, account, now));
    if (why !== null) issues.push({ path: `accounts[${account.id}]`, message: `must stay: ${why}` });
  }
  return issues;
}

function stillTraded(was: DeskConfig, { id }: AccountConfig): string | null {
  const strategies = strategiesOn(was, id);
  if (strategies.length === 0) return null;
  return `${strategies.join(', ')} ${strategies.length === 1 ? 'trades' : 'trade'} it in the version in force, and the feed and the functions follow a push up to 30 seconds later, so that an order could still be made on it. Push a version without ${strategies.length === 1 ? 'that strategy' : 'those strategies'} first, and 15 minutes after it one without the account`;
}

async function stillHeld(account: AccountConfig, ledger: Ledger): Promise<string | null> {
  const holds = await stillHolds(account, ledger);
  return holds.length === 0
    ? null
    : `it has ${holds.join(' and ')}. Orders end and strategies close what is held: leave it out when nothing is left`;
}

/** An event of the version before may come so late: 30 s until the feed follows, 5 minutes of tries on the bus, 5 in a function. */
const FOLLOWED_MS_MAX = 15 * MINUTE_MS;

/** A strategy was taken away from it just now, and what it raised before may still be decided. */
async function tradedUntilNow(store: ItemStore, { id }: AccountConfig, now: EpochMs): Promise<string | null> {
  const pushedAt = (await store.get(keys.configInForce))?.['pushedAt'];
  const followedAt = typeof pushedAt === 'number' ? plusMs(pushedAt as EpochMs, FOLLOWED_MS_MAX) : now;
  if (followedAt <= now) return null;
  const traded = [...(await configVersions(store)).values()].some(
    (one) => one.kind === 'readable' && strategiesOn(one.config, id).length > 0,
  );
  return traded
    ? `a version before traded it, and the one in force was pushed less than 15 minutes ago, so that what its strategies raised before may still be decided. Push this one after ${isoTime(followedAt)}`
    : null;
}

const strategiesOn = ({ strategies }: DeskConfig, account: AccountConfig['id']): readonly string[] =>
  strategies.filter((one) => one.accountId === account).map((one) => one.id);

async function stillHolds({ id }: AccountConfig, ledger: Ledger): Promise<readonly string[]> {
  const open = (await ledger.load(id))?.working.length ?? 0;
  const held = new Set<string>();
  for (const lane of LANES)
    for (const { value } of await ledger.holdings(id, lane))
      if (value.position.quantity !== 0n) held.add(value.position.instrumentId);
  return [
    ...(open === 0 ? [] : [open === 1 ? 'an open order' : `${open} open orders`]),
    ...(held.size === 0 ? [] : [`holdings in ${[...held].sort().join(', ')}`]),
  ];
}
