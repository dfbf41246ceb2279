import type { Grid } from '../../../core/market/grid.ts';
import { epochMs } from '../../../core/time.ts';
import type { DepthEvent } from '../depth-events.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { type Grids, LevelList } from '../levels.ts';
import { isSane, type TouchEvent } from '../touch-memory.ts';
import type { TradeFacts } from '../trade-tape.ts';

export type HotKind = 'trade' | 'aggTrade' | 'depthUpdate' | 'bookTicker';

const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const OPEN = 91;
const CLOSE = 93;
/** Longest runs of digits read here; longer ones go the slow way. */
const DIGITS_MAX = 20;
/** Times outside are not in milliseconds: 2001-09-09 to 2286-11-20. */
const TIME_MIN = 1e12;
const TIME_MAX = 1e13;

/**
 * Reads the four frequent messages straight from the text, without building objects and without floating point: each must
 * match the venue's own layout to the letter. Whatever differs in the least is left to `schema.ts`, which accepts any
 * layout and words every complaint; so this class knows no errors, only "not mine".
 */
export class HotScanner {
  /** The symbol of the last message, and its instrument when it is followed. */
  symbol = '';
  found: FollowedInstrument | undefined;
  readonly depth: DepthEvent = {
    occurredAt: epochMs(0),
    firstId: 0,
    lastId: 0,
    bids: new LevelList(),
    asks: new LevelList(),
  };
  readonly touch: TouchEvent = { updateId: 0, bidTicks: 0, bidLots: 0, askTicks: 0, askLots: 0 };
  readonly trade: TradeFacts & { firstTradeId: number; lastTradeId: number } = {
    occurredAt: epochMs(0),
    firstTradeId: 0,
    lastTradeId: 0,
    trades: 1,
    ticks: 0,
    lots: 0,
    aggressor: 'buy',
    isAggregate: false,
  };

  private readonly find: (symbol: string) => FollowedInstrument | undefined;
  private text = '';
  private at = 0;

  constructor(find: (symbol: string) => FollowedInstrument | undefined) {
    this.find = find;
  }

  /** The kind of message, its content in the field of that name; without `found` its symbol is none of ours, and it was not read. */
  scan(raw: string, channel: string): HotKind | undefined {
    this.text = raw;
    this.at = 0;
    let tail = '}';
    if (this.take('{"stream":"')) {
      if (!this.take(channel) || !this.take('","data":{')) return undefined;
      tail = '}}';
    } else if (!this.take('{')) return undefined;
    const kind = this.kind();
    if (kind === undefined || !this.takeSymbol()) return undefined;
    this.found = this.find(this.symbol);
    if (this.found === undefined) return this.symbol.includes('\\') ? undefined : kind;
    if (!this.body(kind, this.found.grids)) return undefined;
    return this.take(tail) && this.at === raw.length ? kind : undefined;
  }

  /** Takes the message's head up to its symbol. */
  private kind(): HotKind | undefined {
    if (this.take('"u":')) {
      this.touch.updateId = this.takeInteger();
      return this.touch.updateId >= 0 ? 'bookTicker' : undefined;
    }
    if (this.take('"e":"depthUpdate","E":')) {
      const time = this.takeTime();
      this.depth.occurredAt = epochMs(time);
      return time >= 0 ? 'depthUpdate' : undefined;
    }
    if (this.take('"e":"trade","E":')) return this.takeTime() >= 0 ? 'trade' : undefined;
    if (this.take('"e":"aggTrade","E":')) return this.takeTime() >= 0 ? 'aggTrade' : undefined;
    return undefined;
  }

  private takeSymbol(): boolean {
    if (!this.take(',"s":"')) return false;
    const end = this.text.indexOf('"', this.at);
    if (end < 0) return false;
    this.symbol = this.text.slice(this.at, end);
    this.at = end + 1;
    return true;
  }

  private body(kind: HotKind, grids: Grids): boolean {
    switch (kind) {
      case 'depthUpdate':
        return this.depthBody(grids);
      case 'bookTicker':
        return this.touchBody(grids);
      case 'trade':
        return this.tradeBody(grids);
      case 'aggTrade':
        return this.aggregateBody(grids);
    }
  }

  private depthBody(grids: Grids): boolean {
    const { depth } = this;
    if (!this.take(',"U":')) return false;
    depth.firstId = this.takeInteger();
    if (!this.take(',"u":')) return false;
    depth.lastId = this.takeInteger();
    if (depth.firstId < 0 || depth.lastId < depth.firstId) return false;
    return (
      this.take(',"b":[') &&
      this.takeLevels(depth.bids, grids) &&
      this.take(',"a":[') &&
      this.takeLevels(depth.asks, grids)
    );
  }

  private touchBody(grids: Grids): boolean {
    const { touch } = this;
    if (!this.take(',"b":"')) return false;
    touch.bidTicks = this.takeSteps(grids.ticks);
    if (!this.take('","B":"')) return false;
    touch.bidLots = this.takeSteps(grids.lots);
    if (!this.take('","a":"')) return false;
    touch.askTicks = this.takeSteps(grids.ticks);
    if (!this.take('","A":"')) return false;
    touch.askLots = this.takeSteps(grids.lots);
    if (touch.bidTicks < 0 || touch.bidLots < 0 || touch.askTicks < 0 || touch.askLots < 0) return false;
    return this.take('"') && isSane(touch);
  }

