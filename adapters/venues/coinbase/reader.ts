import type { ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { AdvancedConnection } from './advanced-connection.ts';
import { ExchangeConnection } from './exchange-connection.ts';
import { SharedBooks } from './shared-books.ts';

type Options = Omit<WireOptions, 'wire' | 'connection'>;

export interface AdvancedOptions extends Options {
  /** Whose side a public trade names; the maker's unless said otherwise. */
  readonly tradeSide?: 'maker' | 'taker';
}

/** Reads Advanced Trade frames, and REST answers in the same clothes. */
export function coinbaseAdvancedReader(options: AdvancedOptions, ports: ReaderPorts): WireReader {
  const { tradeSide = 'maker', ...rest } = options;
  const shared = new SharedBooks();
  return new WireReader(
    {
      ...rest,
      wire: 'coinbase-advanced',
      connection: (desk) => new AdvancedConnection(desk, shared, tradeSide),
    },
    ports,
  );
}

/** Reads Exchange frames, and REST answers in the same clothes. */
export function coinbaseExchangeReader(options: Options, ports: ReaderPorts): WireReader {
  const shared = new SharedBooks();
  return new WireReader(
    { ...options, wire: 'coinbase-exchange', connection: (desk) => new ExchangeConnection(desk, shared) },
    ports,
  );
}
