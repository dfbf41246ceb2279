/** The parts of a running desk in the order in which they came up; each is stopped, and said to be, in the opposite one. */
export class Parts {
  readonly #say: (line: string) => void;
  readonly #parts: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  get count(): number {
    return this.#parts.length;
  }

  up(name: string, detail: string, stop: () => Promise<void> | void = () => undefined): void {
    this.#parts.push({ name, stop });
    this.#say(`  ${name.padEnd(10)} ${detail}`);
  }

  /** Stops every part, the last one first, also after one that cannot be stopped in order. @throws what the first one threw. */
  async stop(): Promise<void> {
    const faults: unknown[] = [];
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      try {
        await part.stop();
        this.#say(`  ${part.name.padEnd(10)} stopped`);
      } catch (fault) {
        this.#say(`  ${part.name.padEnd(10)} could not be stopped in order`);
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw faults[0];
  }
}