  private tradeBody(grids: Grids): boolean {
    const { trade } = this;
    if (!this.take(',"t":')) return false;
    trade.firstTradeId = this.takeInteger();
    trade.lastTradeId = trade.firstTradeId;
    trade.trades = 1;
    trade.isAggregate = false;
    return trade.firstTradeId >= 0 && this.takePriceAndSize(grids) && this.tradeTail(',"T":');
  }

  private aggregateBody(grids: Grids): boolean {
    const { trade } = this;
    if (!this.take(',"a":') || this.takeInteger() < 0 || !this.takePriceAndSize(grids)) return false;
    if (!this.take(',"f":')) return false;
    trade.firstTradeId = this.takeInteger();
    if (!this.take(',"l":')) return false;
    trade.lastTradeId = this.takeInteger();
    if (trade.firstTradeId < 0 || trade.lastTradeId < trade.firstTradeId) return false;
    trade.trades = trade.lastTradeId - trade.firstTradeId + 1;
    trade.isAggregate = true;
    return this.tradeTail(',"T":');
  }

  private takePriceAndSize(grids: Grids): boolean {
    const { trade } = this;
    if (!this.take(',"p":"')) return false;
    trade.ticks = this.takeSteps(grids.ticks);
    if (!this.take('","q":"')) return false;
    trade.lots = this.takeSteps(grids.lots);
    return trade.ticks > 0 && trade.lots > 0 && this.take('"');
  }

  private tradeTail(timeKey: string): boolean {
    const { trade } = this;
    if (!this.take(timeKey)) return false;
    const time = this.takeTime();
    trade.occurredAt = epochMs(time);
    if (time < 0) return false;
    // `m`: the buyer was the maker, so the seller crossed the spread.
    if (this.take(',"m":true')) trade.aggressor = 'sell';
    else if (this.take(',"m":false')) trade.aggressor = 'buy';
    else return false;
    return this.take(',"M":true') || this.take(',"M":false');
  }

  private take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  private takeTime(): number {
    const time = this.takeInteger();
    return time >= TIME_MIN && time < TIME_MAX ? time : -1;
  }

  /** An unsigned JSON integer below 2^53, or -1. */
  private takeInteger(): number {
    const { text } = this;
    const from = this.at;
    let i = from;
    let value = 0;
    let code = text.charCodeAt(i);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      i += 1;
      code = text.charCodeAt(i);
    }
    this.at = i;
    const length = i - from;
    if (length === 0 || length > DIGITS_MAX || (length > 1 && text.charCodeAt(from) === ZERO)) return -1;
    return value <= Number.MAX_SAFE_INTEGER ? value : -1;
  }

  /** Steps of a decimal text, or -1. The place after it is the closing quote. */
  private takeSteps(grid: Grid): number {
    const { text } = this;
    const from = this.at;
    let i = from;
    let value = 0;
    let code = text.charCodeAt(i);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      i += 1;
      code = text.charCodeAt(i);
    }
    if (i === from || i - from > DIGITS_MAX) return -1;
    let places = grid.decimals;
    if (code === DOT) {
      i += 1;
      const fraction = i;
      code = text.charCodeAt(i);
      while (code >= ZERO && code <= NINE) {
        if (places > 0) {
          value = value * 10 + (code - ZERO);
          places -= 1;
        } else if (code !== ZERO) return -1;
        i += 1;
        code = text.charCodeAt(i);
      }
      if (i === fraction || i - fraction > DIGITS_MAX) return -1;
    }
    for (; places > 0; places -= 1) value *= 10;
    this.at = i;
    // Beyond 2^53 the sum above may have been rounded, but never back below it.
    if (value > Number.MAX_SAFE_INTEGER) return -1;
    if (grid.divisor === 1) return value;
    return value % grid.divisor === 0 ? value / grid.divisor : -1;
  }

  /** Takes `["price","quantity"],...]` with its closing bracket. */
  private takeLevels(into: LevelList, grids: Grids): boolean {
    const { text } = this;
    into.length = 0;
    if (text.charCodeAt(this.at) === CLOSE) {
      this.at += 1;
      return true;
    }
    for (;;) {
      if (text.charCodeAt(this.at) !== OPEN || text.charCodeAt(this.at + 1) !== QUOTE) return false;
      this.at += 2;
      const ticks = this.takeSteps(grids.ticks);
      if (ticks <= 0 || text.charCodeAt(this.at) !== QUOTE || text.charCodeAt(this.at + 1) !== COMMA)
        return false;
      if (text.charCodeAt(this.at + 2) !== QUOTE) return false;
      this.at += 3;
      const lots = this.takeSteps(grids.lots);
      if (lots < 0 || text.charCodeAt(this.at) !== QUOTE || text.charCodeAt(this.at + 1) !== CLOSE)
        return false;
      into.push(ticks, lots);
      const next = text.charCodeAt(this.at + 2);
      this.at += 3;
      if (next === CLOSE) return true;
      if (next !== COMMA) return false;
    }
  }
}
