import type { FollowedInstrument } from '../followed-instrument.ts';
import type { ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { MexcConnection } from './connection.ts';
import { TradeIdentity } from './trade-identity.ts';

/** Reads MEXC spot frames: base64 of binary ones, JSON texts, and REST answers in the same clothes. */
export function mexcReader(
  options: Omit<WireOptions, 'wire' | 'connection'>,
  ports: ReaderPorts,
): WireReader {
  // Trades have no numbers of their own, so which were seen is known to all connections together.
  const identities = new WeakMap<FollowedInstrument, TradeIdentity>();
  const identityOf = (followed: FollowedInstrument): TradeIdentity => {
    const known = identities.get(followed) ?? new TradeIdentity();
    identities.set(followed, known);
    return known;
  };
  return new WireReader(
    { ...options, wire: 'mexc-spot', connection: (desk) => new MexcConnection(desk, identityOf) },
    ports,
  );
}
