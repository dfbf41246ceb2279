import type { EpochMs } from '../../../core/time.ts';
import type { Need, SourceItem } from '../frame-source.ts';
import type { WireId } from '../wire.ts';

/** Where a feeder puts what comes, and what it stamps it with. */
export interface FeedSink {
  /** Takes one item, in receive order. It may be called from within anything but `need`. */
  take(item: SourceItem): void;
  /** The receive stamp of now: never before an earlier one of this feed, whoever asked for it. */
  stamp(): EpochMs;
}

/** Symbols to follow from now on, and to follow no longer. */
export interface Following {
  readonly follow: readonly string[];
  readonly unfollow: readonly string[];
  /** Why, for people. */
  readonly detail: string;
}

/** One part of a live source: all that comes over one wire. Nothing of it happens before `start` or after `stop`. */
export interface Feeder {
  readonly wire: WireId;
  /** For people. */
  readonly name: string;
  start(sink: FeedSink): void;
  stop(): void;
  /** Asks for what the reader needs, later and never twice at once; false when it is not for this feeder, or nothing can be done. */
  need(need: Need): boolean;
  /** The change goes into the stream, in its place among the frames. */
  follow(change: Following): void;
  /** Frames were lost after they had come, so what rests on a sequence begins anew. */
  interrupt(why: string): void;
}
