import { plusMs } from '../../../core/time.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { SimConnection } from '../../../local/venue-simulator/sim-connection.ts';
import type { DialectOf } from '../../../local/venue-simulator/sim-dialect.ts';
import type { SimListing } from '../../../local/venue-simulator/sim-market.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { RecordingPeer } from './recording-peer.ts';
import { START } from './sim-world.ts';

/** One connection that says exactly what a test wants, without any of the clients' own code. */
export interface RawClient {
  /** What came, oldest first. */
  readonly got: readonly (string | Uint8Array)[];
  /** Texts that came, as JSON. */
  texts(): readonly unknown[];
  say(message: object | string): void;
  pong(): void;
  leave(): void;
}

/** A venue without a network: what it says arrives at once. */
export function openVenue(
  dialect: DialectOf,
  listings: readonly SimListing[],
  faults: readonly Fault[] = [],
) {
  const timers = new VirtualTimers(START);
  const venue = new SimVenue({ seed: 7, timers, dialect, listings, faults });
  const until = (ms: number): void => timers.runUntil(plusMs(START, ms));
  const connect = (url = 'ws://venue.example/'): RawClient => {
    const peer = new RecordingPeer();
    const connection = venue.accept(peer, { url: new URL(url), headers: {} });
    if (!(connection instanceof SimConnection)) throw new Error(`refused: ${JSON.stringify(connection)}`);
    const end = peer.end.bind(peer);
    peer.end = (code, reason) => {
      end(code, reason);
      venue.closed(connection);
    };
    venue.opened(connection);
    return {
      got: peer.got,
      texts: () => peer.got.filter((one) => typeof one === 'string').map(parsed),
      say: (message) =>
        venue.message(connection, typeof message === 'string' ? message : JSON.stringify(message)),
      pong: () => venue.ponged(connection),
      leave: () => venue.closed(connection),
    };
  };
  const ask = (path: string, headers: Record<string, string> = { 'user-agent': 'test' }) => {
    const url = new URL(`http://venue.example${path}`);
    const answer = venue.http({ method: 'GET', url, headers, body: '' });
    return { ...answer, value: parsed(answer.body) };
  };
  return { venue, timers, until, connect, ask };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
