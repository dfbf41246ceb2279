import type { MarketWindow } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';

/** Windows in their order, and under which version of the configuration they were published; read as far ahead as asked. */
export class VersionedWindows {
  readonly #source: AsyncIterator<MarketWindow>;
  /** Read, and not given out yet. */
  readonly #ahead: MarketWindow[] = [];
  /** Where each version began, oldest first: a handful in a session of millions of windows. */
  readonly #began: { readonly at: EpochMs; readonly hash: string }[] = [];
  #newest: EpochMs | undefined;

  constructor(windows: AsyncIterable<MarketWindow>) {
    this.#source = windows[Symbol.asyncIterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MarketWindow> {
    try {
      for (;;) {
        const window = this.#ahead.shift() ?? (await this.#read());
        if (!window) return;
        yield window;
      }
    } finally {
      await this.#source.return?.();
    }
  }

  /** The version of the window of a time; where that window is missing, of the one before it, else of the first. */
  async hashAt(closedAt: EpochMs): Promise<string | undefined> {
    while (this.#newest === undefined || this.#newest < closedAt) {
      const window = await this.#read();
      if (!window) break;
      this.#ahead.push(window);
    }
    return (this.#began.findLast(({ at }) => at <= closedAt) ?? this.#began[0])?.hash;
  }

  async #read(): Promise<MarketWindow | undefined> {
    const { done, value } = await this.#source.next();
    if (done) return undefined;
    this.#newest = value.closedAt;
    if (this.#began.at(-1)?.hash !== value.configHash)
      this.#began.push({ at: value.closedAt, hash: value.configHash });
    return value;
  }
}
