import type { DepthEvent } from '../depth-events.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { short } from '../json-fields.ts';
import { LevelList } from '../levels.ts';
import type { TouchEvent } from '../touch-memory.ts';
import type { Parts } from './answer-part.ts';
import { ChannelMemory } from './channels.ts';
import { toDeals } from './deals.ts';
import { BadMessage } from './fields.ts';
import { type PictureEvent, readDepth, readPicture, readTouch, timeOf } from './mapper.ts';
import type { MexcMessage } from './message.ts';
import type { WireBestPrices } from './schema.ts';

type Push = Extract<MexcMessage, { kind: 'push' }>;
/** A message with what its channel and symbol stand for. */
interface Read extends Push {
  readonly frame: Frame;
  readonly followed: FollowedInstrument;
  /** Levels per side of a channel of pictures. */
  readonly levels: number | undefined;
}
/** Applies what was read of a message; called when nothing is wrong with it. */
type Effect = () => void;

/** Reads the stream's messages. */
export class PushPart {
  private readonly parts: Parts;
  private readonly channels = new ChannelMemory();
  /** Filled anew by each message. */
  private readonly depth: DepthEvent = {
    occurredAt: null,
    firstId: 0,
    lastId: 0,
    bids: new LevelList(),
    asks: new LevelList(),
  };
  private readonly picture: PictureEvent = {
    occurredAt: null,
    lastId: 0,
    limit: undefined,
    bids: new LevelList(),
    asks: new LevelList(),
  };
  private readonly best: TouchEvent = { updateId: 0, bidTicks: 0, bidLots: 0, askTicks: 0, askLots: 0 };

  constructor(parts: Parts) {
    this.parts = parts;
  }

  read({ body, push }: Push, frame: Frame): void {
    const { desk, losses } = this.parts;
    const channel = this.channels.of(push.channel);
    const symbol = push.symbol === '' ? channel.symbol : push.symbol;
    if (channel.symbol !== '' && channel.symbol !== symbol) {
      losses.putAside(`symbol: '${short(symbol)}' on channel '${short(push.channel)}'`, frame, push);
      return;
    }
    if (symbol === '') {
      // The list of all symbols' tickers is about none of them.
      if (body === 'publicMiniTickers') desk.count(body);
      else losses.putAside(`${body} symbol: missing`, frame, push);
      return;
    }
    const followed = desk.find(symbol);
    if (followed === undefined) desk.countUnfollowed(body);
    else this.readBody({ kind: 'push', body, push, frame, followed, levels: channel.levels });
  }

  private readBody(read: Read): void {
    const { body, push, frame, followed } = read;
    const { desk, losses } = this.parts;
    const effect = this.effectOf(read);
    if (!(effect instanceof BadMessage)) {
      desk.count(body, followed);
      effect();
      return;
    }
    const detail = `${followed.instrument.symbol} ${body} ${effect.detail}`;
    if (effect.kind === 'malformed') losses.putAside(detail, frame, push);
    else {
      desk.count(body, followed);
      losses.refusePush(body, followed, detail);
    }
  }

  /** Reads a body; nothing is changed before its effect is called. */
  private effectOf({ push, frame, followed, levels }: Read): Effect | BadMessage {
    const { books, teller } = this.parts;
    const { depth, picture } = this;
    const { grids } = followed;
    const occurredAt = timeOf(push);
    if (occurredAt instanceof BadMessage) return occurredAt;
    if (push.publicAggreDepths) {
      const bad = readDepth(depth, push.publicAggreDepths, occurredAt, grids);
      return bad ?? (() => books.of(followed).onDiff(depth, frame.receivedAt));
    }
    if (push.publicLimitDepths) {
      const bad = readPicture(picture, push.publicLimitDepths, occurredAt, levels, grids);
      return bad ?? (() => books.of(followed).onPicture(picture, frame.receivedAt));
    }
    const traded = push.publicAggreDeals ?? push.publicDeals;
    if (traded) {
      const deals = toDeals(traded, grids);
      return deals instanceof BadMessage ? deals : () => teller.tell(followed, deals, true);
    }
    const ticker = push.publicAggreBookTicker;
    if (ticker) return this.touchOf(ticker, ticker.version, followed);
    const batch = push.publicBookTickerBatch;
    // The version is that of the last of the batch.
    const last = batch?.items.at(-1);
    return batch && last ? this.touchOf(last, batch.version, followed) : nothing;
  }

  private touchOf(wire: WireBestPrices, version: string, followed: FollowedInstrument): Effect | BadMessage {
    const { best } = this;
    const read = readTouch(best, wire, version, followed.grids);
    if (read instanceof BadMessage) return read;
    return read ? () => this.tellTouch(followed, best) : nothing;
  }

  private tellTouch(followed: FollowedInstrument, best: TouchEvent): void {
    const { desk, books } = this.parts;
    if (books.of(followed).onTouch(best)) desk.touch(followed, best.bidTicks, best.askTicks);
  }
}

const nothing: Effect = () => undefined;
