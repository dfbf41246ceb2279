import type { Clock } from '../core/ports.ts';
import { type EpochMs, SECOND_MS } from '../core/time.ts';
import type { FeedReport } from '../fargate/feed-health.ts';
import type { VenueHealth } from '../fargate/venue-health.ts';

/** How a venue stands, as far as a person was told. */
type Stand = 'connecting' | 'idle' | 'connected' | 'live' | 'lost';

interface Told {
  stand: Stand;
  /** Why it is not connected, or closed, as it was said last. */
  why: string | null;
  /** It was lost before: what comes then comes again. */
  isAgain: boolean;
}

/** Often enough for somebody who waits for the first books. */
const LOOK_MS = 250;

/** Says how the venues of a live feed come up, and go, until it is stopped or called back: a feed that ends loses no venue. */
export function tellLive(
  feed: { report(): Pick<FeedReport, 'venues'> },
  clock: Pick<Clock, 'now'>,
  say: (line: string) => void,
  signal: AbortSignal,
): () => void {
  const words = new LiveWords(clock.now(), say);
  const timer = setInterval(() => words.see(feed.report(), clock.now()), LOOK_MS).unref();
  const hush = (): void => clearInterval(timer);
  signal.addEventListener('abort', hush);
  return hush;
}

/** Says of each venue, once each time: that it is connected, that its books are live, why they are not. */
export class LiveWords {
  readonly #startedAt: EpochMs;
  readonly #say: (line: string) => void;
  readonly #told = new Map<string, Told>();

  constructor(startedAt: EpochMs, say: (line: string) => void) {
    this.#startedAt = startedAt;
    this.#say = say;
  }

  see({ venues }: Pick<FeedReport, 'venues'>, now: EpochMs): void {
    for (const venue of venues) this.#tell(venue, this.#told.get(venue.name) ?? this.#meet(venue), now);
  }

  #meet(venue: VenueHealth): Told {
    const told: Told = { stand: 'connecting', why: null, isAgain: false };
    this.#told.set(venue.name, told);
    this.#line(venue, 'connecting');
    return told;
  }

  #tell(venue: VenueHealth, told: Told, now: EpochMs): void {
    const stand = standOf(venue, told.stand);
    if (stand !== told.stand) {
      told.stand = stand;
      if (stand === 'lost') told.isAgain = true;
      const when = told.isAgain ? 'again' : `after ${((now - this.#startedAt) / SECOND_MS).toFixed(1)} s`;
      this.#line(venue, standWords(venue, stand, when));
    }
    const why = venue.closedBecause ?? (venue.connected ? null : venue.trouble);
    if (why !== null && why !== told.why) this.#line(venue, why);
    told.why = why;
  }

  #line({ name }: VenueHealth, words: string): void {
    this.#say(`  feeds      ${name}: ${words}`);
  }
}

/** Once it is live it stays so in these words while it is connected: a book that is proven anew is no news here. */
function standOf(venue: VenueHealth, before: Stand): Stand {
  const { connected, connections, polling, lastMessageAt, followed, live, over } = venue;
  if (!connected) return before === 'connecting' || before === 'idle' ? 'connecting' : 'lost';
  if (connections.length === 0 && polling.length === 0 && lastMessageAt === null)
    return before === 'connecting' ? 'idle' : before;
  const isAll = followed > 0 && live >= followed - over;
  return before === 'live' || isAll ? 'live' : 'connected';
}

function standWords({ followed, live, over }: VenueHealth, stand: Stand, when: string): string {
  switch (stand) {
    case 'connecting':
      return 'connecting';
    case 'idle':
      return 'nothing of it is followed yet';
    case 'connected':
      return `connected ${when}`;
    case 'live':
      return `live ${when}, ${live} of ${followed - over} books`;
    case 'lost':
      return 'not connected any more';
  }
}
