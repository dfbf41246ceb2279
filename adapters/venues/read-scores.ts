import type { GameState, League } from '../../core/market/game.ts';
import type { EpochMs } from '../../core/time.ts';
import { judgeAnswer } from './espn/answer.ts';
import { scoreboardRequest } from './espn/request.ts';
import type { RestAnswer, RestRequest, Transport } from './session/transport.ts';

/** The games of some leagues; `problems`: why leagues have none, in words. */
export interface ScoreReading {
  readonly games: readonly GameState[];
  readonly problems: readonly string[];
}

/** Asks once for each league's scoreboard, one after the other; `host` is another one than ESPN's own. Never rejects. */
export async function readScores(
  leagues: readonly League[],
  now: EpochMs,
  transport: Pick<Transport, 'fetch'>,
  host?: string,
): Promise<ScoreReading> {
  const games: GameState[] = [];
  const problems: string[] = [];
  for (const league of leagues) {
    const request = scoreboardRequest(league, now, null, host);
    const answer = await answerTo(request, transport);
    const judged = judgeAnswer({ league, request, answer, at: now, now });
    if (judged.kind === 'answered') games.push(...(judged.games ?? []));
    else problems.push(`${league}: ${judged.why}`);
  }
  return { games, problems };
}

const answerTo = (request: RestRequest, { fetch }: Pick<Transport, 'fetch'>): Promise<RestAnswer | Error> =>
  new Promise((resolve) => void fetch(request, resolve));
