import type { ObjectReader } from '../../adapters/s3/object-reader.ts';
import { readS3WindowLog } from '../../adapters/s3/read-s3-window-log.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import type { AccountConfig, DeskConfig } from '../../core/config/desk-config.ts';
import { ledgerHash } from '../../core/ledger/journal.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { Ledger } from '../../core/ports.ts';
import type { AccountBooks } from '../../core/reconcile/reconcile.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import { replaySession } from '../replay/replay-session.ts';
import type { ConfigVersion } from './config-versions.ts';
import { configVersions } from './config-versions.ts';
import { StackError } from './stack-error.ts';
import type { StackView } from './stack-view.ts';
import { newestLogged, withArchive } from './window-archive.ts';

export interface StackReplay {
  readonly stored: string;
  readonly replayed: string;
  /** Both hashes cover the ledger through this window: the newest one that is logged and that every account has met wholly. */
  readonly through: EpochMs;
  readonly windows: number;
  /** Stretches of windows that the log lacks. */
  readonly gaps: number;
  /** Versions of the configuration that the windows were published under, in their order. */
  readonly versions: readonly string[];
  /** Those of them that this version of Deckle reads as another: what it makes of them may differ. */
  readonly readOtherwise: readonly string[];
}

/**
 * Runs what a stack did again in memory, from its window log and its recorded decisions, each window under the version of the
 * configuration that it was published under. The stack may go on meanwhile: the log is up to a minute behind the ledger, so
 * that both are taken through the newest window that both have.
 * @throws StackError when the log does not reach back to the first decision, a version of the configuration is missing or
 * unreadable, or rules of an instrument are not known.
 */
export function replayStack(view: StackView): Promise<StackReplay> {
  return withArchive(view.connection, async (reader) => {
    const versions = await configVersions(view.store);
    const accounts = accountsOf(versions);
    const books = await booksOf(view, accounts);
    const through = await endOf(reader, books, view);
    const log = new LoggedWindows(reader, view, through, firstDecision(books, through));
    const { ledgerHash: replayed } = await replaySession({
      windows: log.windows(),
      recorded: recordedThrough(view.ledger, books, through),
      config: {
        accounts: accounts.filter(({ id }) => books.has(id)),
        version: (hash) => requireVersion(versions.get(hash), hash, view),
      },
      sha256,
      instrument: await rulesOf(view, versions),
    });
    const seen = [...log.versions];
    return {
      stored: hashThrough(books, through),
      replayed,
      through,
      ...log.seen,
      versions: seen,
      readOtherwise: seen.filter((hash) => requireVersion(versions.get(hash), hash, view).hash !== hash),
    };
  });
}

type Versions = ReadonlyMap<string, ConfigVersion>;

/** Every account that a version names; what an account is opened with never changes (push-config.ts). */
function accountsOf(versions: Versions): readonly AccountConfig[] {
  const accounts = new Map<AccountId, AccountConfig>();
  for (const version of versions.values())
    if (version.kind === 'readable') for (const one of version.config.accounts) accounts.set(one.id, one);
  return [...accounts.values()];
}

/** Without a version nobody knows what a fill cost under it: any hash would be a guess. */
function requireVersion(version: ConfigVersion | undefined, hash: string, { title }: StackView): DeskConfig {
  if (version?.kind === 'readable') return version.config;
  const published = `${title} published windows under configuration ${hash}, which`;
  throw new StackError(
    'no_configuration',
    version === undefined
      ? `${published} is not in the table any more, so that what fills cost under it is not known and the session cannot be replayed`
      : `${published} this version of Deckle cannot read (${version.why}). Replay it with the version of Deckle that pushed it`,
  );
}

/** Of the accounts that were opened; a push that was cut short may have named more. */
async function booksOf(
  view: StackView,
  accounts: readonly AccountConfig[],
): Promise<ReadonlyMap<AccountId, AccountBooks>> {
  const books = new Map<AccountId, AccountBooks>();
  for (const { id } of accounts) {
    const loaded = await loadBooks(view.ledger, id);
    if (loaded) books.set(id, loaded);
  }
  return books;
}

