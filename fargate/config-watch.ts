import { type DeskConfig, parseConfig } from '../core/config/desk-config.ts';
import type { Log } from '../core/metrics.ts';
import type { Clock, ConfigStore, Sha256, StoredConfig } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';

/** How often a running feed looks at the version in force. */
export const LOOK_EVERY_MS = 30_000;

export interface ConfigWatchOptions {
  readonly configs: ConfigStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly log: Log;
}

/** Follows the version of the configuration that is in force. A version that cannot be used is said once and not followed. */
export class ConfigWatch {
  readonly #options: ConfigWatchOptions;
  #known: string | undefined;
  #newest: DeskConfig | undefined;
  #lookedAt: EpochMs | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
  }

  /** The newest usable version seen in force; undefined before the first. */
  get newest(): DeskConfig | undefined {
    return this.#newest;
  }

  /** Looks now. @throws StoreError when the store does not answer. */
  async look(): Promise<DeskConfig | undefined> {
    const { configs, clock } = this.#options;
    this.#lookedAt = clock.now();
    const hash = await configs.currentHash();
    if (hash !== undefined && hash !== this.#known) {
      const stored = await configs.version(hash);
      if (stored !== undefined) this.#take(stored);
      this.#known = hash;
    }
    return this.#newest;
  }

  /** Starts a look beside the work when it is time to; a store that does not answer is asked again next time. */
  lookWhenDue(): void {
    const { clock, log } = this.#options;
    if (this.#looking || (this.#lookedAt !== undefined && clock.now() - this.#lookedAt < LOOK_EVERY_MS))
      return;
    this.#looking = this.look()
      .then(
        () => undefined,
        (error: unknown) => log.warn('configuration not read', { why: wordsOf(error) }),
      )
      .then(() => {
        this.#looking = undefined;
      });
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  #take(stored: StoredConfig): void {
    const parsed = parseConfig(stored.document, this.#options.sha256);
    if (parsed.kind === 'valid' && parsed.config.hash === stored.hash) {
      this.#newest = parsed.config;
      return;
    }
    this.#options.log.error('configuration in force cannot be used', {
      hash: stored.hash,
      why:
        parsed.kind === 'valid'
          ? `it reads as ${parsed.config.hash} in this version of Deckle`
          : `${parsed.issues[0]?.path} ${parsed.issues[0]?.message}`,
      fix: 'push it again: npx deckle --stack <stage> config push',
    });
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
