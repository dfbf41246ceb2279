import type { SideName } from '../../core/market/order-book.ts';

/**
 * A number that stands for all levels of a book, whatever the order in which they came: kept by each change in constant time,
 * and computed from a list of levels in one pass. Two different books have the same one once in 2^53.
 */
export class BookDigest {
  private high = 0;
  private low = 0;

  /** Adds a level that was not there, or takes away one that was. No lots are no level. */
  toggle(side: SideName, ticks: number, lots: number): void {
    if (lots === 0) return;
    const key = (side === 'bids' ? ticks : ~ticks) | 0;
    this.high ^= mixed(key, lots, 0x51_7c_c1_b7);
    this.low ^= mixed(key, lots, 0x27_22_0a_95);
  }

  clear(): void {
    this.high = 0;
    this.low = 0;
  }

  /** 32 bits of the one and 21 of the other. */
  get value(): number {
    return (this.high >>> 0) * 2_097_152 + (this.low & 2_097_151);
  }
}

/** Sizes beyond 32 bits count with both halves. */
function mixed(key: number, lots: number, salt: number): number {
  let hash = Math.imul(key ^ salt, 0x9e_37_79_b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ lots, 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ Math.floor(lots / 4_294_967_296), 0xc2_b2_ae_35);
  return hash ^ (hash >>> 16);
}
