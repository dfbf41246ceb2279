import type { ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { BinanceConnection } from './connection.ts';

/** Reads Binance spot frames, combined or raw, and REST answers in the same clothes. */
export const binanceReader = (
  options: Omit<WireOptions, 'wire' | 'connection'>,
  ports: ReaderPorts,
): WireReader =>
  new WireReader(
    { ...options, wire: 'binance-spot', connection: (desk) => new BinanceConnection(desk) },
    ports,
  );
