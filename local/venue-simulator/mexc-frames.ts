import { amountText } from './amount-text.ts';
import type { SimBar } from './price-history.ts';
import {
  messageField,
  numberField,
  type ProtoText,
  protoBytes,
  tagOfNumber,
  tagOfText,
  textField,
} from './proto-text.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

const T = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(tagOfText);
const N = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(tagOfNumber);
const tag = (n: number): ProtoText => T[n] ?? '';
const count = (n: number): ProtoText => N[n] ?? '';
/** Numbers of the bodies in the wrapper. */
const BODY = {
  limitDepths: tagOfText(303),
  kline: tagOfText(308),
  miniTicker: tagOfText(309),
  aggreDepths: tagOfText(313),
  aggreDeals: tagOfText(314),
  aggreBookTicker: tagOfText(315),
} as const;

/** Range of the versions that a diff covers. */
export interface Versions {
  readonly from: number;
  readonly to: number;
}

/** Writes MEXC's binary messages for one symbol. */
export class MexcFrames {
  private readonly market: SimMarket;

  constructor(market: SimMarket) {
    this.market = market;
  }

  /** The body stands before the symbol: the order of fields is not guaranteed, and clients must not rely on it. */
  diff(
    channel: string,
    now: number,
    versions: Versions,
    bids: readonly SimLevel[],
    asks: readonly SimLevel[],
  ): Uint8Array {
    const body =
      this.levels(1, asks) +
      this.levels(2, bids) +
      textField(tag(3), eventOf(channel)) +
      textField(tag(4), `${versions.from}`) +
      textField(tag(5), `${versions.to}`) +
      numberField(count(6), now);
    return protoBytes(
      textField(tag(1), channel) +
        messageField(BODY.aggreDepths, body) +
        textField(tag(3), this.market.symbol) +
        numberField(count(6), now),
    );
  }

  deals(channel: string, now: number, trades: readonly MarketTrade[]): Uint8Array {
    let body = '';
    for (const trade of trades) body += messageField(tag(1), this.deal(trade));
    return this.wrapped(channel, now, BODY.aggreDeals, body + textField(tag(2), eventOf(channel)));
  }

  picture(
    channel: string,
    now: number,
    version: number,
    bids: readonly SimLevel[],
    asks: readonly SimLevel[],
  ): Uint8Array {
    const body =
      this.levels(1, asks) +
      this.levels(2, bids) +
      textField(tag(3), eventOf(channel)) +
      textField(tag(4), `${version}`);
    return this.wrapped(channel, now, BODY.limitDepths, body);
  }

  touch(channel: string, now: number, version: number, bid: SimLevel, ask: SimLevel): Uint8Array {
    const { prices, sizes } = this.market;
    const body =
      textField(tag(1), prices.of(bid.tick)) +
      textField(tag(2), sizes.of(bid.lots)) +
      textField(tag(3), prices.of(ask.tick)) +
      textField(tag(4), sizes.of(ask.lots)) +
      textField(tag(5), `${version}`) +
      numberField(count(6), now);
    return this.wrapped(channel, now, BODY.aggreBookTicker, body);
  }

  /** Its times are in seconds, unlike every other. */
  kline(channel: string, now: number, interval: string, ms: number, bar: SimBar): Uint8Array {
    const { market } = this;
    const [open, close, high, low] = [bar.open, bar.close, bar.high, bar.low].map((tick) =>
      market.prices.of(tick),
    );
    const body =
      textField(tag(1), interval) +
      numberField(count(2), bar.start / 1_000) +
      [open, close, high, low].map((text, n) => textField(tag(3 + n), text ?? '')).join('') +
      textField(tag(7), market.sizes.of(bar.lots)) +
      textField(tag(8), amountText(bar.turnover, market)) +
      numberField(count(9), (bar.start + ms) / 1_000);
    return this.wrapped(channel, now, BODY.kline, body);
  }

  miniTicker(channel: string, now: number, bar: SimBar): Uint8Array {
    const { market } = this;
    const texts = [
      market.symbol,
      market.prices.of(bar.close),
      '0.01',
      '0.01',
      market.prices.of(bar.high),
      market.prices.of(bar.low),
      amountText(bar.turnover, market),
      market.sizes.of(bar.lots),
    ];
    const body = texts.map((text, n) => textField(tag(1 + n), text)).join('');
    return this.wrapped(channel, now, BODY.miniTicker, body);
  }

  private wrapped(channel: string, now: number, bodyTag: ProtoText, body: ProtoText): Uint8Array {
    return protoBytes(
      textField(tag(1), channel) +
        textField(tag(3), this.market.symbol) +
        numberField(count(6), now) +
        messageField(bodyTag, body),
    );
  }

  private deal({ id, tick, lots, aggressor, at }: MarketTrade): ProtoText {
    const { prices, sizes } = this.market;
    return (
      textField(tag(1), prices.of(tick)) +
      textField(tag(2), sizes.of(lots)) +
      numberField(count(3), aggressor === 'buy' ? 1 : 2) +
      numberField(count(4), at) +
      textField(tag(5), `${id}`)
    );
  }

  private levels(field: number, levels: readonly SimLevel[]): ProtoText {
    const { prices, sizes } = this.market;
    let text = '';
    for (const { tick, lots } of levels)
      text += messageField(
        tag(field),
        textField(tag(1), prices.of(tick)) + textField(tag(2), lots === 0 ? '0' : sizes.of(lots)),
      );
    return text;
  }
}

/** A channel without its last part: the name of the kind of event. */
const eventOf = (channel: string): string => channel.slice(0, channel.lastIndexOf('@'));
