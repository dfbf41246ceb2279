import { epochMs } from '../../../core/time.ts';
import { SeededRandom } from '../../../local/demo-market/random.ts';
import { FaultBoard } from '../../../local/venue-simulator/fault-board.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import type { SimPeer } from '../../../local/venue-simulator/sim-dialect.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';

/** A client's end of a socket that writes down what comes. */
export class RecordingPeer implements SimPeer {
  readonly got: (string | Uint8Array)[] = [];

  send(data: string | Uint8Array): void {
    this.got.push(data);
  }

  sendNoText(bytes: Uint8Array): void {
    this.got.push(`<no text, ${bytes[0]}>`);
  }

  ping(): void {
    this.got.push('<ping>');
  }

  end(code: number, reason: string): void {
    this.got.push(`<end ${code} ${reason}>`.replace(' >', '>'));
  }

  hold(isHeld: boolean): void {
    this.got.push(isHeld ? '<held>' : '<released>');
  }
}

/** A board of faults with its own time, and what its hooks were told. */
export function boardOf(faults: readonly Fault[]) {
  const timers = new VirtualTimers(epochMs(1_790_000_000_000));
  const told: string[] = [];
  const board = new FaultBoard({
    faults,
    timers,
    random: new SeededRandom(7, 'faults'),
    hooks: {
      began: ({ kind }) => told.push(`${timers.now() - 1_790_000_000_000} ${kind} began`),
      ended: ({ kind }) => told.push(`${timers.now() - 1_790_000_000_000} ${kind} ended`),
    },
  });
  const until = (ms: number): void => timers.runUntil(epochMs(1_790_000_000_000 + ms));
  return { board, timers, told, until };
}
