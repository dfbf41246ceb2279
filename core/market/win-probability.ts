import { invariant } from '../invariant.ts';
import { standardNormal } from './normal-distribution.ts';

/**
 * Reference probabilities of a game's outcome, to be read with a wide band: they know the score and the time left, not
 * possession, fouls, injuries or an empty net.
 */

/** Mean home advantage and spread of the final margin in points: Stern's fit on 493 games of 1991/92, as widely quoted. */
export const NBA_HOME_MARGIN = 4.87;
export const NBA_MARGIN_DEVIATION = 15.82;
/** Spread of the final margin in points around the bookmakers' line; older texts say 13.86. */
export const NFL_MARGIN_DEVIATION = 13.45;
/** Goals of one team per minute of play, season 2008/09: 2.79 in 60 minutes. */
export const NHL_GOALS_PER_MINUTE = 2.79 / 60;

/** The home team's win, a draw and the away team's win; they sum to one. */
export interface OutcomeProbabilities {
  readonly win: number;
  readonly tie: number;
  readonly loss: number;
}

/** What a contract on the home team is worth where a tie pays half, or where either side wins the overtime alike. */
export const withHalfTie = ({ win, tie }: OutcomeProbabilities): number => win + tie / 2;

export interface BrownianGame {
  /** Home minus away, in points. */
  readonly lead: number;
  /** Share of the game played, 0 to 1. */
  readonly elapsed: number;
  /** Points by which the home team wins on average: the negated home spread where it is known; 0 on neutral ground. */
  readonly margin: number;
  /** Standard deviation of the final margin, above zero. */
  readonly deviation: number;
}

/** The lead as a Brownian motion with drift (Stern 1994). At the end the leader has won and an equal score is one half. */
export function brownianWin({ lead, elapsed, margin, deviation }: BrownianGame): number {
  requireShare('elapsed', elapsed);
  requireDeviation(deviation);
  const left = 1 - elapsed;
  if (left === 0) return lead > 0 ? 1 : lead < 0 ? 0 : 0.5;
  return standardNormal((lead + left * margin) / (deviation * Math.sqrt(left)));
}

export interface NormalMarginGame {
  /** Home minus away in points, plus what the ball in hand is expected to bring. */
  readonly lead: number;
  /** Share of the game still to play, 0 to 1. */
  readonly remaining: number;
  /** Points by which the home team is favored for the whole game. */
  readonly favoredBy: number;
  /** Standard deviation of the final margin, above zero. */
  readonly deviation: number;
}

/** The final margin as a normal variable; what rounds to zero is a tie. */
export function normalMarginOutcome(game: NormalMarginGame): OutcomeProbabilities {
  const { lead, remaining, favoredBy, deviation } = game;
  requireShare('remaining', remaining);
  requireDeviation(deviation);
  if (remaining === 0) return { win: lead > 0 ? 1 : 0, tie: lead === 0 ? 1 : 0, loss: lead < 0 ? 1 : 0 };
  const mean = lead + remaining * favoredBy;
  const spread = deviation * Math.sqrt(remaining);
  const win = standardNormal((mean - 0.5) / spread);
  const loss = standardNormal((-0.5 - mean) / spread);
  return { win, tie: Math.max(0, 1 - win - loss), loss };
}

export interface PoissonGame {
  /** Home minus away, in goals. */
  readonly lead: number;
  readonly minutesLeft: number;
  /** Goals per minute. */
  readonly homeRate: number;
  readonly awayRate: number;
}

/** Both teams score as independent Poisson processes until the end of regulation. Too tame for the last three minutes. */
export function poissonOutcome({ lead, minutesLeft, homeRate, awayRate }: PoissonGame): OutcomeProbabilities {
  invariant(Number.isSafeInteger(lead), `lead must be a whole number of goals, not ${lead}`);
  const home = goals(homeRate * minutesLeft);
  const away = goals(awayRate * minutesLeft);
  let win = 0;
  let tie = 0;
  let loss = 0;
  for (const [mine, ofMine] of home.entries()) {
    for (const [theirs, ofTheirs] of away.entries()) {
      const final = lead + mine - theirs;
      if (final > 0) win += ofMine * ofTheirs;
      else if (final === 0) tie += ofMine * ofTheirs;
      else loss += ofMine * ofTheirs;
    }
  }
  return { win, tie, loss };
}

/** No game is expected to bring so many goals; the sum below stays small and exact. */
const MEAN_MAX = 100;

/** Probabilities of 0, 1, 2, ... goals, as far as what is left out is below 1e-16 of the whole. */
function goals(mean: number): readonly number[] {
  invariant(
    mean >= 0 && mean <= MEAN_MAX,
    `rate times minutesLeft must be 0 to ${MEAN_MAX} goals, not ${mean}`,
  );
  const most = Math.ceil(mean + 10 * Math.sqrt(mean) + 20);
  const probabilities = [Math.exp(-mean)];
  for (let k = 1; k <= most; k += 1) probabilities.push(((probabilities[k - 1] ?? 0) * mean) / k);
  return probabilities;
}

const requireShare = (name: string, share: number): void =>
  invariant(share >= 0 && share <= 1, `${name} must be a share from 0 to 1, not ${share}`);
const requireDeviation = (deviation: number): void =>
  invariant(deviation > 0, `deviation must be above zero, not ${deviation}`);
