import { type EpochMs, plusMs, SECOND_MS } from '../../../core/time.ts';

/** An unanswered question is repeated after this long, then twice as long, and so on. */
const PATIENCE_MS = 10 * SECOND_MS;
/** A stream that brings changes has begun: a picture that is not there by now came before anybody could use it. */
const EXPECTED_MS = 3 * SECOND_MS;
/** Books that are doubted again and again are asked for after 1, 2, 4, 4, 4, 4 and then 8, 16 ... seconds, at most the last. */
const SPACING_MS = SECOND_MS;
const PLATEAU_MS = 4 * SECOND_MS;
const PLATEAU_TIMES = 3;
const WAIT_MS_MAX = 160 * SECOND_MS;
/** A book that stood this long was well: the next doubt is the first again. */
const CALM_MS = 60 * SECOND_MS;
/** After so many questions without an answer the connection itself is at fault. */
const ASKED_MAX = 3;

export interface AskerPorts {
  ask(why: string): void;
  giveUp(why: string): void;
}

/**
 * Asks for one book's picture: once per doubt, again when it does not come, and ever more slowly while doubts follow each
 * other, so that no fault of a market turns into a storm of pictures of several megabytes.
 */
export class SnapshotAsker {
  private readonly ports: AskerPorts;
  private why = '';
  /** When to ask next; undefined while nothing is wanted. */
  private due: EpochMs | undefined;
  private askedAt: EpochMs | undefined;
  private provenAt: EpochMs | undefined;
  /** Questions since the book was calm, and since it was answered. */
  private times = 0;
  private unanswered = 0;

  constructor(ports: AskerPorts) {
    this.ports = ports;
  }

  /** A picture is needed from now on; nothing happens when it is wanted already. */
  want(why: string, now: EpochMs): void {
    if (this.due !== undefined) return;
    this.why = why;
    if (this.provenAt !== undefined && now - this.provenAt >= CALM_MS) this.times = 0;
    const earliest = this.askedAt === undefined ? now : plusMs(this.askedAt, again(this.times));
    this.due = this.times === 0 || earliest < now ? now : earliest;
    this.tick(now);
  }

  /** As {@link want}, but the picture may still come by itself: ask when it has not. */
  expect(why: string, now: EpochMs): void {
    if (this.due !== undefined) return;
    this.why = why;
    this.due = plusMs(now, EXPECTED_MS);
  }

  /** Messages are missing: the picture that is waited for may be among them. */
  lost(now: EpochMs): void {
    const { askedAt, due } = this;
    if (askedAt === undefined || due === undefined) return;
    this.due = Math.min(due, Math.max(now, plusMs(askedAt, again(this.times)))) as EpochMs;
    this.tick(now);
  }

  answered(now: EpochMs): void {
    this.due = undefined;
    this.unanswered = 0;
    this.provenAt = now;
  }

  tick(now: EpochMs): void {
    if (this.due === undefined || now < this.due) return;
    if (this.unanswered === ASKED_MAX)
      this.ports.giveUp(`${ASKED_MAX} pictures were asked for in vain: ${this.why}`);
    this.askedAt = now;
    this.times += 1;
    this.unanswered += 1;
    this.due = plusMs(now, spacing(PATIENCE_MS, this.unanswered));
    this.ports.ask(this.why);
  }
}

/** The wait before a book is asked for that was asked for so many times since it was calm. */
const again = (times: number): number =>
  Math.max(
    Math.min(spacing(SPACING_MS, times), PLATEAU_MS),
    spacing(SPACING_MS, Math.max(1, times - PLATEAU_TIMES)),
  );

/** `first` for the first time, twice as much for each one after it. */
const spacing = (first: number, times: number): number =>
  Math.min(first * 2 ** Math.min(Math.max(times - 1, 0), 20), WAIT_MS_MAX);
