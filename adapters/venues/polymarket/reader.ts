import type { ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { PolymarketConnection } from './connection.ts';
import { POLL_EVERY_MS } from './conventions.ts';
import { MarketRegistry } from './market-registry.ts';

export interface PolymarketReaderOptions extends Omit<WireOptions, 'wire' | 'connection'> {
  /** How often pictures are asked for where there is no stream; three missing ones make them stale. */
  readonly pollEveryMs?: number;
}

/** Reads Polymarket's market channel, and REST answers of its services in the same clothes. */
export function polymarketReader(options: PolymarketReaderOptions, ports: ReaderPorts): WireReader {
  const { pollEveryMs = POLL_EVERY_MS, ...shared } = options;
  const registry = new MarketRegistry();
  return new WireReader(
    {
      ...shared,
      wire: 'polymarket',
      connection: (desk) => new PolymarketConnection(desk, registry, 3 * pollEveryMs),
    },
    ports,
  );
}
