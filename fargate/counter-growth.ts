/** Counters only grow: tells by how much each has since it was told last. */
export class CounterGrowth {
  readonly #told = new Map<string, number>();

  /**
   * The first zero is told, since silence would mean that nobody counts; no other is. A count below what was told has begun
   * anew, and all of it is growth.
   */
  tell(key: string, count: number, tell: (growth: number) => void): void {
    const told = this.#told.get(key);
    if (count === told) return;
    this.#told.set(key, count);
    if (told === undefined) tell(count);
    else if (count > 0) tell(count < told ? count : count - told);
  }

  /** Forgets all counters but these, and says which: what comes back begins anew. */
  keepOnly(keys: ReadonlySet<string>): readonly string[] {
    const gone = [...this.#told.keys()].filter((key) => !keys.has(key));
    for (const key of gone) this.#told.delete(key);
    return gone;
  }
}
