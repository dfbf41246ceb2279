import type { Side } from '../../../core/market/window.ts';
import { signedSteps, stepsOf, WHY_NO_STEPS } from '../decimal-steps.ts';
import { short, Unreadable } from '../json-fields.ts';
import { contractFault, type Grids, LevelList, tooManyLevels } from '../levels.ts';
import type { TradeFacts } from '../trade-tape.ts';
import type { Change } from './book.ts';
import type { Picture } from './rest-witness.ts';
import type { WireDelta, WireLevels, WireTicker, WireTrade } from './schema.ts';
import { timeOfEvent } from './times.ts';

/** How a market's prices are counted, and told. */
export interface Scale {
  readonly grids: Grids;
  /** Ticks of one dollar. */
  readonly dollar: number;
  /** The no side is told in yes prices, as the subscription asked for it. */
  readonly usesYesPrice: boolean;
}

/** Both sides as they are told, into bids and asks of the yes side. */
export function toPicture(
  yes: { readonly field: string; readonly levels: WireLevels },
  no: { readonly field: string; readonly levels: WireLevels },
  scale: Scale,
): Picture | Unreadable {
  const bids = toLevels(yes.field, yes.levels, scale, true);
  if (bids instanceof Unreadable) return bids;
  const asks = toLevels(no.field, no.levels, scale, scale.usesYesPrice);
  return asks instanceof Unreadable ? asks : { bids, asks };
}

export function toChange({ seq, msg }: WireDelta, scale: Scale): Change | Unreadable {
  const ticks = toTicks('price_dollars', msg.price_dollars, scale);
  if (ticks instanceof Unreadable) return ticks;
  const lots = signedSteps(msg.delta_fp, scale.grids.lots);
  if (typeof lots === 'string') return refused('delta_fp', msg.delta_fp, WHY_NO_STEPS[lots]);
  const occurredAt = timeOfEvent(msg);
  return msg.side === 'yes'
    ? { side: 'bids', ticks, lots, seq, occurredAt }
    : { side: 'asks', ticks: scale.usesYesPrice ? ticks : scale.dollar - ticks, lots, seq, occurredAt };
}

/** The taker's own side: a bid bought yes, an ask sold it or, which is the same, bought no. */
export function toTrade(msg: WireTrade['msg'], scale: Scale): TradeFacts | Unreadable {
  const ticks = toTicks('yes_price_dollars', msg.yes_price_dollars, scale);
  if (ticks instanceof Unreadable) return ticks;
  const lots = stepsOf(msg.count_fp, scale.grids.lots);
  if (typeof lots === 'string') return refused('count_fp', msg.count_fp, WHY_NO_STEPS[lots]);
  if (lots === 0) return refused('count_fp', msg.count_fp, 'must be above zero');
  const aggressor = aggressorOf(msg);
  if (aggressor === undefined)
    return refused(
      'taker_book_side',
      msg.taker_book_side ?? msg.taker_side ?? '',
      'not bid or ask, yes or no',
    );
  const occurredAt = timeOfEvent(msg);
  if (occurredAt === null) return refused('ts_ms', String(msg.ts_ms ?? msg.ts ?? ''), 'not a time');
  const id = msg.trade_id.slice(0, ID_MAX);
  return {
    occurredAt,
    firstTradeId: id,
    lastTradeId: id,
    trades: 1,
    ticks,
    lots,
    aggressor,
    isAggregate: false,
  };
}

/** Best prices of both sides; 0 and 1 dollar where a side is empty. */
export function toTouch(
  { msg }: WireTicker,
  { grids }: Scale,
): { bidTicks: number; askTicks: number } | Unreadable {
  const bidTicks = stepsOf(msg.yes_bid_dollars, grids.ticks);
  if (typeof bidTicks === 'string')
    return refused('yes_bid_dollars', msg.yes_bid_dollars, WHY_NO_STEPS[bidTicks]);
  const askTicks = stepsOf(msg.yes_ask_dollars, grids.ticks);
  if (typeof askTicks === 'string')
    return refused('yes_ask_dollars', msg.yes_ask_dollars, WHY_NO_STEPS[askTicks]);
  return { bidTicks, askTicks };
}

/** Ids are texts of 36 characters; a longer one must not fill the memory of trades. */
const ID_MAX = 64;

function aggressorOf(msg: WireTrade['msg']): Side | undefined {
  switch (msg.taker_book_side ?? msg.taker_outcome_side ?? msg.taker_side) {
    case 'bid':
    case 'yes':
      return 'buy';
    case 'ask':
    case 'no':
      return 'sell';
    default:
      return undefined;
  }
}

function toLevels(
  field: string,
  wire: WireLevels,
  scale: Scale,
  isYesPrice: boolean,
): LevelList | Unreadable {
  const tooMany = tooManyLevels(wire.length);
  if (tooMany !== undefined) return new Unreadable(`${field}: ${tooMany}`);
  const levels = new LevelList();
  for (const [n, [price, size]] of wire.entries()) {
    const ticks = toTicks(`${field}.${n}.0`, price, scale);
    if (ticks instanceof Unreadable) return ticks;
    const lots = stepsOf(size, scale.grids.lots);
    if (typeof lots === 'string') return refused(`${field}.${n}.1`, size, WHY_NO_STEPS[lots]);
    levels.push(isYesPrice ? ticks : scale.dollar - ticks, lots);
  }
  const fault = contractFault(levels);
  return fault === undefined ? levels : new Unreadable(`${field}: ${fault}`);
}

/** A price that can rest: above nothing and below a dollar. */
function toTicks(field: string, text: string, { grids, dollar }: Scale): number | Unreadable {
  const ticks = stepsOf(text, grids.ticks);
  if (typeof ticks === 'string') return refused(field, text, WHY_NO_STEPS[ticks]);
  return ticks > 0 && ticks < dollar ? ticks : refused(field, text, 'must be between 0 and 1 dollar');
}

const refused = (field: string, text: string, why: string): Unreadable =>
  new Unreadable(`${field}: ${why}, '${short(text)}'`);
