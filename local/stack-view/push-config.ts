import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import type { Money } from '../../core/amounts.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { AccountConfig, ConfigIssue, DeskConfig } from '../../core/config/desk-config.ts';
import type { Clock, Ledger } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { ConfigChange } from './config-changes.ts';
import { configChanges } from './config-changes.ts';
import { keptAccounts } from './kept-accounts.ts';

/** A validated configuration and the document it was read from. */
export interface PushRequest {
  readonly store: ItemStore;
  readonly config: DeskConfig;
  readonly document: unknown;
  readonly author: string;
  readonly clock: Clock;
}

export type PushResult =
  | {
      readonly kind: 'pushed';
      readonly hash: string;
      /** The version in force before; null for the first. */
      readonly before: string | null;
      /** True when that version was in force already. */
      readonly unchanged: boolean;
      readonly changes: readonly ConfigChange[];
      /** Accounts that were opened with it. */
      readonly opened: readonly string[];
      /** Trading begins: the mode had never been set. */
      readonly begins: boolean;
      readonly mode: ModeState;
    }
  /** Nothing was written: the ledger holds what this version would leave without an owner. */
  | { readonly kind: 'refused'; readonly issues: readonly ConfigIssue[] };

/**
 * Puts a configuration in force: opens its new accounts first, since functions follow the version at once, then stores the
 * version, then sets the mode active when no mode was ever set. Repeating it changes nothing.
 */
export async function pushConfig(request: PushRequest): Promise<PushResult> {
  const { store, config, document, author, clock } = request;
  const configs = createConfigStore(store);
  const ledger = createLedger(store, sha256, placesNoOrders);
  const before = await configs.current();
  const issues = [
    ...(await keptAccounts(before, config, { store, ledger, now: clock.now() })),
    ...(await changedOpenings(config, ledger)),
  ];
  if (issues.length > 0) return { kind: 'refused', issues };
  const opened: string[] = [];
  for (const { id, currency, openingEquity } of config.accounts) {
    if (await ledger.cursor(id)) continue;
    await ledger.openAccount(id, currency, openingEquity);
    opened.push(id);
  }
  const unchanged = before?.hash === config.hash;
  if (!unchanged)
    await configs.push({ hash: config.hash, document, pushedAt: clock.now(), pushedBy: author });
  return {
    kind: 'pushed',
    hash: config.hash,
    before: before?.hash ?? null,
    unchanged,
    changes: unchanged || !before ? [] : configChanges(before.document, document),
    opened,
    ...(await beginTrading(request)),
  };
}

/** A desk whose mode was never set begins active; one that was ever halted waits for a person to resume it. */
async function beginTrading({
  store,
  author,
  clock,
}: PushRequest): Promise<{ readonly begins: boolean; readonly mode: ModeState }> {
  const modes = createModeStore(store, clock);
  const mode = await modes.mode();
  if (mode.version !== 0) return { begins: false, mode };
  const next = {
    mode: 'active',
    cause: 'start',
    reason: 'the first configuration was pushed',
    author,
    changedAt: clock.now(),
    until: null,
  } as const;
  // Lost to whoever set it at this very moment: what they set holds.
  const begins = (await modes.setMode(mode, next)) === 'committed';
  return { begins, mode: await modes.mode() };
}

/** What an account was opened with is in its journal for good; replaying it would open it otherwise. */
async function changedOpenings(config: DeskConfig, ledger: Ledger): Promise<readonly ConfigIssue[]> {
  const issues: ConfigIssue[] = [];
  for (const { id, currency, openingEquity } of config.accounts) {
    const opened = await openingOf(ledger, id);
    if (!opened || (opened.currency === currency && opened.amount === openingEquity)) continue;
    issues.push({
      path: `accounts[${id}]`,
      message: `was opened with ${formatUnits(opened.amount)} ${opened.currency}, and cannot be opened again with ${formatUnits(openingEquity)} ${currency}. Keep openingEquity and currency, or name a new account`,
    });
  }
  return issues;
}

async function openingOf(
  ledger: Ledger,
  id: AccountConfig['id'],
): Promise<{ readonly currency: string; readonly amount: Money } | undefined> {
  for await (const { postings } of ledger.journal(id, 'base')) {
    const deposit = postings.find((one) => one.account === 'cash');
    return deposit && { currency: deposit.currency, amount: deposit.amount };
  }
  return undefined;
}

const placesNoOrders = (): never => {
  throw new Error('commands place no orders');
};
