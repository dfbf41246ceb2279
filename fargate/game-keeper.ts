import type { GameState } from '../core/market/game.ts';
import type { Log } from '../core/metrics.ts';
import type { GameStore } from '../core/ports.ts';
import { DAY_MS, type EpochMs, epochMs, HOUR_MS } from '../core/time.ts';
import type { FeedCompanion, WindowNews } from './run-feed.ts';

export interface GameKeeperOptions {
  readonly games: Pick<GameStore, 'put'>;
  readonly log: Log;
}

/** A state is kept for three days; one of a game that is far off does not change for longer. */
const PUT_AGAIN_MS = DAY_MS;
const LOOK_EVERY_MS = HOUR_MS;
/** So long after its start a game is over, and nobody asks for it by this feed's word. */
const OVER_MS = DAY_MS;
const NEVER = epochMs(0);

/** Stores the state of each game as it is told, beside the work: what cannot be stored now is with its next change, or in an hour. */
export class GameKeeper implements FeedCompanion {
  readonly #options: GameKeeperOptions;
  /** Games that are not long over, with when each was stored. */
  readonly #known = new Map<string, { readonly game: GameState; putAt: EpochMs }>();
  #lookedAt: EpochMs | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: GameKeeperOptions) {
    this.#options = options;
  }

  see({ events, newest: { closedAt: now } }: WindowNews): void {
    const games = events.flatMap((event) => (event.type === 'game.updated' ? [event.game] : []));
    for (const game of games) this.#known.set(keyOf(game), { game, putAt: now });
    this.#put([...games, ...this.#due(now)], now);
  }

  async settled(): Promise<void> {
    await this.#work;
  }

  /** Once an hour: what would be forgotten although it is still to come. */
  #due(now: EpochMs): readonly GameState[] {
    if (this.#lookedAt !== undefined && now - this.#lookedAt < LOOK_EVERY_MS) return [];
    this.#lookedAt = now;
    const due: GameState[] = [];
    for (const [key, one] of this.#known) {
      if (now - one.game.startsAt > OVER_MS) this.#known.delete(key);
      else if (now - one.putAt >= PUT_AGAIN_MS) {
        one.putAt = now;
        due.push(one.game);
      }
    }
    return due;
  }

  #put(games: readonly GameState[], now: EpochMs): void {
    if (games.length === 0) return;
    const { games: store, log } = this.#options;
    this.#work = this.#work
      .then(() => store.put(games, now))
      .catch((error: unknown) => {
        for (const game of games) {
          const known = this.#known.get(keyOf(game));
          if (known?.game === game) known.putAt = NEVER;
        }
        log.warn('games not stored', {
          games: games.length,
          why: error instanceof Error ? error.message : String(error),
        });
      });
  }
}

const keyOf = ({ league, gameId }: GameState): string => `${league} ${gameId}`;
