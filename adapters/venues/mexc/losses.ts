import type { FollowedInstrument } from '../followed-instrument.ts';
import { type Frame, POLL } from '../frame-source.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { type Channel, parseChannel } from './channels.ts';
import { askedSymbol } from './message.ts';
import type { WirePush } from './schema.ts';
import type { SymbolBooks } from './symbol-books.ts';

/** What a message was meant to change, as far as a broken one still shows. */
type Topic = 'book' | 'trades' | 'other';

/** Says what is doubtful when a message cannot be used. */
export class Losses {
  private readonly desk: ConnectionDesk;
  private readonly books: SymbolBooks;

  constructor(desk: ConnectionDesk, books: SymbolBooks) {
    this.desk = desk;
    this.books = books;
  }

  /** Counts a malformed message. What it may have carried is lost to every symbol that it, or its channel, names. */
  putAside(detail: string, frame: Frame, push: WirePush | undefined): void {
    this.desk.countMalformed(detail);
    const channels = [frame.channel, push?.channel ?? frame.channel].map(parseChannel);
    const topics = new Set(channels.map((channel) => this.topicOfChannel(channel)));
    const symbols = new Set([
      ...channels.map(({ symbol }) => symbol),
      push?.symbol ?? '',
      askedSymbol(frame),
    ]);
    for (const symbol of symbols) {
      const followed = symbol === '' ? undefined : this.desk.find(symbol);
      if (followed !== undefined) for (const topic of topics) this.lose(topic, followed, detail);
    }
  }

  /** A message, counted already, of a body that the instrument's rules forbid. */
  refusePush(body: string, followed: FollowedInstrument, detail: string): void {
    this.desk.note({ kind: 'refused', detail });
    this.lose(topicOf(body), followed, detail);
  }

  /** The same of a REST answer. */
  refuseAnswer(endpoint: string, followed: FollowedInstrument, detail: string): void {
    this.desk.note({ kind: 'refused', detail });
    this.lose(this.topicOfAnswer(endpoint), followed, detail);
  }

  private topicOfChannel({ name }: Channel): Topic {
    return name.startsWith('rest') ? this.topicOfAnswer(name) : topicOf(name);
  }

  /** Polled answers are the market; one that was asked for beside a stream leaves what the stream brings as it is. */
  private topicOfAnswer(name: string): Topic {
    return this.desk.connection === POLL ? topicOf(name) : 'other';
  }

  private lose(topic: Topic, followed: FollowedInstrument, detail: string): void {
    if (topic === 'book') {
      this.books.of(followed).refuse(detail);
      return;
    }
    followed.counts.refused += 1;
    if (topic === 'trades') this.desk.tradesLost(followed, 'refused', detail);
    else this.desk.fault(followed, 'refused', detail);
  }
}

/** By the name of a body, a channel or an endpoint. */
const topicOf = (name: string): Topic =>
  /depth/i.test(name) ? 'book' : /deals|trades/i.test(name) ? 'trades' : 'other';