/** The newest window that is logged and that no account is in the middle of. */
async function endOf(
  reader: ObjectReader,
  books: ReadonlyMap<AccountId, AccountBooks>,
  view: StackView,
): Promise<EpochMs> {
  const newest = await newestLogged(reader, view.feedId);
  if (newest === undefined)
    throw new StackError(
      'refused',
      `the window log of feed ${view.feedId} is empty; a feed writes its first block within two minutes`,
    );
  const unfinished = [...books.values()].flatMap(({ cursor }) =>
    cursor.applying === null ? [] : [cursor.appliedThrough],
  );
  return Math.min(newest.closedAt, ...unfinished) as EpochMs;
}

const firstDecision = (books: ReadonlyMap<AccountId, AccountBooks>, through: EpochMs): EpochMs | undefined =>
  [...books.values()]
    .flatMap(({ decisions }) => decisions.map((one) => one.signal.closedAt))
    .filter((at) => at <= through)
    .sort((a, b) => a - b)[0];

/** The log through one window, and what was noticed while it was read. */
class LoggedWindows {
  readonly #reader: ObjectReader;
  readonly #view: StackView;
  readonly #through: EpochMs;
  readonly #firstNeeded: EpochMs | undefined;
  readonly seen = { windows: 0, gaps: 0 };
  readonly versions = new Set<string>();

  constructor(reader: ObjectReader, view: StackView, through: EpochMs, firstNeeded: EpochMs | undefined) {
    this.#reader = reader;
    this.#view = view;
    this.#through = through;
    this.#firstNeeded = firstNeeded;
  }

  async *windows(): AsyncGenerator<MarketWindow> {
    const { feedId } = this.#view;
    let previous: EpochMs | undefined;
    for await (const window of readS3WindowLog(this.#reader, feedId)) {
      if (window.closedAt > this.#through) return;
      if (previous === undefined) this.#requireReachesBackTo(window);
      else if (window.previousClosedAt !== null && window.previousClosedAt !== previous) this.seen.gaps += 1;
      previous = window.closedAt;
      this.seen.windows += 1;
      this.versions.add(window.configHash);
      yield window;
    }
  }

  #requireReachesBackTo({ closedAt }: MarketWindow): void {
    const { command } = this.#view;
    if (this.#firstNeeded !== undefined && this.#firstNeeded < closedAt)
      throw new StackError(
        'refused',
        `the window log begins at ${isoTime(closedAt)}, after the first decision (${isoTime(this.#firstNeeded)}): a stack keeps its windows for 90 days, so that its session can no longer be replayed. Its books can still be checked: ${command} reconcile, and fills by their evidence: ${command} explain --all`,
      );
  }
}

/** What was recorded through a window, as one moment: the stack may write on. */
function recordedThrough(
  ledger: Ledger,
  books: ReadonlyMap<AccountId, AccountBooks>,
  through: EpochMs,
): Ledger {
  const of = (account: AccountId): AccountBooks | undefined => books.get(account);
  return {
    ...ledger,
    async *orders(account) {
      yield* of(account)?.orders ?? [];
    },
    async *decisions(account) {
      yield* of(account)?.decisions.filter((one) => one.signal.closedAt <= through) ?? [];
    },
    async *holes(account) {
      for await (const hole of ledger.holes(account)) if (hole.after < through) yield hole;
    },
    // A window that is being applied is a later one than the last that is replayed.
    async cursor(account) {
      const cursor = of(account)?.cursor;
      return cursor && { ...cursor, applying: null };
    },
  };
}

const hashThrough = (books: ReadonlyMap<AccountId, AccountBooks>, through: EpochMs): string =>
  ledgerHash(
    sha256,
    [...books.values()]
      .flatMap(({ lanes }) => lanes.flatMap(({ journal }) => journal))
      .filter((entry) => entry.windowTime <= through),
  );

/** Rules as the feed's venues announced them last, else as the configurations list them, the one in force first. */
async function rulesOf(
  { feeds, feedId, config, title }: StackView,
  versions: Versions,
): Promise<(id: InstrumentId) => Instrument> {
  const listed = [...versions.values()].flatMap((one) =>
    one.kind === 'readable' ? one.config.instruments : [],
  );
  const known = [...(await feeds.rules(feedId)), ...config.instruments, ...listed];
  return (id) => {
    const rules = known.find((one) => one.id === id);
    if (!rules)
      throw new StackError(
        'refused',
        `${title} knows no rules of ${id}: neither did its feed store any, nor does any configuration list them under 'instruments'`,
      );
    return rules;
  };
}
