/** One run of a function. It can end at any access to the table, without a word and without anything behind that access. */
export class Invocation {
  readonly #ended = Promise.withResolvers<'killed'>();
  #isKilled = false;

  /** Ends it; the caller goes on waiting for ever. */
  async kill(): Promise<never> {
    this.#isKilled = true;
    this.#ended.resolve('killed');
    return new Promise<never>(() => {});
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** How the work ended. What it throws is thrown. */
  async run(work: Promise<void>): Promise<'done' | 'killed'> {
    return Promise.race([work.then((): 'done' => 'done'), this.#ended.promise]);
  }
}
