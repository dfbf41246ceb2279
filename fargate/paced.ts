import type { Beat, BeatingSource, FrameSource, SourceItem } from '../adapters/venues/frame-source.ts';
import type { Clock } from '../core/ports.ts';
import { beatAt, type EpochMs, MINUTE_MS, plusMs } from '../core/time.ts';

/** A source that is so far behind the clock is not paced any more: whoever waited for it would get minutes at once. */
export const LAG_MS_MAX = MINUTE_MS;
/** The longest a stop waits for the next frame. */
const STEP_MS_MAX = 250;

/** The clock ran away from the source: the machine slept, or is too slow. The feed begins a new life. */
export class SourceLagError extends Error {
  override readonly name = 'SourceLagError';
}

/**
 * Delivers each frame when the clock shows its receive stamp, and a beat at each edge of a window that passes before the
 * next frame, so that a quiet window closes on time. The source is asked for a frame only when the one before was taken:
 * what it answers to a snapshot request, and so every window, is what it would be unpaced.
 * @throws SourceLagError when it is a minute behind the clock.
 */
export function paced(source: FrameSource, clock: Clock, windowMs: number): BeatingSource {
  async function* frames(signal: AbortSignal): AsyncGenerator<SourceItem | Beat, void, undefined> {
    let edge: EpochMs | undefined;
    for await (const item of source.frames(signal)) {
      if ('reason' in item) {
        yield item;
        continue;
      }
      edge ??= plusMs(beatAt(item.receivedAt, windowMs), windowMs);
      for (; edge <= item.receivedAt; edge = plusMs(edge, windowMs)) {
        if (!(await reached(edge, clock, signal))) return;
        yield { beat: edge };
      }
      if (!(await reached(item.receivedAt, clock, signal))) return;
      yield item;
    }
    // The last window closes with the end of the source; that, too, at its time.
    if (edge !== undefined) await reached(edge, clock, signal);
  }
  return { name: source.name, frames, need: (need) => source.need(need) };
}

/** A clock whose time is `by` milliseconds ahead of another's: a market of another day at the pace of this one. */
export const shiftedClock = (clock: Clock, by: number): Clock => ({
  now: () => plusMs(clock.now(), by),
  wait: (ms) => clock.wait(ms),
});

/** Resolves to true when the clock has come to a moment, to false when it is not waited for any more. */
async function reached(at: EpochMs, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const lag = clock.now() - at;
  if (lag > LAG_MS_MAX)
    throw new SourceLagError(`the feed is ${Math.round(lag / 1_000)} s behind the clock; it begins anew`);
  for (let left = -lag; left > 0; left = at - clock.now()) {
    if (signal.aborted) return false;
    await clock.wait(Math.min(left, STEP_MS_MAX));
  }
  return !signal.aborted;
}
