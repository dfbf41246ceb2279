import type { FollowedInstrument } from '../../adapters/venues/followed-instrument.ts';
import { type Frame, isFrame } from '../../adapters/venues/frame-source.ts';
import { isKlines } from '../../adapters/venues/klines.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import type { ConnectionScript } from '../../adapters/venues/session/protocol.ts';
import type { VenueReader } from '../../adapters/venues/venue-reader.ts';
import { isWire, type WireId } from '../../adapters/venues/wire.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import type { BookView } from '../../core/market/order-book.ts';
import { feedId } from '../../core/market/window.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import type { World } from '../simulated-world.ts';
import { difference, fold, type Levels, levelsOf, type Told, toldBy } from './fold.ts';

/** Something that must never be, with the frame that made it so. */
export interface Finding {
  readonly what: string;
  readonly frame: Frame | undefined;
  readonly number: number;
}

/** Longer notes would let a venue write our logs. */
const NOTE_MAX = 400;
/** Milliseconds that one frame may take, and what each of its letters may add. */
const FRAME_MS = 150;
const LETTER_MS = 0.002;
/** Books of more levels are compared at every so many changes only. */
const SMALL = 600;
const EVERY = 10;
const FINDINGS_MAX = 200;
const WIRE_NOTES = new Set(['malformed', 'unknown', 'refused', 'venue_error']);

/** Gives items to a pipeline and looks after each at all that must hold. */
export class Examiner {
  readonly pipeline: FeedPipeline;
  readonly findings: Finding[] = [];
  frames = 0;
  klines = 0;
  liveLooks = 0;
  looks = 0;
  compared = 0;
  windows = 0;
  needs = 0;
  notes = 0;
  slowestMs = 0;
  slowestLetters = 0;
  private readonly world: World;
  private frame: Frame | undefined;
  /** The session's own look at each message, on the connection that was opened last. */
  script: ConnectionScript | undefined;
  /** What each connection's book of an instrument must be by the plain fold, while that is known. */
  private readonly folds = new Map<string, Levels>();
  /** What was told of each instrument during the item at hand. */
  private readonly told = new Map<InstrumentId, Extract<MarketUpdate, { kind: 'book' | 'book_doubted' }>[]>();
  /** The book that stands: told, and not doubted since. */
  private readonly standing = new Map<InstrumentId, BookView>();
  private readonly updatesBefore = new Map<FollowedInstrument, number>();

  constructor(world: World) {
    this.world = world;
    this.script = world.script('first');
    this.pipeline = new FeedPipeline({
      ids: world.ids,
      instruments: world.instruments,
      kalshi: { gapCheck: !world.isFiltered },
      feedId: feedId('fuzz'),
      windowMs: 1_000,
      depth: 10,
      configHash: '',
      epoch: 1,
      need: (need) => {
        this.needs += 1;
        if (need.why.length > NOTE_MAX) this.find(`a need of ${need.why.length} letters`);
        world.need(need);
      },
      note: ({ kind, detail }) => {
        if (WIRE_NOTES.has(kind)) this.notes += 1;
        if (detail.length > NOTE_MAX)
          this.find(`a note of ${detail.length} letters: ${kind}: ${detail.slice(0, 80)}`);
      },
      onUpdate: (update) => this.see(update),
    });
  }

  take(item: QueuedItem): void {
    if ('reason' in item) return;
    this.frame = isFrame(item) ? item : undefined;
    this.told.clear();
    for (const followed of this.pipeline.followed())
      this.updatesBefore.set(followed, followed.counts.bookUpdates);
    try {
      for (const window of this.pipeline.windowsBefore(item)) this.lookAtWindow(window.instruments);
      if ('beat' in item) return;
      const from = process.threadCpuUsage();
      if (this.frame !== undefined) this.script?.take(this.frame.raw, this.frame.encoding !== undefined);
      else if ('change' in item && item.change === 'opened') this.script = this.world.script(item.connection);
      this.pipeline.take(item);
      const { user, system } = process.threadCpuUsage(from);
      if (this.frame !== undefined) this.time((user + system) / 1_000, this.frame.raw.length);
    } catch (error) {
      this.find(
        `throws ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error)}`,
      );
    }
    if (this.frame !== undefined) this.countFrame(this.frame);
    this.lookAtBooks();
  }

  /** Frames by what became of them, over all wires: each must be in one place. */
  accounted(): number {
    let sum = this.klines;
    for (const reader of this.pipeline.wires()) sum += accountedBy(reader);
    return sum;
  }

  find(what: string): void {
    if (this.findings.length < FINDINGS_MAX)
      this.findings.push({ what, frame: this.frame, number: this.frames });
  }

