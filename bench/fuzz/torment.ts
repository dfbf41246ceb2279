import { type Frame, isFrame, POLL } from '../../adapters/venues/frame-source.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import type { SeededRandom } from '../../local/demo-market/random.ts';
import { wounded } from './wounds.ts';

/** Shares of the frames that are hurt; calm stretches let books live and grow old before they are hurt. */
const MOODS = [0.003, 0.02, 0.2, 0.9] as const;
const MOOD_FRAMES = [50, 1_500] as const;
/** Connections on which frames may arrive that are not theirs; an older one ends for good. */
const CONNECTIONS_MAX = 4;
const UNHURT = 200;
const KEPT = 64;
const CHANNELS = [
  '',
  'rest',
  'rest:',
  'rest:depth',
  'rest:books',
  'rest:orderbook',
  'rest:trades',
  'x:y',
  '@',
  'rest:klines',
];

/** What is given to the reader instead of what came, and how much of it is spoiled. */
export class Torment {
  mutated = 0;
  private readonly random: SeededRandom;
  private readonly give: (item: QueuedItem) => void;
  /** The lists of what is traded come first, once, and are asked for again after an hour only: they stay whole. */
  private share = 0;
  private left = UNHURT;
  private held: Frame | undefined;
  /** Earlier frames, to come once more much later. */
  private readonly kept: Frame[] = [];
  private readonly connections: string[] = [];

  constructor(random: SeededRandom, give: (item: QueuedItem) => void) {
    this.random = random;
    this.give = give;
  }

  take(item: QueuedItem): void {
    const { random } = this;
    if (!isFrame(item)) {
      this.give(item);
      return;
    }
    this.left -= 1;
    if (this.left < 0) {
      this.share = random.pick(MOODS);
      this.left = random.integer(...MOOD_FRAMES);
    }
    this.know(item);
    const { held } = this;
    this.held = undefined;
    if (random.chance(this.share)) this.hurt(item);
    else this.give(item);
    if (held !== undefined) this.give({ ...held, receivedAt: item.receivedAt });
  }

  private know(frame: Frame): void {
    const { connection } = frame;
    if (connection !== undefined && !this.connections.includes(connection)) {
      this.connections.push(connection);
      if (this.connections.length > CONNECTIONS_MAX) this.forget(this.connections.shift() ?? '', frame);
    }
    if (this.kept.length < KEPT) this.kept.push(frame);
    else if (this.random.chance(0.02)) this.kept[this.random.integer(0, KEPT - 1)] = frame;
  }

  private forget(connection: string, { wire, receivedAt }: Frame): void {
    this.give({ wire, receivedAt, connection, change: 'closed', detail: 'long over' });
  }

  private hurt(frame: Frame): void {
    const { random } = this;
    this.mutated += 1;
    const chance = random.next();
    if (chance < 0.7) this.give(wounded(frame, random));
    else if (chance < 0.74) return;
    else if (chance < 0.79) {
      this.give(frame);
      this.give(frame);
    } else if (chance < 0.84) this.held = frame;
    else if (chance < 0.9) {
      this.give(this.misplaced(frame));
      this.give(frame);
    } else if (chance < 0.98) {
      const old = random.pick(this.kept);
      this.give({ ...(random.chance(0.5) ? wounded(old, random) : old), receivedAt: frame.receivedAt });
      this.give(frame);
    } else {
      this.give({
        wire: frame.wire,
        receivedAt: frame.receivedAt,
        connection: this.someConnection(),
        change: random.pick(['opened', 'lost', 'closed'] as const),
        detail: 'by chance',
      });
      this.give(frame);
    }
  }

  /** The text of one message under the name, on the connection or in the encoding of another. */
  private misplaced(frame: Frame): Frame {
    const { random } = this;
    const other = random.pick(this.kept);
    const { encoding: _, ...bare } = frame;
    return random.pick<Frame>([
      { ...frame, channel: random.pick(CHANNELS) },
      { ...frame, channel: other.channel },
      { ...frame, channel: frame.channel + 'z'.repeat(3_000) },
      { ...frame, connection: this.someConnection() },
      {
        ...frame,
        url: random.pick([
          '',
          'not a url',
          'https://x/?symbol=__proto__&limit=NaN',
          other.url ?? 'https://x/',
        ]),
      },
      { ...frame, raw: other.raw },
      { ...bare, ...(frame.encoding === undefined && { encoding: 'base64' as const }) },
    ]);
  }

  private someConnection(): string {
    return this.random.pick([...this.connections, POLL, '']);
  }
}
