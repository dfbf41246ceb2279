import type { FollowedInstrument } from '../followed-instrument.ts';
import { type Frame, POLL } from '../frame-source.ts';
import { short } from '../json-fields.ts';
import { LevelList } from '../levels.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { toAnsweredDeals } from './deals.ts';
import { BadMessage } from './fields.ts';
import type { Losses } from './losses.ts';
import { type PictureEvent, readDepthAnswer } from './mapper.ts';
import type { MexcMessage } from './message.ts';
import { toInstrument } from './rules.ts';
import type { SymbolBooks } from './symbol-books.ts';
import type { TradeTeller } from './trade-teller.ts';

type Depth = Extract<MexcMessage, { kind: 'depth' }>;
type Trades = Extract<MexcMessage, { kind: 'trades' }>;
type ExchangeInfo = Extract<MexcMessage, { kind: 'exchangeInfo' }>;

/** What a connection's reader is made of. */
export interface Parts {
  readonly desk: ConnectionDesk;
  readonly books: SymbolBooks;
  readonly teller: TradeTeller;
  readonly losses: Losses;
}

/** Reads REST answers: rules, pictures and last trades. */
export class AnswerPart {
  private readonly parts: Parts;
  private readonly isPolled: boolean;
  /** Symbols whose trades were polled before: from then on an answer's new trades are news. */
  private readonly polled = new Set<FollowedInstrument>();
  /** Filled anew by each answer. */
  private readonly picture: PictureEvent = {
    occurredAt: null,
    lastId: 0,
    limit: undefined,
    bids: new LevelList(),
    asks: new LevelList(),
  };

  constructor(parts: Parts) {
    this.parts = parts;
    this.isPolled = parts.desk.connection === POLL;
  }

  readRules({ symbols }: ExchangeInfo, frame: Frame): void {
    const { desk } = this.parts;
    desk.count('exchangeInfo');
    // An answer about symbols that were named says nothing of others.
    if (!/[?&]symbols?=/.test(frame.url ?? '')) desk.sawListed(symbols.map(({ symbol }) => symbol));
    for (const wire of symbols)
      if (desk.isFollowed(wire.symbol)) desk.takeRules(wire.symbol, toInstrument(wire));
  }

  read(message: Depth | Trades, frame: Frame): void {
    const { desk, losses } = this.parts;
    const { kind, symbol } = message;
    if (symbol === '') {
      desk.countMalformed(`${short(frame.channel)}: the request of a ${kind} answer names no symbol`);
      return;
    }
    const followed = desk.find(symbol);
    if (followed === undefined) {
      desk.countUnfollowed(kind);
      return;
    }
    desk.count(kind, followed);
    const bad =
      kind === 'depth' ? this.useDepth(message, followed, frame) : this.useTrades(message, followed);
    if (bad !== undefined) losses.refuseAnswer(kind, followed, `${symbol} ${kind} ${bad.detail}`);
  }

  forget(followed: FollowedInstrument): void {
    this.polled.delete(followed);
  }

  private useDepth(
    { answer, limit }: Depth,
    followed: FollowedInstrument,
    { receivedAt }: Frame,
  ): BadMessage | undefined {
    const bad = readDepthAnswer(this.picture, answer, limit, followed.grids);
    if (bad === undefined) this.parts.books.of(followed).onSnapshot(this.picture, receivedAt);
    return bad;
  }

  /** Answers repeat the last trades: the first one is history, as is any beside a stream; of later ones the new trades are news. */
  private useTrades({ answer, limit }: Trades, followed: FollowedInstrument): BadMessage | undefined {
    const { desk, teller } = this.parts;
    const deals = toAnsweredDeals(answer, followed.grids);
    if (deals instanceof BadMessage) return deals;
    const isNews = this.isPolled && this.polled.has(followed);
    if (this.isPolled) this.polled.add(followed);
    const fresh = teller.tell(followed, deals, isNews);
    if (isNews && fresh === deals.length && deals.length >= limit)
      desk.tradesLost(followed, 'gap', `all ${limit} trades of an answer were new: there were more`);
    return undefined;
  }
}
