import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import { symbolOf, venueOf } from '../../core/market/instrument.ts';
import { binanceReader } from './binance/reader.ts';
import { type AdvancedOptions, coinbaseAdvancedReader, coinbaseExchangeReader } from './coinbase/reader.ts';
import { espnReader } from './espn/reader.ts';
import { type KalshiReaderOptions, kalshiReader } from './kalshi/reader.ts';
import { mexcReader } from './mexc/reader.ts';
import { polymarketReader } from './polymarket/reader.ts';
import type { ReaderPorts, VenueReader } from './venue-reader.ts';
import { venueOfWire, type WireId } from './wire.ts';
import type { WireOptions } from './wire-reader.ts';

/** What is read of a feed's venues, and by which rules until they announce theirs. */
export interface Reading {
  /** Instruments to follow, of any venue. */
  readonly ids: readonly InstrumentId[];
  /** Rules known before the first frame. */
  readonly instruments: readonly Instrument[];
  /** Follows every symbol it meets by these rules: to look into a recording. */
  readonly rulesOfAny?: (wire: WireId, symbol: string) => Instrument;
  /** What a venue's reader has to be told beyond that. */
  readonly coinbase?: Pick<AdvancedOptions, 'tradeSide'>;
  readonly kalshi?: Pick<KalshiReaderOptions, 'gapCheck' | 'pollEveryMs'>;
}

/** The reader of a wire, for the instruments of its venue. */
export function createReader(wire: WireId, reading: Reading, ports: ReaderPorts): VenueReader {
  const venue = venueOfWire(wire);
  const { rulesOfAny } = reading;
  const options: Omit<WireOptions, 'wire' | 'connection'> = {
    instruments: reading.instruments.filter((one) => one.venue === venue),
    symbols: reading.ids.filter((id) => venueOf(id) === venue).map(symbolOf),
    ...(rulesOfAny && { rulesOfAny: (symbol: string) => rulesOfAny(wire, symbol) }),
  };
  switch (wire) {
    case 'binance-spot':
      return binanceReader(options, ports);
    case 'coinbase-advanced':
      return coinbaseAdvancedReader({ ...options, ...reading.coinbase }, ports);
    case 'coinbase-exchange':
      return coinbaseExchangeReader(options, ports);
    case 'mexc-spot':
      return mexcReader(options, ports);
    case 'kalshi':
      return kalshiReader({ ...options, ...reading.kalshi }, ports);
    case 'polymarket':
      return polymarketReader(options, ports);
    case 'espn':
      return espnReader(ports);
  }
}
