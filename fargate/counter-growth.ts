/** Counters only grow: tells by how much each has since it was told last. */
export class CounterGrowth {
  readonly #told = new Map<string, number>();

  /** The first zero is told, since silence would mean that nobody counts; no other is. */
  tell(key: string, count: number, tell: (growth: number) => void): void {
    const told = this.#told.get(key);
    if (count === told) return;
    this.#told.set(key, count);
    tell(count - (told ?? 0));
  }
}
