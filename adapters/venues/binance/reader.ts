import { POLL } from '../frame-source.ts';
import type { ConnectionDesk, ConnectionReader, ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { BinanceConnection } from './connection.ts';
import { PolledConnection } from './polled-connection.ts';

/** Reads Binance spot frames, combined or raw, and REST answers in the same clothes. */
export const binanceReader = (
  options: Omit<WireOptions, 'wire' | 'connection'>,
  ports: ReaderPorts,
): WireReader => new WireReader({ ...options, wire: 'binance-spot', connection: readerOn }, ports);

const readerOn = (desk: ConnectionDesk): ConnectionReader =>
  desk.connection === POLL ? new PolledConnection(desk) : new BinanceConnection(desk);
