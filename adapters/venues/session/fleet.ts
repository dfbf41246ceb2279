import type { EpochMs } from '../../../core/time.ts';
import { ShardKeeper, type ShardPorts } from './shard-keeper.ts';
import { type Shard, spread } from './shards.ts';
import type { SocketLine } from './socket-line.ts';

/** What has no connection. */
export interface Down {
  readonly since: EpochMs;
  readonly symbols: readonly string[];
  readonly why: string;
}

/** All connections of one venue: its symbols spread over shards, a keeper for each. */
export class Fleet {
  private readonly ports: ShardPorts;
  private readonly keepers = new Map<number, ShardKeeper>();
  private shards: readonly Shard[] = [];

  constructor(ports: ShardPorts) {
    this.ports = ports;
  }

  get isEmpty(): boolean {
    return this.keepers.size === 0;
  }

  get gaveUp(): boolean {
    return [...this.keepers.values()].some(({ isFinal }) => isFinal);
  }

  lines(): readonly SocketLine[] {
    return [...this.keepers.values()].flatMap((keeper) => keeper.lines());
  }

  /** Carries exactly these from now on. */
  carry(symbols: readonly string[]): void {
    this.shards = spread(this.shards, symbols, this.ports.protocol.symbolsPerConnection);
    for (const [n, keeper] of this.keepers) {
      if (this.shards.some((shard) => shard.n === n)) continue;
      this.keepers.delete(n);
      keeper.stop('none of its symbols is followed any more');
    }
    for (const shard of this.shards) {
      const keeper = this.keepers.get(shard.n);
      if (keeper === undefined)
        this.keepers.set(shard.n, new ShardKeeper(shard.n, shard.symbols, this.ports));
      else keeper.carry(shard.symbols);
    }
  }

  sweep(now: EpochMs): void {
    for (const keeper of this.keepers.values()) keeper.sweep(now);
  }

  /** The venue trades again. */
  hurry(): void {
    for (const keeper of this.keepers.values()) keeper.hurry();
  }

  stop(why: string): void {
    for (const keeper of this.keepers.values()) keeper.stop(why);
    this.keepers.clear();
    this.shards = [];
  }

  /** Symbols without a connection for so long that they have to be polled. */
  uncarried(): readonly string[] {
    return [...this.keepers.values()].flatMap((keeper) => keeper.uncarried);
  }

  /** What open connections show nothing of. */
  mute(): readonly string[] {
    return [...this.keepers.values()].flatMap(({ mute }) => mute);
  }

  /** What has no connection now, since its oldest loss; undefined when all has one. */
  down(): Down | undefined {
    return this.oldest(({ downSince }) => downSince);
  }

  /** What has no connection that holds; longer than {@link down} by the beginning of a new one. */
  outage(): Down | undefined {
    return this.oldest(({ unsteadySince }) => unsteadySince);
  }

  private oldest(sinceOf: (keeper: ShardKeeper) => EpochMs | null): Down | undefined {
    let oldest: Down | undefined;
    const symbols: string[] = [];
    for (const keeper of this.keepers.values()) {
      const since = sinceOf(keeper);
      if (since === null) continue;
      symbols.push(...keeper.symbols);
      if (oldest === undefined || since < oldest.since) oldest = { since, symbols, why: keeper.why };
    }
    return oldest;
  }
}
