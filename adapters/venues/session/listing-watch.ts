import { nearestTo } from '../../../core/config/nearest.ts';
import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { Backoff, type Patience, REFUSED } from './backoff.ts';
import { type FrameAsker, failureOf, readSafely } from './frame-asker.ts';
import { noJsonWords } from './http-words.ts';
import type { Discovery, FrameRequest } from './protocol.ts';
import { RestFailure, type RestResult } from './rest-lane.ts';
import type { Timers } from './timers.ts';

/** A listing that takes longer keeps no socket from opening: the symbols are followed unchecked until it comes. */
const PATIENCE_MS = 30 * SECOND_MS;
/** One listing without a symbol that was there may be half a listing; the second one counts. */
const MISSES_MAX = 2;
/** What is missing may be about to come: it is looked for again after this, twice this, and so on. */
const MISSING_MS = MINUTE_MS;
/** Between tries when a listing did not come. */
const PATIENCE: Patience = { ...REFUSED, firstMs: 2 * SECOND_MS, tiredMs: 10 * MINUTE_MS };
const NEAREST = 3;
/** Of more names only those are compared that begin alike. */
const NAMES_MAX = 5_000;

export interface ListingPorts {
  readonly discovery: Discovery;
  readonly timers: Timers;
  readonly random: () => number;
  readonly asker: FrameAsker;
  note(detail: string): void;
  /** What may be subscribed has changed. */
  changed(): void;
}

interface Entry {
  /** `pending`: no listing has come. `unchecked`: none came in time. */
  verdict: 'pending' | 'unchecked' | 'listed' | 'unlisted';
  why: string;
  /** Listings in a row without it. */
  misses: number;
  wasListed: boolean;
}

/** One question about some symbols, in however many requests. */
interface Round {
  readonly symbols: readonly string[];
  readonly listed: Set<string>;
  /** Of which nothing was learned. */
  readonly failed: Set<string>;
  /** All that the answers name. */
  readonly names: Set<string>;
  /** Requests without an answer yet. */
  left: number;
}

/** Asks the venue which symbols it lists before they are subscribed, since it may keep silent about one that it does not. */
export class ListingWatch {
  private readonly ports: ListingPorts;
  private readonly backoff: Backoff;
  private readonly entries = new Map<string, Entry>();
  private readonly cancels = new Set<() => void>();
  private cancelMissing: (() => void) | undefined;
  private failedBecause: string | null = null;

  constructor(ports: ListingPorts) {
    this.ports = ports;
    this.backoff = new Backoff(PATIENCE, ports.random);
  }

  start(symbols: readonly string[]): void {
    this.follow(symbols);
    this.later(this.ports.discovery.everyMs, () => this.lookEvery());
  }

  follow(symbols: readonly string[]): void {
    for (const symbol of symbols)
      this.entries.set(symbol, { verdict: 'pending', why: '', misses: 0, wasListed: false });
    this.look(symbols);
    this.later(PATIENCE_MS, () => this.losePatience(symbols));
  }

  unfollow(symbols: readonly string[]): void {
    for (const symbol of symbols) this.entries.delete(symbol);
  }

  /** Whether it may be subscribed: listed, or not known in time. */
  admits(symbol: string): boolean {
    const verdict = this.entries.get(symbol)?.verdict;
    return verdict === 'listed' || verdict === 'unchecked';
  }

  /** Why the newest listing did not come, in words; null when one came since. */
  get trouble(): string | null {
    return this.failedBecause;
  }

  /** Symbols that the venue does not list, with what to do about them. */
  refused(): readonly { readonly symbol: string; readonly why: string }[] {
    return [...this.entries].flatMap(([symbol, { verdict, why }]) =>
      verdict === 'unlisted' ? [{ symbol, why }] : [],
    );
  }

  stop(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }

  /** Asks for all anew: answers were lost. */
  lookAgain(): void {
    this.look([...this.entries.keys()]);
  }

  private lookEvery(): void {
    this.lookAgain();
    this.later(this.ports.discovery.everyMs, () => this.lookEvery());
  }

  private losePatience(symbols: readonly string[]): void {
    const waiting = symbols.filter((symbol) => this.entries.get(symbol)?.verdict === 'pending');
    if (waiting.length === 0) return;
    for (const symbol of waiting) this.set(symbol, 'unchecked');
    this.ports.note(
      `no listing came in ${PATIENCE_MS / SECOND_MS} s: ${waiting.length} symbols are followed unchecked`,
    );
    this.ports.changed();
  }

  /** A symbol is listed when any answer says so, and not when all that could say so came and none did. */
  private look(symbols: readonly string[]): void {
    const round: Round = { symbols, listed: new Set(), failed: new Set(), names: new Set(), left: 0 };
    this.askAll(symbols, round);
    if (round.left > 0 || symbols.length === 0) return;
    // A venue that cannot be asked lists whatever is followed.
    for (const symbol of symbols) round.listed.add(symbol);
    this.conclude(round);
  }