  private time(ms: number, letters: number): void {
    if (ms > this.slowestMs) {
      this.slowestMs = ms;
      this.slowestLetters = letters;
    }
    if (ms > FRAME_MS + letters * LETTER_MS) this.find(`takes ${Math.round(ms)} ms for ${letters} letters`);
  }

  private countFrame(frame: Frame): void {
    this.frames += 1;
    if (isWire(frame.wire) && isKlines(frame)) this.klines += 1;
    const counted = this.accounted();
    if (counted === this.frames) return;
    this.find(`${counted} frames counted of ${this.frames}`);
    this.frames = counted;
  }

  private see(update: MarketUpdate): void {
    if (update.kind !== 'book' && update.kind !== 'book_doubted') return;
    const { instrumentId } = update;
    const list = this.told.get(instrumentId) ?? [];
    this.told.set(instrumentId, list);
    list.push(update);
    if (update.kind === 'book_doubted') {
      this.standing.delete(instrumentId);
      return;
    }
    this.standing.set(instrumentId, update.book);
    if (update.book.status !== 'live')
      this.find(`${instrumentId}: tells a book that is ${update.book.status}`);
    if (update.book.isCrossed) this.find(`${instrumentId}: tells a crossed book`);
  }

  private lookAtWindow(
    shown: readonly {
      status: string;
      bids: readonly { price: bigint }[];
      asks: readonly { price: bigint }[];
    }[],
  ): void {
    this.windows += 1;
    this.pipeline.news.take();
    for (const { status, bids, asks } of shown) {
      const [bid, ask] = [bids[0]?.price, asks[0]?.price];
      if (status === 'live' && bid !== undefined && ask !== undefined && bid > ask)
        this.find('a window shows a crossed book as live');
    }
  }

  private lookAtBooks(): void {
    for (const reader of this.pipeline.wires())
      for (const followed of reader.followed()) {
        const { id } = followed.instrument;
        const book = reader.bookOf(followed);
        this.looks += 1;
        if (book?.status === 'live') {
          this.liveLooks += 1;
          if (book.isCrossed) this.find(`${id}: a live book is crossed`);
        }
        const standing = this.standing.get(id);
        if (standing?.status === 'live' && standing.isCrossed)
          this.find(`${id}: the book that was told is live and crossed`);
        this.hold(followed, book);
      }
  }

  /** Holds the book against the plain fold of the messages that the reader took into it. */
  private hold(followed: FollowedInstrument, book: BookView | undefined): void {
    const { frame } = this;
    const { id } = followed.instrument;
    const told = this.told.get(id);
    const key = `${frame?.connection ?? ''} ${id}`;
    const wasTaken = followed.counts.bookUpdates > (this.updatesBefore.get(followed) ?? 0);
    const isDoubtful =
      told?.some((one) => one.kind === 'book_doubted' || one.isSnapshot || one.isPolled) ?? false;
    if (isDoubtful)
      for (const known of this.folds.keys()) if (known.endsWith(` ${id}`)) this.folds.delete(known);
    const last = told?.at(-1);
    const known = this.folds.get(key);
    // A connection that does not lead changes its book without a word; only Kalshi's, while it is crossed, still leads then.
    if (wasTaken && told === undefined && frame?.wire !== 'kalshi') this.folds.delete(key);
    else if (known !== undefined && wasTaken && frame !== undefined) {
      const levels = toldBy(frame, id);
      if (levels === undefined)
        this.find(`${id}: a frame changed the book that says nothing of books, read plainly`);
      else
        fold(
          known,
          levels.flatMap((level) => countable(frame.wire, level, book)),
        );
    }
    if (last?.kind !== 'book' || last.book !== book || book === undefined || frame === undefined) return;
    if (known === undefined || isDoubtful) this.folds.set(key, levelsOf(book));
    else if (known.size < SMALL || this.frames % EVERY === 0) {
      this.compared += 1;
      const why = difference(known, levelsOf(book));
      if (why === undefined) return;
      this.find(`${id}: the book differs from the plain fold of what was taken: ${why}`);
      this.folds.set(key, levelsOf(book));
    }
  }
}

function accountedBy({ messages, unknown, frames }: VenueReader): number {
  let sum = frames.malformed + frames.venueErrors;
  for (const count of messages.values()) sum += count;
  for (const count of unknown.values()) sum += count;
  return sum;
}

/**
 * Coinbase's readers leave out prices too far away to be counted exactly, say that the side is not whole, and show the most
 * that can be counted of a size beyond it; the others refuse both.
 */
function countable(wire: WireId, level: Told, book: BookView | undefined): readonly Told[] {
  if (!wire.startsWith('coinbase') || book === undefined) return [level];
  if (level.price / book.ticks.step > MOST) return [];
  return [level.size / book.lots.step > MOST ? { ...level, size: MOST * book.lots.step } : level];
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
