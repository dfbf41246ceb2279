import type { Frame } from '../adapters/venues/frame-source.ts';
import { readKlines } from '../adapters/venues/klines.ts';
import { type FrameCounts, noFrameCounts } from '../adapters/venues/venue-reader.ts';
import type { WireId } from '../adapters/venues/wire.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';

export interface KlinesPorts {
  isFollowed(frame: Frame, symbol: string): boolean;
  emit(update: MarketUpdate): void;
  /** What could not be read, wholly or in part. */
  malformed(detail: string, instrumentId?: InstrumentId): void;
}

/** What became of the frames of one wire that tell its venue's bars. */
export interface KlinesCounts extends FrameCounts {
  /** Read, and said as an update. */
  read: number;
}

/** The name under which they are counted among a wire's messages. */
export const KLINES_KIND = 'klines';

/** Takes answers about venues' own bars before their wires' readers: these know books and trades, and connections. */
export class KlinesFrames {
  private readonly ports: KlinesPorts;
  private readonly byWire = new Map<WireId, KlinesCounts>();

  constructor(ports: KlinesPorts) {
    this.ports = ports;
  }

  /** Of a wire; undefined when there were none. */
  counts(wire: WireId): Readonly<KlinesCounts> | undefined {
    return this.byWire.get(wire);
  }

  take(frame: Frame): void {
    const counts = this.countsOf(frame.wire);
    counts.frames += 1;
    const reading = readKlines(frame, frame.receivedAt);
    if (typeof reading === 'string') {
      counts.malformed += 1;
      this.ports.malformed(`${frame.channel}: ${reading}`);
      return;
    }
    const { symbol, problems, ...told } = reading;
    if (!this.ports.isFollowed(frame, symbol)) {
      counts.unfollowed += 1;
      return;
    }
    counts.read += 1;
    const [problem] = problems;
    if (problem !== undefined) this.ports.malformed(`${frame.channel}: ${problem}`, told.instrumentId);
    this.ports.emit({ kind: 'candles', source: 'venue', ...told });
  }

  private countsOf(wire: WireId): KlinesCounts {
    const known = this.byWire.get(wire) ?? { ...noFrameCounts(), read: 0 };
    this.byWire.set(wire, known);
    return known;
  }
}
