import type { Agent } from './agent.ts';
import type { SeededRandom } from './random.ts';

/** When, in market time, the fair value begins to fall apart. */
export interface CrashPlan {
  readonly at: number;
}

const STEP_MS = 100;
const STEP_S = STEP_MS / 1_000;
const ROOT_STEP = Math.sqrt(STEP_S);

/** A stretch of time with one character: drift in basis points a second, noise in basis points per root second. */
interface Regime {
  readonly until: number;
  readonly driftBps: number;
  readonly noiseBps: number;
  /** What must follow, so that a fakeout is really one. */
  readonly next: 'any' | 'up' | 'down';
}

const CRASH_DEPTH = 0.25;
/** Seconds and share of the crash's depth; waves of selling with rebounds between, adding up to 60 s and to one depth. */
const CRASH_WAVES = [
  { seconds: 7, share: -0.3 },
  { seconds: 4, share: 0.06 },
  { seconds: 9, share: -0.34 },
  { seconds: 5, share: 0.08 },
  { seconds: 12, share: -0.3 },
  { seconds: 6, share: 0.05 },
  { seconds: 14, share: -0.25 },
  { seconds: 3, share: 0 },
] as const;

/**
 * What the instrument is worth, in ticks with fractions; nobody sees it, makers and informed takers feel for it. It moves
 * by regimes that nobody announces: calm, trends of tens of seconds to two minutes, fakeouts that turn around, and hectic
 * spells. It leans back to where it opened, and it does not know what any strategy is doing.
 */
export class FairValue implements Agent {
  nextAt: number;
  #ticks: number;
  #anchor: number;
  #regime: Regime;
  readonly #ticksPerBp: number;
  readonly #random: SeededRandom;
  readonly #crash: CrashPlan | null;
  #crashedFrom: number | null = null;

  constructor(openingTicks: number, startAt: number, random: SeededRandom, crash: CrashPlan | null) {
    this.nextAt = startAt;
    this.#ticks = openingTicks;
    this.#anchor = openingTicks;
    this.#ticksPerBp = openingTicks / 10_000;
    this.#random = random;
    this.#crash = crash;
    this.#regime = { until: startAt, driftBps: 0, noiseBps: 0, next: 'any' };
  }

  get ticks(): number {
    return this.#ticks;
  }

  act(): void {
    const now = this.nextAt;
    if (now >= this.#regime.until)
      this.#regime = nextRegime(now, this.#regime.next, this.#lean(), this.#random);
    const drift = this.#regime.driftBps * STEP_S;
    const noise = this.#regime.noiseBps * ROOT_STEP * this.#random.bell();
    const crashing = this.#crash ? this.#fall(now - this.#crash.at) : 0;
    this.#ticks += (drift + noise) * this.#ticksPerBp + crashing;
    this.nextAt = now + STEP_MS;
  }

  /** From -1 (far above the anchor, more likely to fall) to 1. */
  #lean(): number {
    const off = (this.#anchor - this.#ticks) / (this.#anchor * 0.012);
    return Math.max(-1, Math.min(1, off));
  }

  /** Ticks that the scripted crash adds in this step, `sinceMs` after its beginning. */
  #fall(sinceMs: number): number {
    if (sinceMs < 0) return 0;
    this.#crashedFrom ??= this.#ticks;
    let from = 0;
    for (const wave of CRASH_WAVES) {
      const length = wave.seconds * 1_000;
      if (sinceMs < from + length) {
        // What was worth less stays worth less: the lean back must not undo the crash.
        this.#anchor = this.#ticks;
        return (wave.share * CRASH_DEPTH * this.#crashedFrom * STEP_MS) / length;
      }
      from += length;
    }
    return 0;
  }
}

function nextRegime(now: number, next: Regime['next'], lean: number, random: SeededRandom): Regime {
  const up = next === 'any' ? random.chance(0.5 + 0.3 * lean) : next === 'up';
  const sign = up ? 1 : -1;
  const kind = next === 'any' ? random.next() : 0.5;
  if (kind < 0.3) return lasting(now, random.between(10_000, 45_000), 0, 0.3, 'any');
  if (kind < 0.78) {
    const seconds = Math.min(120, 15 + random.exponential(28));
    return lasting(now, seconds * 1_000, sign * random.between(0.1, 0.5), 0.55, 'any');
  }
  if (kind < 0.9) {
    const drift = sign * random.between(0.6, 1.1);
    return lasting(now, random.between(6_000, 14_000), drift, 0.5, up ? 'down' : 'up');
  }
  return lasting(now, random.between(6_000, 18_000), 0, 1.1, 'any');
}

const lasting = (
  now: number,
  ms: number,
  driftBps: number,
  noiseBps: number,
  next: Regime['next'],
): Regime => ({ until: now + ms, driftBps, noiseBps, next });
