/** How often a run met each of its faults, so that a kind is seen to exercise what it is about. */
export class Counts {
  readonly #totals = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#totals.set(what, this.of(what) + count);
  }

  of(what: string): number {
    return this.#totals.get(what) ?? 0;
  }

  addAll(other: Counts): void {
    for (const [what, count] of other.#totals) this.add(what, count);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
