import { systemClock } from '../../adapters/clock.ts';
import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { createGameStore } from '../../adapters/store/game-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { networkCatalogueReader } from '../../adapters/venues/catalogues.ts';
import { readScores } from '../../adapters/venues/read-scores.ts';
import { fetchAnswer } from '../../adapters/venues/session/rest-fetch.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { NO_LOG } from '../../core/metrics.ts';
import type { GameStore, Universe, UniverseFindings } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { universe as look } from '../../lambdas/universe/universe.ts';
import type { CommonOptions } from './cli.ts';
import { requireConfig } from './load.ts';
import type { Terminal } from './terminal.ts';
import { universeJson, universeLines } from './universe-words.ts';
import { withDesk } from './with-desk.ts';

export interface UniverseOptions extends CommonOptions {
  readonly config?: string;
}

export const UNIVERSE_HELP = `
What the rules under 'universe' in the configuration found when they were last looked at: who is in the universe and why, how many each rule
left out for which reason, with examples, how each venue's list was come by, and games joined to contracts, by league. With --config it
reads the venues and the scores of its leagues now and says what the rules of that file find; nothing is stored and no desk is needed.
Exits with 1 when the universe is empty, or a list or a league's scores could not be read, with 0 also when there are no rules.`;

/** `universe`: the rules, what each found, left out and why; 1 when it is empty, or a list or scores could not be read. */
export async function showUniverse(options: UniverseOptions, terminal: Terminal): Promise<number> {
  const { found, what } = options.config === undefined ? await ofDesk(options) : await ofFile(options.config);
  const { universe, findings, unread = [] } = found;
  for (const why of unread) terminal.stderr(`deckle: scores could not be read: ${why}\n`);
  if (findings === undefined) {
    if (options.json) terminal.stdout(`${JSON.stringify(null)}\n`);
    else
      terminal.stdout(
        `${what}: there are no rules under 'universe', or they were not looked at yet; what strategies trade is followed in any case\n`,
      );
    return 0;
  }
  if (options.json) terminal.stdout(`${JSON.stringify(universeJson(universe, findings))}\n`);
  else terminal.stdout(`${universeLines(what, universe, findings).join('\n')}\n`);
  const isWell =
    unread.length === 0 && findings.size > 0 && findings.catalogues.every(({ state }) => state === 'read');
  return isWell ? 0 : 1;
}

interface Found {
  readonly universe: Universe | undefined;
  readonly findings: UniverseFindings | undefined;
  /** Why the scores of leagues could not be read. */
  readonly unread?: readonly string[];
}

const ofDesk = (options: UniverseOptions): Promise<{ readonly found: Found; readonly what: string }> =>
  withDesk(options, async ({ store, feedId, title }) => {
    const universes = createUniverseStore(store);
    const universe = (await universes.universe(feedId))?.value;
    return { found: { universe, findings: await universes.findings(feedId) }, what: title };
  });

/** As the function would find it for the first time. */
async function ofFile(path: string): Promise<{ readonly found: Found; readonly what: string }> {
  const config = requireConfig(path);
  const store = openSqliteStore({ path: ':memory:' });
  try {
    const now = systemClock.now();
    const universes = createUniverseStore(store);
    const games = createGameStore(store);
    const unread = await fetchGames(config, now, games);
    const findings = await look(now, {
      config,
      universes,
      catalogues: createCatalogueStore(store),
      games,
      reader: networkCatalogueReader(config.access),
      log: NO_LOG,
    });
    const universe = (await universes.universe(config.feed.id))?.value;
    return { found: { universe, findings, unread }, what: path };
  } finally {
    await store.close();
  }
}

/** What a feed would have kept: contracts have to be joined to something. Without rules nothing is joined. */
async function fetchGames(config: DeskConfig, now: EpochMs, store: GameStore): Promise<readonly string[]> {
  const { leagues, host } = config.scores;
  if (config.universe.rules.length === 0) return [];
  const { games, problems } = await readScores(leagues, now, { fetch: fetchAnswer }, host ?? undefined);
  await store.put(games, now);
  return problems;
}
