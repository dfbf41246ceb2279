import { invariant } from '../invariant.ts';
import { DAY_MS, type EpochMs, epochMs, MINUTE_MS } from '../time.ts';
import { type GameState, type GameTeam, isInPlay, type League, sameGame } from './game.ts';

/** A game in play is told again when nothing was told of it for so long, so that silence means a broken feed. */
export const HEARTBEAT_MS = MINUTE_MS;
/** Answers span two days; a game that none of them showed for longer will not come back. */
const FORGET_MS = 3 * DAY_MS;
/** Far more than a league plays in that time. */
const GAMES_MAX = 2_000;

/**
 * `new`: seen for the first time. `score_corrected`: a score went down, or the score of a game already told as final is
 * another. `final`, `void`: entered that status, also when seen for the first time. `heartbeat`: in play, nothing changed.
 */
export type GameUpdateKind = 'new' | 'changed' | 'score_corrected' | 'final' | 'void' | 'heartbeat';

/** What a `game.updated` event says. At most one per game and poll, so league, game and `at` identify it. */
export interface GameUpdate {
  readonly kind: GameUpdateKind;
  /** The poll that led to it. */
  readonly at: EpochMs;
  /** The first poll that showed this state: before `at` when it had to be seen twice, and for a heartbeat. */
  readonly changedAt: EpochMs;
  readonly game: GameState;
  /** The game as last told; null when never. */
  readonly was: GameState | null;
}

interface KnownGame {
  /** As last told. */
  told: GameState | null;
  toldAt: EpochMs;
  changedAt: EpochMs;
  /** Says final, was seen once, is told when the next poll says exactly the same. */
  held: GameState | null;
  heldSince: EpochMs;
  seenAt: EpochMs;
}

/**
 * Follows one league through successive polls and tells what changed. A final status, and any change of one, is told only
 * when two polls in a row agree on it; everything else at once. The same polls give the same updates. A feed that starts
 * anew tells every game anew.
 */
export class GameWatch {
  private readonly league: League;
  private readonly known = new Map<string, KnownGame>();
  private polledAt: EpochMs = epochMs(0);

  constructor(league: League) {
    this.league = league;
  }

  /** Games that said final once: poll soon, the result waits for the next answer. */
  get unconfirmed(): number {
    return [...this.known.values()].filter((one) => one.held !== null).length;
  }

  /** Takes one answer, in the order of its games. Polls come in order of time. */
  observe(games: readonly GameState[], at: EpochMs): readonly GameUpdate[] {
    invariant(at >= this.polledAt, `poll at ${at} of ${this.league} came after the one at ${this.polledAt}`);
    this.polledAt = at;
    const updates: GameUpdate[] = [];
    const seen = new Set<string>();
    for (const game of games) {
      invariant(game.league === this.league, `game ${game.gameId} is of ${game.league}, not ${this.league}`);
      // A second row of the same game in one answer would look like a second poll.
      if (seen.has(game.gameId)) continue;
      seen.add(game.gameId);
      const update = judge(this.recall(game.gameId, at), game, at);
      if (update !== undefined) updates.push(update);
    }
    this.tidy(seen, at);
    return updates;
  }

  private recall(gameId: string, at: EpochMs): KnownGame {
    const known = this.known.get(gameId);
    if (known !== undefined) {
      known.seenAt = at;
      return known;
    }
    const fresh = { told: null, toldAt: at, changedAt: at, held: null, heldSince: at, seenAt: at };
    this.known.set(gameId, fresh);
    return fresh;
  }

  /** Two polls are in a row only when the game is in both. */
  private tidy(seen: ReadonlySet<string>, at: EpochMs): void {
    for (const [gameId, known] of this.known) {
      if (!seen.has(gameId)) known.held = null;
      if (at - known.seenAt > FORGET_MS) this.known.delete(gameId);
    }
    // A host that invents games cannot fill memory with them.
    for (const gameId of this.known.keys())
      if (this.known.size > GAMES_MAX && !seen.has(gameId)) this.known.delete(gameId);
  }
}

function judge(known: KnownGame, game: GameState, at: EpochMs): GameUpdate | undefined {
  const was = known.told;
  if (was !== null && sameGame(was, game)) {
    known.held = null;
    if (!isInPlay(game.status) || at - known.toldAt < HEARTBEAT_MS) return undefined;
    return tell(known, game, 'heartbeat', known.changedAt, at);
  }
  if (game.status !== 'final') return tell(known, game, kindOf(was, game), at, at);
  if (known.held !== null && sameGame(known.held, game))
    return tell(known, game, kindOf(was, game), known.heldSince, at);
  known.held = game;
  known.heldSince = at;
  return undefined;
}

function tell(
  known: KnownGame,
  game: GameState,
  kind: GameUpdateKind,
  changedAt: EpochMs,
  at: EpochMs,
): GameUpdate {
  const was = known.told;
  known.told = game;
  known.toldAt = at;
  known.changedAt = changedAt;
  known.held = null;
  return { kind, at, changedAt, game, was };
}

function kindOf(was: GameState | null, game: GameState): GameUpdateKind {
  if (game.status === 'final' && was?.status !== 'final') return 'final';
  if (game.status === 'void' && was?.status !== 'void') return 'void';
  if (was === null) return 'new';
  const changes = [game.home, game.away].map((team) => team.score - scoreOf(was, team));
  if (changes.some((points) => points < 0)) return 'score_corrected';
  return game.status === 'final' && changes.some((points) => points > 0) ? 'score_corrected' : 'changed';
}

/** By code, since a source may exchange home and away; a team that was not there had nothing. */
const scoreOf = (game: GameState, team: GameTeam): number =>
  [game.home, game.away].find((one) => one.code === team.code)?.score ?? 0;
