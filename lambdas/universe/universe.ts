import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Log } from '../../core/metrics.ts';
import type {
  CatalogueReader,
  CatalogueStore,
  GameStore,
  Universe,
  UniverseFindings,
  UniverseStore,
  Versioned,
} from '../../core/ports.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { hasRollDue } from '../../core/universe/roll-watch.ts';
import { ruleWords } from '../../core/universe/rules.ts';
import { selectUniverse, type UniverseSelection } from '../../core/universe/select-universe.ts';
import { joinListedGames, type UniverseGames } from '../../core/universe/universe-games.ts';
import { type Gathered, gatherCatalogues } from './gather-catalogues.ts';
import { knownGames } from './known-games.ts';
import { nextUniverse } from './next-universe.ts';

export interface UniverseServices {
  readonly config: DeskConfig;
  readonly universes: UniverseStore;
  readonly catalogues: CatalogueStore;
  readonly games: GameStore;
  readonly reader: CatalogueReader;
  readonly log: Log;
}

/** A schedule is never exact: a look that is due within this time is not put off to the next one. */
const EARLY_MS = MINUTE_MS;
/** The function's schedule. */
const WAKE_MS = 5 * MINUTE_MS;
/** For so long nobody is told that a universe is empty whose lists cannot be read: the venue may be back in a minute. */
const PATIENCE_MS = HOUR_MS;
/** Somebody else committed in between; nobody does so for long. */
const ATTEMPTS_MAX = 3;

/**
 * Looks at what the venues list and brings the universe in line with its rules. Its news go out from the table's stream.
 * Undefined when nothing was due: there are no rules, or the newest look is young, was under the same configuration, and every
 * series that rolls has a market for now.
 */
export async function universe(
  now: EpochMs,
  services: UniverseServices,
): Promise<UniverseFindings | undefined> {
  const { config, universes } = services;
  const feedId = config.feed.id;
  const [stored, last] = await Promise.all([universes.universe(feedId), universes.findings(feedId)]);
  if (config.universe.rules.length === 0 && (stored?.value.members.length ?? 0) === 0) return undefined;
  const isNew = last === undefined || last.configHash !== config.hash;
  if (!isNew && !isDue(last.at, now, config) && !isRolling(stored?.value, now, config)) return undefined;
  const gathered = await gatherCatalogues(now, knownLists(last, config), services);
  const selection = await commit(now, stored, gathered, services);
  const findings: UniverseFindings = {
    feedId,
    configHash: config.hash,
    at: now,
    size: selection.members.length,
    rules: config.universe.rules.map((rule) => ({
      rule: rule.name,
      words: ruleWords(rule),
      listed: null,
      members: 0,
      ...selection.found.find((one) => one.rule === rule.name),
    })),
    leftOut: selection.leftOut,
    catalogues: gathered.findings,
    games: await joined(now, gathered, services),
  };
  await universes.putFindings(findings);
  return findings;
}

/** A market that ends, with none after it: the next one is looked for at each wake. */
const isRolling = (
  stored: Universe | undefined,
  now: EpochMs,
  { universe: { rules, refreshMs } }: DeskConfig,
): boolean =>
  stored !== undefined &&
  hasRollDue({
    rules,
    members: stored.members,
    changedAt: stored.changedAt,
    now,
    wakeMs: WAKE_MS + EARLY_MS,
    patienceMs: refreshMs,
  });

/** Under another configuration other hosts may be asked: their lists are stored anew. */
const knownLists = (
  last: UniverseFindings | undefined,
  { hash }: DeskConfig,
): UniverseFindings['catalogues'] =>
  (last?.catalogues ?? []).map((one) => (last?.configHash === hash ? one : { ...one, storedAt: null }));

const isDue = (lastAt: EpochMs, now: EpochMs, { universe: { refreshMs } }: DeskConfig): boolean =>
  now - lastAt >= refreshMs - EARLY_MS || now < lastAt;

async function commit(
  now: EpochMs,
  stored: Versioned<Universe> | undefined,
  gathered: Gathered,
  services: UniverseServices,
): Promise<UniverseSelection> {
  const { config, universes, log } = services;
  const { rules, refreshMs } = config.universe;
  let before = stored;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { listings, unread } = gathered;
    const members = before?.value.members ?? [];
    const selection = selectUniverse({ rules, listings, unread, before: members, now, refreshMs });
    const isSure = unread.size === 0 || now - (gathered.failingSince ?? now) >= PATIENCE_MS;
    const after = nextUniverse(config, before?.value, selection, now, isSure);
    if (after === undefined) return selection;
    if ((await universes.commitUniverse(before, after)) === 'committed') {
      tell(log, after, before?.value);
      return selection;
    }
    before = await universes.universe(config.feed.id);
  }
  throw new Error(
    `the universe of feed ${config.feed.id} was changed by others ${ATTEMPTS_MAX} times in a row`,
  );
}

function tell(log: Log, after: Universe, before: Universe | undefined): void {
  const { added, removed, members } = after;
  const fields = { feed: after.feedId, size: members.length, added, removed };
  if (members.length === 0) log.error('universe is empty', fields);
  else if (after.changes !== before?.changes) log.info('universe changed', fields);
}

async function joined(
  now: EpochMs,
  { listings }: Gathered,
  { config, games, log }: UniverseServices,
): Promise<UniverseGames | null> {
  const { leagues } = config.scores;
  if (leagues.length === 0) return null;
  const result = joinListedGames(leagues, await knownGames(now, leagues, games), listings);
  log.info('games joined', { counts: result.counts });
  return result;
}
