/** Messages come late or twice by ones; so many old ones, each of which continues the one before, are a count of their own. */
const ANEW_MIN = 4;

/**
 * Tells messages that come late from a count that began anew, or that a single wrong number has left behind: those that
 * come late do not continue each other.
 */
export class OldRun {
  private last = -1;
  private length = 0;

  /** Takes a message older than the newest one; true when it and those just before it are a count of their own. */
  isAnew(lastId: number, continues: (before: number) => boolean): boolean {
    this.length = this.length > 0 && lastId > this.last && continues(this.last) ? this.length + 1 : 1;
    this.last = lastId;
    return this.length >= ANEW_MIN;
  }

  /** A newer message came. */
  end(): void {
    this.length = 0;
  }
}
