import type { Frame, FrameSource } from '../../adapters/venues/frame-source.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';
import { type DemoListing, demoListings } from './demo-listing.ts';
import { DemoSession, type SessionSetting } from './demo-session.ts';
import type { Fault } from './faults.ts';

/** `crash`: as `fair`, until both instruments lose about a quarter of their value within a minute, in waves. */
export type DemoScenario = 'fair' | 'crash';

export interface DemoMarketOptions {
  /** The same seed and options give the very same frames, on every machine. */
  readonly seed: number;
  /** Market time at which the client connects; no frame is received before it. */
  readonly startAt: EpochMs;
  /** No frame is received at or after `startAt + durationMs`. */
  readonly durationMs: number;
  readonly scenario: DemoScenario;
  /** When the crash begins, after the start; 600 s unless told. */
  readonly crashAtMs?: number;
  readonly listings?: readonly DemoListing[];
  readonly faults?: readonly Fault[];
}

const CRASH_AT_MS = 600_000;

/**
 * A small exchange that does not exist: makers, takers and a crowd trade two made-up assets in a real limit order book,
 * and its messages are written as Binance spot writes them. Each call of `frames` begins the same run anew.
 * @throws RangeError in words, when an option makes no sense.
 */
export function demoMarket(options: DemoMarketOptions): FrameSource {
  const setting = sessionSetting(options);
  let session: DemoSession | null = null;

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const own = new DemoSession(setting);
    session = own;
    for (const frame of own.frames()) {
      if (signal.aborted) return;
      yield frame;
    }
  }

  return {
    name: `demo market, seed ${options.seed}${options.scenario === 'crash' ? ', with a crash' : ''}`,
    frames,
    need: (need) => need.wire === 'binance-spot' && (session?.need(need) ?? false),
  };
}

function sessionSetting(options: DemoMarketOptions): SessionSetting {
  const { seed, startAt, durationMs, scenario, listings = demoListings, faults = [] } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`the seed must be a whole number, got ${seed}`);
  if (!Number.isSafeInteger(startAt) || startAt < 0)
    throw new RangeError(`the start must be whole milliseconds since 1970, got ${startAt}`);
  if (!Number.isSafeInteger(durationMs) || durationMs <= 0)
    throw new RangeError(`the duration must be a positive number of milliseconds, got ${durationMs}`);
  if (listings.length === 0) throw new RangeError('a demo market needs at least one instrument');
  for (const { kind, symbol } of faults) {
    if (!listings.some((listing) => listing.instrument.symbol === symbol))
      throw new RangeError(`the fault '${kind}' names ${symbol}, which the demo market does not list`);
  }
  const crashAt = scenario === 'crash' ? plusMs(startAt, options.crashAtMs ?? CRASH_AT_MS) : null;
  return { seed, startAt, endAt: plusMs(startAt, durationMs), crashAt, listings, faults };
}
