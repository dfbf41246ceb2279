import { LEAGUES, type League } from '../../../core/market/game.ts';

/** What a frame of scores is: a league's scoreboard, or the word that it is as it was, which has no text (HTTP 304). */
export interface ScoreChannel {
  readonly league: League;
  readonly isUnchanged: boolean;
}

const WHOLE = 'rest:scoreboard';
const UNCHANGED = 'rest:scoreboard-unchanged';

/** `rest:scoreboard:nfl`. */
export const channelOf = ({ league, isUnchanged }: ScoreChannel): string =>
  `${isUnchanged ? UNCHANGED : WHOLE}:${league}`;

/** Undefined for a channel that is none of scores. */
export function readChannel(channel: string): ScoreChannel | undefined {
  const colon = channel.lastIndexOf(':');
  const [kind, league] = [channel.slice(0, colon), channel.slice(colon + 1)];
  if (!isLeague(league) || (kind !== WHOLE && kind !== UNCHANGED)) return undefined;
  return { league, isUnchanged: kind === UNCHANGED };
}

export const isLeague = (text: string): text is League => LEAGUES.some((league) => league === text);
