import type { SeededRandom } from '../demo-market/random.ts';
import type { Fault } from './faults.ts';
import type { SimPeer } from './sim-dialect.ts';

const LETTERS = Array.from('{}[]",:.0123456789xyz\\\u0000\u00e9\u4e2d');
/** A byte that begins no character of UTF-8. */
const NO_UTF8 = 0xff;

/** Sends what a fault puts behind a message. */
export function garbageAfter(
  data: string | Uint8Array,
  fault: Fault,
  peer: SimPeer,
  random: SeededRandom,
): void {
  if (fault.kind === 'oversize') {
    peer.send(typeof data === 'string' ? ' '.repeat(fault.bytes) : new Uint8Array(fault.bytes));
    return;
  }
  if (fault.kind !== 'garbage') return;
  switch (fault.as) {
    case 'half':
      peer.send(data.slice(0, Math.ceil(data.length / 2)));
      return;
    case 'letters':
      peer.send(letters(random));
      return;
    case 'binary':
      peer.send(bytes(random));
      return;
    case 'no_text':
      peer.sendNoText(Uint8Array.of(NO_UTF8, ...bytes(random)));
      return;
  }
}

const letters = (random: SeededRandom): string =>
  Array.from({ length: random.integer(1, 60) }, () => random.pick(LETTERS)).join('');

const bytes = (random: SeededRandom): Uint8Array =>
  Uint8Array.from({ length: random.integer(1, 60) }, () => random.integer(0, 255));
