import { type DeskConfig, parseConfig } from '../core/config/desk-config.ts';
import type { Log } from '../core/metrics.ts';
import type { Clock, ConfigStore, Sha256, StoredConfig } from '../core/ports.ts';
import { PeriodicLook } from './periodic-look.ts';

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
  readonly #look: PeriodicLook;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
    this.#look = new PeriodicLook({
      everyMs: LOOK_EVERY_MS,
      clock: options.clock,
      look: () => this.look(),
      failed: (why) => options.log.warn('configuration not read', { why }),
    });
  }

  /** The newest usable version seen in force; undefined before the first. */
  get newest(): DeskConfig | undefined {
    return this.#newest;
  }

  /** Looks now. @throws StoreError when the store does not answer. */
  async look(): Promise<DeskConfig | undefined> {
    const { configs } = this.#options;
    this.#look.looked();
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
    this.#look.whenDue();
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    await this.#look.settled();
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
