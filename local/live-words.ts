import { NOT_YET } from '../adapters/venues/session/shard-keeper.ts';
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
  /** It was lost, or nothing was followed there any more: what comes then comes again. */
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
      if (stand === 'lost' || (stand === 'idle' && told.stand !== 'connecting')) told.isAgain = true;
      told.stand = stand;
      const when = told.isAgain ? 'again' : `after ${((now - this.#startedAt) / SECOND_MS).toFixed(1)} s`;
      this.#line(venue, standWords(venue, stand, when));
    }
    const why = venue.closedBecause ?? (venue.connected ? null : venue.trouble);
    if (why !== null && why !== told.why && why !== NOT_YET) this.#line(venue, why);
    told.why = why;
  }

  #line({ name }: VenueHealth, words: string): void {
    this.#say(`  feeds      ${name}: ${words}`);
  }
}

/** Once it is live it stays so in these words while it is connected: a book that is proven anew is no news here. */
function standOf(venue: VenueHealth, before: Stand): Stand {
  const { connected, idleBecause, live } = venue;
  if (idleBecause !== null) return 'idle';
  if (!connected) return before === 'connecting' || before === 'idle' ? 'connecting' : 'lost';
  const isAll = booksOf(venue) > 0 && live >= booksOf(venue);
  return before === 'live' || isAll ? 'live' : 'connected';
}

/** Books that there can be: of what has ended, or does not trade yet, there is none. */
const booksOf = ({ followed, over, ahead }: VenueHealth): number => followed - over - ahead;

function standWords(venue: VenueHealth, stand: Stand, when: string): string {
  switch (stand) {
    case 'connecting':
      return 'connecting';
    case 'idle':
      return venue.idleBecause ?? 'idle';
    case 'connected':
      return `connected ${when}`;
    case 'live':
      return `live ${when}, ${venue.live} of ${booksOf(venue)} books`;
    case 'lost':
      return 'not connected any more';
  }
}
