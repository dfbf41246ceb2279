import type { GameState, League } from '../../../core/market/game.ts';
import { Refusal, toGame } from './game-mapper.ts';
import { parseScoreboard, wireEvent } from './schema.ts';

/**
 * `malformed`, `unknown_team`, `repeated`: the game is left out. `unknown_status`: it is kept, `pre` when it says so, frozen
 * as `delayed` when it claims to be in play or final without being so, and `void` when it claims to be over.
 */
export type GameProblemKind = 'malformed' | 'unknown_team' | 'repeated' | 'unknown_status';

export interface GameProblem {
  readonly kind: GameProblemKind;
  /** Null when not even that can be read. */
  readonly gameId: string | null;
  readonly detail: string;
}

export type ScoreboardReading =
  | {
      readonly kind: 'games';
      readonly games: readonly GameState[];
      /** At most one per event of the answer. */
      readonly problems: readonly GameProblem[];
    }
  | { readonly kind: 'refused'; readonly detail: string };

/** Where whoever fetches an answer stops reading it. A text has no more characters than it had bytes. */
export const ANSWER_BYTES_MAX = 8 * 1_024 * 1_024;

/** Reads one league's scoreboard. A broken game costs itself, a changed shape the whole answer; nothing throws. */
export function readScoreboard(league: League, text: string): ScoreboardReading {
  if (text.length > ANSWER_BYTES_MAX)
    return { kind: 'refused', detail: `${text.length} characters; at most ${ANSWER_BYTES_MAX} are read` };
  const board = parseScoreboard(text);
  if (board.kind === 'refused') return board;
  const games = new Map<string, GameState>();
  const problems: GameProblem[] = [];
  for (const [n, event] of board.events.entries()) {
    const { game, problem } = readGame(league, event);
    if (problem !== undefined) problems.push({ ...problem, detail: `events.${n}: ${problem.detail}` });
    if (game === undefined) continue;
    const { gameId } = game;
    if (games.has(gameId))
      problems.push({ kind: 'repeated', gameId, detail: `events.${n}: was there before` });
    else games.set(gameId, game);
  }
  return { kind: 'games', games: [...games.values()], problems };
}

interface GameReading {
  readonly game?: GameState;
  readonly problem?: GameProblem;
}

function readGame(league: League, event: unknown): GameReading {
  const parsed = wireEvent.safeParse(event);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const detail = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
    return { problem: { kind: 'malformed', gameId: idOf(event), detail } };
  }
  const gameId = parsed.data.id;
  const mapped = toGame(league, parsed.data);
  if (mapped instanceof Refusal) return { problem: { kind: mapped.kind, gameId, detail: mapped.detail } };
  const { game, oddStatus } = mapped;
  if (oddStatus === null) return { game };
  const detail = `status.type.name: '${oddStatus.slice(0, 40)}' is taken as ${game.status}`;
  return { game, problem: { kind: 'unknown_status', gameId, detail } };
}

function idOf(event: unknown): string | null {
  const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 40) : null;
}
