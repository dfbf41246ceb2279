import { type EpochMs, isoTime, SECOND_MS } from '../../core/time.ts';
import { type PolymarketMarket, payoutsOf } from './polymarket-market.ts';
import type { PolymarketPlan } from './polymarket-plans.ts';

/** A market as the catalogue describes it: lists inside of it are texts of JSON. */
export function gammaMarket(market: PolymarketMarket): object {
  const { plan, phase, market: sim, book } = market;
  const isClosed = phase === 'resolved';
  const { bid, ask } = book.best(0);
  const volume = (market.volumeLots / 100) * 0.5;
  return {
    id: plan.id,
    question: plan.question,
    conditionId: plan.condition,
    slug: plan.slug,
    version: 'v1',
    resolutionSource: plan.source,
    startDate: isoTime(plan.createdAt),
    endDate: wholeSeconds(market.endsAt),
    endDateIso: isoTime(market.endsAt).slice(0, 10),
    ...(plan.startsAt !== null && { eventStartTime: wholeSeconds(plan.startsAt) }),
    ...(plan.gameStartsAt !== null && {
      gameStartTime: wholeSeconds(plan.gameStartsAt).replace('T', ' ').replace('Z', '+00'),
      sportsMarketType: 'moneyline',
      clearBookOnStart: true,
    }),
    outcomes: JSON.stringify(plan.outcomes),
    outcomePrices: JSON.stringify(isClosed ? payoutsOf(plan) : middleOf(market)),
    clobTokenIds: JSON.stringify(plan.tokens),
    positionIds: null,
    active: true,
    closed: isClosed,
    archived: false,
    acceptingOrders: phase === 'open' && sim.isOpen,
    enableOrderBook: true,
    negRisk: plan.negRisk,
    orderPriceMinTickSize: Number(market.tickSize),
    orderMinSize: 5,
    feesEnabled: true,
    feeType: plan.feeType,
    feeSchedule: { rate: plan.feeRate, exponent: 1, takerOnly: true, rebateRate: 0.2 },
    makerBaseFee: 1000,
    takerBaseFee: 1000,
    secondsDelay: 0,
    volume: volume.toFixed(2),
    volume24hr: volume,
    bestBid: Number(bid),
    bestAsk: Number(ask),
    umaResolutionStatuses: isClosed ? '["resolved"]' : '[]',
    ...(isClosed && {
      umaResolutionStatus: 'resolved',
      closedTime: wholeSeconds(market.resolvedAt ?? market.endsAt),
    }),
    events: [eventOf(plan)],
  };
}

/** An event with its markets. */
export function gammaEvent(markets: readonly PolymarketMarket[]): object {
  const [first] = markets;
  if (first === undefined) return {};
  return {
    ...eventOf(first.plan),
    active: true,
    closed: markets.every(({ phase }) => phase === 'resolved'),
    negRisk: first.plan.negRisk,
    markets: markets.map((market) => {
      const { events: _, ...bare } = gammaMarket(market) as { readonly events: unknown };
      return bare;
    }),
  };
}

function eventOf({ event, series, endsAt }: PolymarketPlan): object {
  return {
    ...event,
    ticker: event.slug,
    endDate: wholeSeconds(endsAt),
    ...(series !== null && { seriesSlug: series.slug, series: [series] }),
  };
}

/** A row of the list of resolutions; payouts are in millionths, in the order of the outcomes. */
export function resolutionRow({ plan, phase, resolvedAt }: PolymarketMarket): object {
  const isResolved = phase === 'resolved' && resolvedAt !== undefined;
  return {
    condition_id: plan.condition,
    event_id: plan.event.id,
    status: isResolved ? 'resolved' : 'unresolved',
    payouts: isResolved ? payoutsOf(plan).map((one) => Number(one) * 1_000_000) : null,
    was_disputed: false,
    resolved_at: isResolved ? wholeSeconds(resolvedAt) : null,
  };
}

/** A row of the list of tokens. */
export function tokenRow({ plan, phase }: PolymarketMarket, index: 0 | 1): object {
  const isResolved = phase === 'resolved';
  return {
    token_id: plan.tokens[index],
    condition_id: plan.condition,
    outcome: plan.outcomes[index],
    resolved: isResolved,
    final_price: isResolved ? Number(payoutsOf(plan)[index]) : null,
  };
}

export function newMarketText({ plan, tickSize }: PolymarketMarket, now: EpochMs): string {
  return JSON.stringify({
    event_type: 'new_market',
    id: plan.id,
    question: plan.question,
    market: plan.condition,
    slug: plan.slug,
    assets_ids: plan.tokens,
    outcomes: plan.outcomes,
    condition_id: plan.condition,
    clob_token_ids: plan.tokens,
    active: true,
    order_price_min_tick_size: tickSize,
    sports_market_type: plan.gameStartsAt === null ? '' : 'moneyline',
    line: '',
    game_start_time: plan.gameStartsAt === null ? '' : wholeSeconds(plan.gameStartsAt),
    group_item_title: '',
    tags: plan.tags,
    event_message: { id: plan.event.id, slug: plan.event.slug },
    timestamp: String(now),
  });
}

/** Where each outcome pays a half, none of them has won. */
export function resolvedText({ plan }: PolymarketMarket, now: EpochMs): string {
  const { winner } = plan;
  return JSON.stringify({
    event_type: 'market_resolved',
    id: plan.id,
    market: plan.condition,
    assets_ids: plan.tokens,
    ...(winner !== null && { winning_asset_id: plan.tokens[winner], winning_outcome: plan.outcomes[winner] }),
    timestamp: String(now),
    tags: plan.tags,
  });
}

/** Between the best prices. */
function middleOf({ book }: PolymarketMarket): readonly [string, string] {
  const { bid, ask } = book.best(0);
  const middle = (Number(bid) + Number(ask)) / 2;
  return [middle.toFixed(4), (1 - middle).toFixed(4)];
}

const wholeSeconds = (at: EpochMs): string =>
  isoTime((at - (at % SECOND_MS)) as EpochMs).replace('.000Z', 'Z');
