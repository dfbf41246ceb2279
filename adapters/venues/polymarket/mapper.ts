import { ONE } from '../../../core/amounts.ts';
import type { Grid } from '../../../core/market/grid.ts';
import type { SideName } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import { WHY_NO_STEPS } from '../decimal-steps.ts';
import { short, Unreadable } from '../json-fields.ts';
import { contractFault, type Grids, LevelList, tooManyLevels } from '../levels.ts';
import type { TradeFacts } from '../trade-tape.ts';
import { orderOf } from '../wire-times.ts';
import type { WireBest, WireBook, WireChange, WireLevel, WireTrade } from './schema.ts';
import { stepsOf } from './steps.ts';
import { timeOfStamp } from './times.ts';

/** A level as it stands in a book, and as the venue wrote it: book hashes are made of the texts. */
export interface LevelChange {
  readonly side: SideName;
  readonly ticks: number;
  /** 0 removes the level. */
  readonly lots: number;
  readonly text: string;
}

/** Price levels of one side with their texts, in whatever order they came. */
export interface SideLevels {
  readonly levels: LevelList;
  readonly texts: readonly string[];
}

/** What marks one state of a token's book: the fields that its hash is made of beside the levels. */
export interface BookMark {
  readonly market: string;
  readonly stamp: string;
  /** What the venue wrote, whatever it is worth. */
  readonly occurredAt: EpochMs | null;
  /** Its place among other messages; null where the stamp cannot tell it. */
  readonly at: EpochMs | null;
  /** The venue's hash of the whole book; empty where it sent none. */
  readonly hash: string;
}

/** A whole book. */
export interface Picture {
  readonly mark: BookMark;
  readonly bids: SideLevels;
  readonly asks: SideLevels;
  /** The market's newest print on either token: of use for the hash, never a price of this token. */
  readonly lastPrice: string | undefined;
}

/** Best prices as the venue has them after a change, in ticks; 0 is an empty side, undefined is not said. */
export interface Best {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
}

export function toPicture(wire: WireBook, grids: Grids, receivedAt: EpochMs): Picture | Unreadable {
  const bids = toSide('bids', wire.bids, grids);
  if (bids instanceof Unreadable) return bids;
  const asks = toSide('asks', wire.asks, grids);
  if (asks instanceof Unreadable) return asks;
  return { mark: toMark(wire, receivedAt), bids, asks, lastPrice: wire.last_trade_price || undefined };
}

export function toMark(
  wire: Pick<WireBook, 'market' | 'timestamp' | 'hash'>,
  receivedAt: EpochMs,
  hash: string | null | undefined = wire.hash,
): BookMark {
  const { market, timestamp } = wire;
  const occurredAt = timeOfStamp(timestamp);
  return {
    market,
    stamp: timestamp ?? '',
    occurredAt,
    at: orderOf(occurredAt, receivedAt),
    hash: hash ?? '',
  };
}

/** One entry of a `price_change`: its size is the whole new size of the level. */
export function toChange(wire: WireChange, grids: Grids): LevelChange | Unreadable {
  const side = toBookSide(wire.side);
  if (side === undefined) return refused('side', wire.side, 'neither BUY nor SELL');
  const ticks = toPrice('price', wire.price, grids.ticks);
  if (ticks instanceof Unreadable) return ticks;
  const lots = toSize('size', wire.size, grids.lots);
  return lots instanceof Unreadable ? lots : { side, ticks, lots, text: textOf(wire) };
}

export function toBest(wire: Pick<WireBest, 'best_bid' | 'best_ask'>, grid: Grid): Best | Unreadable {
  const bid = toBestPrice('best_bid', wire.best_bid, grid, 0);
  if (bid instanceof Unreadable) return bid;
  const ask = toBestPrice('best_ask', wire.best_ask, grid, dollarOf(grid));
  return ask instanceof Unreadable ? ask : { bid, ask };
}

/** The venue gives prints no id, so that one is known by what it says. */
export function toTrade(wire: WireTrade, grids: Grids): TradeFacts | Unreadable {
  const side = toBookSide(wire.side);
  if (side === undefined) return refused('side', wire.side, 'neither BUY nor SELL');
  const ticks = toPrice('price', wire.price, grids.ticks);
  if (ticks instanceof Unreadable) return ticks;
  const lots = toSize('size', wire.size, grids.lots);
  if (lots instanceof Unreadable) return lots;
  if (lots === 0) return refused('size', wire.size, 'not above 0');
  const occurredAt = timeOfStamp(wire.timestamp);
  if (occurredAt === null) return refused('timestamp', wire.timestamp, 'not in milliseconds');
  // Joined, it is one string; a template would keep each of its pieces for as long as the trade is remembered.
  const id = [wire.timestamp, side === 'bids' ? 'BUY' : 'SELL', wire.size, '@', wire.price].join(' ');
  return {
    occurredAt,
    firstTradeId: id,
    lastTradeId: id,
    trades: 1,
    ticks,
    lots,
    aggressor: side === 'bids' ? 'buy' : 'sell',
    isAggregate: false,
  };
}

/** Ticks of one dollar, which is what all outcomes of a market pay together. */
export const dollarOf = (grid: Grid): number => Number(ONE / grid.step);

function toSide(field: SideName, wire: readonly WireLevel[], grids: Grids): SideLevels | Unreadable {
  const tooMany = tooManyLevels(wire.length);
  if (tooMany !== undefined) return new Unreadable(`${field}: ${tooMany}`);
  const levels = new LevelList();
  const texts: string[] = [];
  for (const [n, level] of wire.entries()) {
    const ticks = toPrice('price', level.price, grids.ticks);
    if (ticks instanceof Unreadable) return new Unreadable(`${field}.${n}.${ticks.detail}`);
    const lots = toSize('size', level.size, grids.lots);
    if (lots instanceof Unreadable) return new Unreadable(`${field}.${n}.${lots.detail}`);
    levels.push(ticks, lots);
    texts.push(textOf(level));
  }
  const fault = contractFault(levels);
  return fault === undefined ? { levels, texts } : new Unreadable(`${field}: ${fault}`);
}

/** Numbers that were read as plain decimals: nothing in them has to be escaped. */
const textOf = ({ price, size }: WireLevel): string => `{"price":"${price}","size":"${size}"}`;

function toBookSide(side: string): SideName | undefined {
  if (side === 'BUY' || side === 'buy') return 'bids';
  return side === 'SELL' || side === 'sell' ? 'asks' : undefined;
}

function toPrice(field: string, text: string, grid: Grid): number | Unreadable {
  const ticks = stepsOf(text, grid);
  if (typeof ticks === 'string') return refused(field, text, WHY_NO_STEPS[ticks]);
  return ticks > 0 && ticks < dollarOf(grid) ? ticks : refused(field, text, 'not between 0 and 1');
}

function toSize(field: string, text: string, grid: Grid): number | Unreadable {
  const lots = stepsOf(text, grid);
  return typeof lots === 'string' ? refused(field, text, WHY_NO_STEPS[lots]) : lots;
}

/** An empty side is told as the price that nobody can have: 0 for bids, 1 for asks. */
function toBestPrice(
  field: string,
  text: string | null | undefined,
  grid: Grid,
  none: number,
): number | undefined | Unreadable {
  if (text === undefined || text === null || text === '') return undefined;
  const ticks = stepsOf(text, grid);
  return ticks === none ? 0 : toPrice(field, text, grid);
}

const refused = (field: string, text: string, why: string): Unreadable =>
  new Unreadable(`${field}: ${why}, '${short(text)}'`);