  private askAll(symbols: readonly string[], round: Round): void {
    if (symbols.length === 0) return;
    for (const request of this.ports.discovery.requests(symbols)) {
      round.left += 1;
      this.ask(request, request.symbols.length === 0 ? symbols : request.symbols, round);
    }
  }

  private ask(one: FrameRequest, about: readonly string[], round: Round): void {
    const cancel = this.ports.asker.ask(one, 'discovery', undefined, (result) => {
      this.cancels.delete(cancel);
      this.read(result, one.request.url, about, round);
      round.left -= 1;
      if (round.left === 0) this.conclude(round);
    });
    this.cancels.add(cancel);
  }

  private read(result: RestResult, url: string, about: readonly string[], round: Round): void {
    const { discovery } = this.ports;
    const listed = result instanceof RestFailure ? result : readSafely(() => discovery.listed(result, about));
    if (result instanceof RestFailure || listed instanceof Error) {
      const why =
        failureOf(result, url) ?? wordsOf(result, url) ?? (listed instanceof Error ? listed.message : '');
      this.failedBecause = why;
      this.takeFailure(result, why, about, round);
      return;
    }
    this.failedBecause = null;
    for (const symbol of listed) round.listed.add(symbol);
    const names = readSafely(() => discovery.names?.(result) ?? listed);
    if (!(names instanceof Error)) for (const name of names) round.names.add(name);
  }

  /** One bad symbol makes some venues refuse a question about many: it is asked again in halves, until the culprit is alone. */
  private takeFailure(result: RestResult, why: string, about: readonly string[], round: Round): void {
    const isNo = !(result instanceof RestFailure) && (result.status === 400 || result.status === 404);
    this.ports.note(`listing of ${about.length === 1 ? about[0] : `${about.length} symbols`} failed: ${why}`);
    if (!isNo) for (const symbol of about) round.failed.add(symbol);
    else if (about.length > 1) {
      const half = about.length >> 1;
      this.askAll(about.slice(0, half), round);
      this.askAll(about.slice(half), round);
    }
  }

  private conclude({ symbols, listed, failed, names }: Round): void {
    for (const symbol of symbols) {
      if (listed.has(symbol)) this.set(symbol, 'listed');
      else if (!failed.has(symbol)) this.miss(symbol, names);
    }
    this.lookForMissing();
    const unknown = [...failed].filter((symbol) => !listed.has(symbol));
    if (unknown.length === 0) this.backoff.reset();
    else this.later(this.backoff.nextMs(), () => this.look(unknown.filter((one) => this.entries.has(one))));
    this.ports.changed();
  }

  private set(symbol: string, verdict: Entry['verdict'], why = ''): void {
    const entry = this.entries.get(symbol);
    if (entry === undefined) return;
    entry.verdict = verdict;
    entry.why = why;
    if (verdict !== 'listed') return;
    entry.misses = 0;
    entry.wasListed = true;
  }

  private miss(symbol: string, names: ReadonlySet<string>): void {
    const entry = this.entries.get(symbol);
    if (entry === undefined) return;
    entry.misses += 1;
    if (entry.verdict === 'listed' && entry.misses < MISSES_MAX) return;
    const why = entry.wasListed
      ? 'the venue lists it no more'
      : `the venue does not list it${nearestWords(symbol, names)}`;
    if (entry.verdict !== 'unlisted') this.ports.note(`${symbol}: ${why}`);
    this.set(symbol, 'unlisted', why);
  }

  /** Counted from the newest listing, so that one of all that comes sooner takes its place. */
  private lookForMissing(): void {
    const missing = [...this.entries].filter(([, { misses }]) => misses > 0);
    this.cancelMissing?.();
    if (missing.length === 0) return;
    const misses = Math.min(...missing.map(([, entry]) => entry.misses));
    const waitMs = MISSING_MS * 2 ** (misses - 1);
    this.cancelMissing = this.later(waitMs, () =>
      this.look(missing.map(([symbol]) => symbol).filter((symbol) => this.entries.has(symbol))),
    );
  }

  private later(ms: number, run: () => void): () => void {
    const cancel = this.ports.timers.after(ms, () => {
      this.cancels.delete(cancel);
      run();
    });
    this.cancels.add(cancel);
    return () => {
      this.cancels.delete(cancel);
      cancel();
    };
  }
}

function nearestWords(symbol: string, names: ReadonlySet<string>): string {
  const start = symbol.slice(0, 3);
  const compared = names.size <= NAMES_MAX ? names : [...names].filter((name) => name.startsWith(start));
  const nearest = nearestTo(symbol, compared, NEAREST);
  return nearest.length === 0 ? '' : `; the nearest names are ${nearest.join(', ')}`;
}

const wordsOf = (result: RestResult, url: string): string | null =>
  result instanceof RestFailure ? null : noJsonWords(url, result.body);
