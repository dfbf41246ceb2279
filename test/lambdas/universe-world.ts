import type { Item } from '../../adapters/store/item-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { UniverseFindings } from '../../core/ports.ts';
import { MINUTE_MS, plusMs } from '../../core/time.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../core/universe/listings.ts';
import { configOf, rawConfig } from '../support/desk.ts';
import { ListingPeer } from '../support/listing-peer.ts';
import { type UniverseFunction, universeFunction } from '../support/universe-function.ts';

const fees = { version: 'test', makerRate: 0, takerRate: 0.07, roundTo: 0.01 };
const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };

/** A desk with these rules, and all venues. */
export const configWith = (
  rules: readonly object[],
  more: Readonly<Record<string, unknown>> = {},
): DeskConfig => {
  const raw = rawConfig();
  const { binance } = raw['venues'] as { readonly binance: object };
  const venues = { binance, coinbase: binance, mexc: binance };
  return configOf({
    ...raw,
    venues: { ...venues, kalshi: { fees, latency }, polymarket: { fees, latency } },
    universe: { rules },
    ...more,
  });
};

export interface UniverseWorld extends Omit<UniverseFunction, 'look' | 'store'> {
  readonly timers: VirtualTimers;
  readonly peer: ListingPeer;
  /** Looks at the lists so many minutes after noon; the function is woken then. */
  look(minute: number, config?: DeskConfig): Promise<UniverseFindings | undefined>;
  /** Stored items of a partition. */
  items(pk: string): Promise<readonly Item[]>;
}

/** The function on an in-memory store, with made-up venues, in virtual time. */
export function openUniverse(usual: DeskConfig): UniverseWorld {
  const timers = new VirtualTimers(NOON);
  const peer = new ListingPeer(timers);
  const { look, store, ...found } = universeFunction(usual, timers, peer);
  return {
    ...found,
    timers,
    peer,
    look(minute, config) {
      timers.runUntil(plusMs(NOON, minute * MINUTE_MS));
      return look(config);
    },
    items: async (pk) => (await store.query({ pk })).items,
  };
}
