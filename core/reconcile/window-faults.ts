import type { Quantity } from '../amounts.ts';
import { formatUnits, min } from '../amounts.ts';
import type { InstrumentWindow, MarketWindow, Print } from '../market/window.ts';
import { instrumentOf, isClean } from '../market/window.ts';
import type { FillEvidence } from '../paper/fill.ts';
import type { MakerEvidence } from '../paper/queue.ts';
import { drainQueue, printsFor, shownAt } from '../paper/queue.ts';
import type { TakerEvidence } from '../paper/taker.ts';
import { isMarketable } from '../paper/taker.ts';
import type { EpochMs } from '../time.ts';

/**
 * What of a fill's evidence the published windows contradict, in words: a taker met exactly the levels within its limit,
 * a maker exactly the prints at its price or through it, and the queue before it follows from the windows since it joined.
 */
export function windowFaults(
  evidence: FillEvidence,
  window: MarketWindow,
  windowAt: (at: EpochMs) => MarketWindow | null,
): readonly string[] {
  const { market, instrumentId } = evidence;
  const shown = instrumentOf(window, instrumentId);
  if (!shown || !isClean(shown)) return [`the window has no live, clean book of ${instrumentId}`];
  switch (market.kind) {
    case 'taker':
      return levelFaults(market, shown);
    case 'maker':
      return [...printFaults(market, shown), ...queueFaults(evidence, market, window, windowAt)];
  }
}

function levelFaults({ side, limitPrice, levels }: TakerEvidence, shown: InstrumentWindow): string[] {
  const published = (side === 'buy' ? shown.asks : shown.bids)
    .filter((level) => isMarketable(side, limitPrice, level.price))
    .map((level) => `${formatUnits(level.quantity)} @ ${formatUnits(level.price)}`);
  const met = levels.map((level) => `${formatUnits(level.shown)} @ ${formatUnits(level.price)}`);
  return difference('the levels within the limit', published, met);
}

function printFaults({ side, price, prints, touch }: MakerEvidence, shown: InstrumentWindow): string[] {
  const words = (print: Print): string =>
    `${formatUnits(print.quantity)} @ ${formatUnits(print.price)} by ${print.trades} ${print.aggressor} trades ${print.firstTradeId} to ${print.lastTradeId}`;
  const published = printsFor(shown.prints, side, price).map(words);
  const extreme = side === 'buy' ? shown.lowestAsk : shown.highestBid;
  return [
    ...difference('the prints', published, prints.map(words)),
    ...difference('the touch', [amount(extreme)], [amount(touch)]),
  ];
}

/** The queue is followed where every window since the join is still there. */
function queueFaults(
  { joinedAt, instrumentId }: FillEvidence,
  market: MakerEvidence,
  window: MarketWindow,
  windowAt: (at: EpochMs) => MarketWindow | null,
): string[] {
  if (joinedAt === null)
    return market.queueAtJoin === null && market.queueBefore === null
      ? []
      : ['it never joined and has a queue ahead'];
  const joinedIn = windowAt(joinedAt);
  const joined = joinedIn && instrumentOf(joinedIn, instrumentId);
  if (!joined) return [];
  const faults = difference(
    'the queue at the join',
    [amount(shownAt(joined, ownSide(market), market.price))],
    [amount(market.queueAtJoin)],
  );
  const before = queueBefore(joinedAt, instrumentId, market, window, windowAt);
  return before === undefined
    ? faults
    : [
        ...faults,
        ...difference('the queue before the window', [amount(before)], [amount(market.queueBefore)]),
      ];
}

const ownSide = ({ side }: MakerEvidence): 'bid' | 'ask' => (side === 'buy' ? 'bid' : 'ask');

/** The queue at the join after the prints and pictures of the windows up to this one; undefined when one is not there. */
function queueBefore(
  joinedAt: EpochMs,
  instrumentId: FillEvidence['instrumentId'],
  market: MakerEvidence,
  window: MarketWindow,
  windowAt: (at: EpochMs) => MarketWindow | null,
): Quantity | null | undefined {
  const between: InstrumentWindow[] = [];
  for (let at = window.previousClosedAt; at !== joinedAt; ) {
    const one = at === null || at < joinedAt ? null : windowAt(at);
    const shown = one && instrumentOf(one, instrumentId);
    if (!shown) return undefined;
    between.unshift(shown);
    at = one.previousClosedAt;
  }
  let queue = market.queueAtJoin;
  for (const shown of between) {
    const prints = printsFor(shown.prints, market.side, market.price);
    const drained = drainQueue({ ...market, queueBefore: queue, prints }).queueAhead;
    const displayed = shownAt(shown, ownSide(market), market.price);
    queue = drained === null || displayed === null ? (drained ?? displayed) : min(drained, displayed);
  }
  return queue;
}

const amount = (value: bigint | null): string => (value === null ? 'unknown' : formatUnits(value));

function difference(what: string, published: readonly string[], stored: readonly string[]): string[] {
  if (published.length === stored.length && published.every((one, i) => one === stored[i])) return [];
  const list = (all: readonly string[]): string => all.join(', ') || 'none';
  return [`${what}: published ${list(published)}, in the evidence ${list(stored)}`];
}
