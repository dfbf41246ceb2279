/** Work that goes on beside what its caller does, one piece at a time; a failure of it is told and stops nothing. */
export class Beside {
  readonly #onFault: (error: unknown) => void;
  #current: Promise<void> | undefined;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Begins it, unless the piece before goes on still: then it is left out. */
  begin(work: () => Promise<unknown>): void {
    this.#current ??= this.#run(work);
  }

  /** Ends when nothing goes on. */
  async idle(): Promise<void> {
    while (this.#current !== undefined) await this.#current;
  }

  async #run(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onFault(error);
    } finally {
      this.#current = undefined;
    }
  }
}
