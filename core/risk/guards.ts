import type { Money } from '../amounts.ts';
import { asMoney, formatUnits, notionalCeil, ratioBps } from '../amounts.ts';
import type { Instrument } from '../market/instrument.ts';
import type { InstrumentWindow, Side } from '../market/window.ts';
import { isClean } from '../market/window.ts';
import { venueRefusal } from '../paper/venue-rules.ts';
import type { EpochMs } from '../time.ts';
import type { Candidate } from './assess.ts';
import type { Limits } from './limits.ts';
import type { TradingMode } from './trading-mode.ts';

/** The guards in the order they are asked; the first denial decides. */
export const RISK_RULES = [
  'trading_mode',
  'data_quality',
  'data_age',
  'daily_loss',
  'drawdown',
  'nothing_to_sell',
  'order_rules',
  'open_orders',
  'exposure_instrument',
  'exposure_total',
  'buying_power',
] as const;
export type RiskRule = (typeof RISK_RULES)[number];

/** `unjudged`: the guard had nothing to judge (no price, no size); an earlier guard has then denied. */
export interface GuardResult {
  readonly rule: RiskRule;
  readonly outcome: 'allow' | 'deny' | 'unjudged';
  readonly detail: string;
}

/** Everything the guards look at: the account at its cursor, the market of the decision, the limits. */
export interface GuardView {
  readonly mode: TradingMode;
  readonly at: EpochMs;
  readonly side: Side;
  readonly instrument: Instrument;
  /** What the account is kept in: it can only pay for instruments quoted in it. */
  readonly currency: string;
  readonly market: InstrumentWindow | undefined;
  readonly limits: Limits;
  readonly equity: Money;
  readonly peak: Money;
  readonly dayOpen: Money;
  readonly cash: Money;
  /** Value at the mid of what is held, plus notional of working buys: in this instrument, and in all. */
  readonly exposureInstrument: Money;
  readonly exposureTotal: Money;
  readonly openOrders: number;
  readonly candidate: Candidate | null;
}

type Guard = (view: GuardView) => Omit<GuardResult, 'rule'>;

const allow = (detail: string): Omit<GuardResult, 'rule'> => ({ outcome: 'allow', detail });
const deny = (detail: string): Omit<GuardResult, 'rule'> => ({ outcome: 'deny', detail });
const unjudged: Omit<GuardResult, 'rule'> = { outcome: 'unjudged', detail: 'no order to judge' };
const judge = (bad: boolean, detail: string): Omit<GuardResult, 'rule'> =>
  bad ? deny(detail) : allow(detail);

/** A sell only closes what is held, so limits that stop new risk let it pass. */
const reduces = (view: GuardView): boolean => view.side === 'sell';

const GUARDS: Readonly<Record<RiskRule, Guard>> = {
  trading_mode: ({ mode, side }) =>
    judge(mode === 'halted' || (mode === 'reducing' && side === 'buy'), `trading mode is ${mode}`),
  data_quality: ({ market }) => {
    if (!market) return deny('the instrument is not in the window');
    return judge(
      !isClean(market),
      `book is ${market.status}${market.quality.length ? ` (${market.quality.join(', ')})` : ''}`,
    );
  },
  data_age: ({ market, at, limits }) => {
    if (!market || market.receivedAt === null) return deny('no book update was received yet');
    const age = Math.max(0, at - market.receivedAt);
    return judge(
      age > limits.dataAgeMsMax,
      `newest update is ${age} ms old, limit ${limits.dataAgeMsMax} ms`,
    );
  },
  daily_loss: (view) => {
    const loss = asMoney(view.dayOpen - view.equity);
    const detail = `loss today ${formatUnits(loss > 0n ? loss : 0n)}, limit ${formatUnits(view.limits.dailyLossMax)}`;
    return judge(!reduces(view) && loss >= view.limits.dailyLossMax, detail);
  },
  drawdown: (view) => {
    const fall = ratioBps(view.peak - view.equity, view.peak);
    const detail = `${Math.max(0, fall)} bps below peak ${formatUnits(view.peak)}, limit ${view.limits.drawdownBpsMax} bps`;
    return judge(!reduces(view) && fall >= view.limits.drawdownBpsMax, detail);
  },
  nothing_to_sell: ({ side, candidate, instrument }) => {
    if (side === 'buy') return allow('a buy');
    if (!candidate) return unjudged;
    return judge(
      candidate.quantity === 0n,
      `${formatUnits(candidate.quantity)} ${instrument.baseAsset} free to sell`,
    );
  },
  order_rules: ({ candidate, instrument, currency }) => {
    if (instrument.quoteAsset !== currency)
      return deny(`${instrument.id} is paid in ${instrument.quoteAsset}, the account is kept in ${currency}`);
    if (!candidate) return unjudged;
    const refusal = venueRefusal(instrument, {
      limitPrice: candidate.terms.limitPrice,
      quantity: candidate.quantity,
    });
    return refusal === null ? allow('tick, lot, notional and price bounds hold') : deny(refusal);
  },
  open_orders: (view) =>
    judge(
      !reduces(view) && view.openOrders >= view.limits.openOrdersMax,
      `${view.openOrders} open orders, limit ${view.limits.openOrdersMax}`,
    ),
  exposure_instrument: (view) =>
    exposure(view, view.exposureInstrument, view.limits.exposurePerInstrumentMax),
  exposure_total: (view) => exposure(view, view.exposureTotal, view.limits.exposureTotalMax),
  buying_power: ({ side, candidate, cash, instrument }) => {
    if (side === 'sell') return allow('a sell needs no cash');
    if (!candidate) return unjudged;
    const detail = `needs ${formatUnits(candidate.reserve)} of ${formatUnits(cash)} ${instrument.quoteAsset} free`;
    return judge(candidate.reserve > cash, detail);
  },
};

function exposure(view: GuardView, current: Money, limit: Money): Omit<GuardResult, 'rule'> {
  if (reduces(view)) return allow('a sell reduces exposure');
  if (!view.candidate) return unjudged;
  const after = current + notionalCeil(view.candidate.terms.limitPrice, view.candidate.quantity);
  return judge(after > limit, `${formatUnits(after)} after this order, limit ${formatUnits(limit)}`);
}

/** All guards, in order: each is asked and each answer is recorded. */
export const runGuards = (view: GuardView): readonly GuardResult[] =>
  RISK_RULES.map((rule) => ({ rule, ...GUARDS[rule](view) }));

/** The denial that decides, or null when every guard allows. */
export const firstDenial = (results: readonly GuardResult[]): GuardResult | null =>
  results.find((one) => one.outcome === 'deny') ?? null;
