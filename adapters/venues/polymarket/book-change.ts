import type { EpochMs } from '../../../core/time.ts';
import { Unreadable } from '../json-fields.ts';
import { type Grids, tooManyLevels } from '../levels.ts';
import { type Best, type BookMark, type LevelChange, toBest, toChange, toMark } from './mapper.ts';
import type { WireChange, WireChanges } from './schema.ts';

/** All entries of one `price_change` that are about one token. */
export interface BookChange {
  readonly mark: BookMark;
  readonly levels: readonly LevelChange[];
  /** Of the last entry: the venue's own best prices when all entries are applied. */
  readonly best: Best;
  /** Prices that the market's newest print may have had. */
  readonly hints: readonly string[];
}

/** `entries`: those of `body` that are about the token, in order; what the last one says holds after all of them. */
export function toBookChange(
  entries: readonly WireChange[],
  body: WireChanges,
  grids: Grids,
  receivedAt: EpochMs,
): BookChange | Unreadable {
  const tooMany = tooManyLevels(entries.length);
  if (tooMany !== undefined) return new Unreadable(`price_changes: ${tooMany}`);
  const levels: LevelChange[] = [];
  for (const entry of entries) {
    const level = toChange(entry, grids);
    if (level instanceof Unreadable) return level;
    levels.push(level);
  }
  const last = entries.at(-1);
  if (last === undefined) return new Unreadable('price_changes: empty');
  const best = toBest(last, grids.ticks);
  if (best instanceof Unreadable) return best;
  return {
    mark: toMark(body, receivedAt, last.hash),
    levels,
    best,
    hints: entries.map(({ price }) => price),
  };
}

/** Far more than a token has in the second that an answer by REST takes, in changes and in levels of all of them. */
const KEPT_MAX = 500;
const KEPT_LEVELS_MAX = 10_000;

/** Changes since a book was last proven, for a picture by REST to go on with. */
export class KeptChanges {
  /** Changes up to this moment are not among them: an older picture cannot be continued. */
  lostAt = 0;
  private changes: BookChange[] = [];
  private levels = 0;

  keep(change: BookChange, now: EpochMs): void {
    if (change.mark.at === null) {
      // Whether a picture from before now has it in it cannot be known.
      this.loseUntil(now);
      return;
    }
    this.changes.push(change);
    this.levels += change.levels.length;
    while (this.changes.length > KEPT_MAX || this.levels > KEPT_LEVELS_MAX) this.loseOldest();
  }

  loseUntil(at: number): void {
    this.lostAt = Math.max(this.lostAt, at);
  }

  /**
   * Those that a picture of this moment and hash does not show, in the order in which they came. Of its own millisecond it
   * shows those up to the one with its hash, all where none has it. `hasMet`: the picture's own change is among them, or one
   * that is younger.
   */
  after(at: number, hash: string): { readonly later: readonly BookChange[]; readonly hasMet: boolean } {
    const own = this.changes.findLastIndex(({ mark }) => hash !== '' && mark.at === at && mark.hash === hash);
    const later = this.changes.filter(
      ({ mark }, n) => (mark.at ?? 0) > at || (mark.at === at && own >= 0 && n > own),
    );
    return { later, hasMet: own >= 0 || later.length > 0 };
  }

  clear(): void {
    this.changes = [];
    this.levels = 0;
  }

  private loseOldest(): void {
    const oldest = this.changes.shift();
    this.levels -= oldest?.levels.length ?? 0;
    this.loseUntil(oldest?.mark.at ?? 0);
  }
}
