import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { UpgradeSigner } from '../../../adapters/venues/kalshi/signing.ts';
import { plusMs } from '../../../core/time.ts';
import { SimConnection } from '../../../local/venue-simulator/sim-connection.ts';
import type { SimAnswer } from '../../../local/venue-simulator/sim-dialect.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { RecordingPeer } from './recording-peer.ts';
import { START } from './sim-world.ts';

const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string => String(key.export({ format: 'pem', type }));

const pair = (keyId: string, { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) => ({
  keyId,
  privateKeyPem: pem(privateKey, 'pkcs8'),
  publicKeyPem: pem(publicKey, 'spki'),
});

/** Keys of both kinds that the venue takes. */
export const KEYS = {
  rsa: pair('a-key-of-rsa', generateKeyPairSync('rsa', { modulusLength: 2_048 })),
  ed25519: pair('a-key-of-ed25519', generateKeyPairSync('ed25519')),
};

/** Headers in lower case, as a server has them. */
export const signedHeaders = (
  keys: { readonly keyId: string; readonly privateKeyPem: string } = KEYS.ed25519,
  at = START,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(new UpgradeSigner(keys).headers(at)).map(([name, value]) => [name.toLowerCase(), value]),
  );

export type Message = Readonly<Record<string, unknown>>;

/** One connection that says exactly what a test wants; what the venue says arrives at once. */
export interface ContractClient {
  /** What came, oldest first. */
  readonly got: readonly (string | Uint8Array)[];
  readonly peer: RecordingPeer;
  readonly connection: SimConnection;
  /** Messages that came since the last call, as JSON where they are; not the frames beside them. */
  news(): Message[];
  say(message: object | string): void;
}

/** A venue of contracts without a network. */
export interface OpenVenue {
  readonly venue: SimVenue;
  readonly timers: VirtualTimers;
  /** Lets time come to so many milliseconds after the start. */
  until(ms: number): void;
  knock(url: string, headers?: Readonly<Record<string, string>>): SimConnection | SimAnswer | 'hang';
  connect(url: string, headers?: Readonly<Record<string, string>>): ContractClient;
  ask(
    url: string,
    options?: { readonly body?: string; readonly headers?: Record<string, string> },
  ): SimAnswer;
  /** The body of a good answer. */
  read(url: string, body?: string): string;
}

export function openContracts(make: (timers: VirtualTimers) => SimVenue): OpenVenue {
  const timers = new VirtualTimers(START);
  const venue = make(timers);
  const peers = new Map<SimConnection, RecordingPeer>();
  const knock: OpenVenue['knock'] = (url, headers = {}) => {
    const peer = new RecordingPeer();
    const answer = venue.accept(peer, { url: new URL(url), headers });
    if (answer instanceof SimConnection) peers.set(answer, peer);
    return answer;
  };
  const ask: OpenVenue['ask'] = (url, { body, headers = {} } = {}) =>
    venue.http({ method: body === undefined ? 'GET' : 'POST', url: new URL(url), headers, body: body ?? '' });
  return {
    venue,
    timers,
    until: (ms) => timers.runUntil(plusMs(START, ms)),
    knock,
    connect: (url, headers) => {
      const connection = knock(url, headers);
      const peer = connection instanceof SimConnection ? peers.get(connection) : undefined;
      if (!(connection instanceof SimConnection) || peer === undefined)
        throw new Error(`refused: ${JSON.stringify(connection)}`);
      venue.opened(connection);
      let seen = 0;
      return {
        got: peer.got,
        peer,
        connection,
        news: () => {
          const fresh = peer.got.slice(seen);
          seen = peer.got.length;
          return fresh.flatMap((one) => (String(one).startsWith('<') ? [] : [parsed(String(one))]));
        },
        say: (message) =>
          venue.message(connection, typeof message === 'string' ? message : JSON.stringify(message)),
      };
    },
    ask,
    read: (url, body) => {
      const answer = ask(url, body === undefined ? {} : { body });
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
      return answer.body;
    },
  };
}

function parsed(text: string): Message {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
