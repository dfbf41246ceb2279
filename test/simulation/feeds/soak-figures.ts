import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR_MS, SECOND_MS } from '../../../core/time.ts';
import type { DeadInstrument, SoakRun } from './soak-run.ts';

/** What a soak came to. */
export interface SoakFigures {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly wallMs: number;
  readonly frames: number;
  /** Frames a second of one instrument, by wire. */
  readonly rates: Readonly<Record<string, number>>;
  readonly windows: number;
  readonly missed: number;
  /** Live pictures that were held against the venue's own book, and how many of them it never had. */
  readonly checked: number;
  readonly wrong: number;
  readonly examples: readonly string[];
  /** Share of all pictures that were live. */
  readonly liveShare: number;
  readonly resyncs: number;
  readonly rolled: number;
  /** How often faults had an effect, by venue and kind. */
  readonly struck: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly notes: Readonly<Record<string, number>>;
  readonly dead: readonly DeadInstrument[];
  readonly rss: ResidentBytes;
}

/** Bytes of the process. */
export interface ResidentBytes {
  /** As the system sees it: last, at most, and after the first simulated hour; null in runs that are not longer. */
  readonly seen: number;
  readonly most: number;
  readonly seenAfterHour: number | null;
  /** Once everything is collected, at the same moments: garbage can hide a leak until there is no room for it. */
  readonly heldAfterHour: number | null;
  readonly heldAtEnd: number | null;
}

/** Bytes. */
const RSS_MAX = 400_000_000;
/** At the end against what it was after the first simulated hour. */
const RSS_GROWTH_MAX = 1.1;
/** Memories of trades and bars of the day are still filling then: this much of them is no leak. */
const HELD_GROWTH_MAX = 1.2;
/** The first one begins with the first frame, and the last one may still be open. */
const WINDOWS_SHORT_MAX = 2;

/** Looks at a run from outside: the clock on the wall, and what the process holds. */
export class SoakMeter {
  private readonly run: SoakRun;
  private readonly seed: number;
  private readonly startedAt = performance.now();
  private simulatedMs = 0;
  private seen = 0;
  private most = 0;
  private seenAfterHour: number | null = null;
  private heldAfterHour: number | null = null;

  constructor(run: SoakRun, seed: number) {
    this.run = run;
    this.seed = seed;
  }

  /** So much simulated time has passed. */
  look(simulatedMs: number): void {
    this.simulatedMs = simulatedMs;
    this.seen = process.memoryUsage.rss();
    this.most = Math.max(this.most, this.seen);
    if (simulatedMs < HOUR_MS || this.seenAfterHour !== null) return;
    this.seenAfterHour = this.seen;
    this.heldAfterHour = heldBytes();
  }

  /** How it is so far. */
  figures(): SoakFigures {
    const { run, simulatedMs } = this;
    const { feed, sides, ids } = run;
    const seconds = simulatedMs / SECOND_MS;
    const perVenue = ids.length / sides.length;
    const rates = [...run.frames()].map(([wire, count]) => [wire, count / perVenue / seconds] as const);
    return {
      seed: this.seed,
      simulatedMs,
      wallMs: performance.now() - this.startedAt,
      frames: feed.frames,
      rates: Object.fromEntries(rates),
      windows: feed.windows,
      missed: feed.missed + Math.max(0, seconds - WINDOWS_SHORT_MAX - feed.windows),
      checked: feed.checks,
      wrong: run.wrongs,
      examples: run.wrong,
      liveShare: feed.checks / (feed.windows * ids.length),
      resyncs: run.resyncs(),
      rolled: run.rolled,
      struck: Object.fromEntries([...run.struck].map(([venue, kinds]) => [venue, Object.fromEntries(kinds)])),
      notes: Object.fromEntries(run.notes),
      dead: run.dead(),
      rss: {
        seen: this.seen,
        most: this.most,
        seenAfterHour: this.seenAfterHour,
        heldAfterHour: this.heldAfterHour,
        heldAtEnd: null,
      },
    };
  }

  /** How it was, when it is over. */
  end(): SoakFigures {
    const figures = this.figures();
    const isLong = this.simulatedMs > HOUR_MS;
    return isLong ? { ...figures, rss: { ...figures.rss, heldAtEnd: heldBytes() } } : figures;
  }
}

/** A collection moves some megabytes together at most, so that pages with little on them go one after the other. */
const COLLECTIONS = 16;

/** Collects all garbage, gives its pages back to the system, and says what is left of the process. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: (options: object) => void = runInNewContext('gc');
  for (let n = 0; n < COLLECTIONS; n += 1) collect({ type: 'major', flavor: 'last-resort' });
  return process.memoryUsage.rss();
}

/** Which bounds a run broke, in words. */
export function brokenBounds({ missed, wrong, examples, dead, rss }: SoakFigures): readonly string[] {
  const broken: string[] = [];
  if (missed > 0) broken.push(`${missed} windows are missing`);
  if (wrong > 0) broken.push(`${wrong} live pictures of a book that its venue never had: ${examples[0]}`);
  for (const { id, status, why } of dead)
    if (why === null) broken.push(`${id} is ${status} at the end and nobody knows why`);
  const { seen, most, seenAfterHour, heldAfterHour, heldAtEnd } = rss;
  if (seenAfterHour === null || heldAfterHour === null || heldAtEnd === null) return broken;
  if (seen > RSS_GROWTH_MAX * seenAfterHour)
    broken.push(`RSS grew from ${megabytes(seenAfterHour)} after the first hour to ${megabytes(seen)}`);
  if (heldAtEnd > HELD_GROWTH_MAX * heldAfterHour)
    broken.push(
      `what is held grew from ${megabytes(heldAfterHour)} after the first hour to ${megabytes(heldAtEnd)}`,
    );
  if (most >= RSS_MAX) broken.push(`RSS was ${megabytes(most)}, not under ${megabytes(RSS_MAX)}`);
  return broken;
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
