import type { GameStatus } from '../../../core/market/game.ts';
import type { WireStatus } from './schema.ts';

export interface StatusReading {
  readonly status: GameStatus;
  /** False for a name that is new or that contradicts the rest: the game is then frozen as `delayed`. */
  readonly isUnderstood: boolean;
}

/** What a wire status means. `post` alone is no result: postponed and canceled games are `post` too. */
export function readStatus({ type }: WireStatus): StatusReading {
  const named = BY_NAME.get(type.name);
  if (named !== undefined) return { status: named, isUnderstood: true };
  if (FINAL_NAME.test(type.name)) {
    const isOver = type.state === 'post' && type.completed === true;
    return { status: isOver ? 'final' : 'delayed', isUnderstood: isOver };
  }
  // Suspended while still in play, it goes on another time; once it is over, there is no result.
  if (type.name === 'STATUS_SUSPENDED')
    return { status: type.state === 'post' ? 'void' : 'delayed', isUnderstood: true };
  if (type.state === 'pre') return { status: 'pre', isUnderstood: false };
  return { status: type.state === 'post' ? 'void' : 'delayed', isUnderstood: false };
}

const FINAL_NAME = /^STATUS_(FINAL|FULL_TIME)/;

const BY_NAME: ReadonlyMap<string, GameStatus> = new Map<string, GameStatus>([
  ['STATUS_SCHEDULED', 'pre'],
  ['STATUS_TBD', 'pre'],
  ['STATUS_IN_PROGRESS', 'live'],
  ['STATUS_FIRST_HALF', 'live'],
  ['STATUS_SECOND_HALF', 'live'],
  ['STATUS_OVERTIME', 'live'],
  ['STATUS_SHOOTOUT', 'live'],
  ['STATUS_END_PERIOD', 'break'],
  ['STATUS_HALFTIME', 'break'],
  ['STATUS_DELAYED', 'delayed'],
  ['STATUS_RAIN_DELAY', 'delayed'],
  ['STATUS_POSTPONED', 'void'],
  ['STATUS_CANCELED', 'void'],
  ['STATUS_CANCELLED', 'void'],
  ['STATUS_ABANDONED', 'void'],
  ['STATUS_FORFEIT', 'void'],
  ['STATUS_UNCONTESTED', 'void'],
]);
