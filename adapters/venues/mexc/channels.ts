/** A channel's name taken apart: `spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT`. */
export interface Channel {
  /** Without what all have in common: `aggre.depth`, `limit.depth`, `kline`; the whole text where it is no channel. */
  readonly name: string;
  /** Empty where the channel is about all symbols. */
  readonly symbol: string;
  /** Levels per side of a `limit.depth` channel. */
  readonly levels: number | undefined;
}

export const depthChannel = (symbol: string): string => `spot@public.aggre.depth.v3.api.pb@100ms@${symbol}`;
export const dealsChannel = (symbol: string): string => `spot@public.aggre.deals.v3.api.pb@100ms@${symbol}`;
export const bookTickerChannel = (symbol: string): string =>
  `spot@public.aggre.bookTicker.v3.api.pb@100ms@${symbol}`;
export const pictureChannel = (symbol: string): string => `spot@public.limit.depth.v3.api.pb@${symbol}@20`;

const NAME = /^public\.(.+?)\.v3\.api(?:\.pb)?$/;

/** Takes a channel's name apart; any text, since it comes from the venue. */
export function parseChannel(text: string): Channel {
  const [market, path = '', third = '', fourth = ''] = text.split('@', 5);
  const name = market === 'spot' ? NAME.exec(path)?.[1] : undefined;
  if (name === undefined) return { name: text.slice(0, 60), symbol: '', levels: undefined };
  // `aggre` channels name the interval first, then the symbol; the others the symbol, then their parameter.
  if (name.startsWith('aggre.')) return { name, symbol: fourth, levels: undefined };
  if (name === 'miniTickers') return { name, symbol: '', levels: undefined };
  const levels = name === 'limit.depth' && /^\d{1,4}$/.test(fourth) ? Number(fourth) : undefined;
  return { name, symbol: third, levels };
}

/** More channels than any connection carries, each longer than any name. */
const REMEMBERED = 1_024;
const LENGTH_MAX = 128;

/** Channels taken apart once each. */
export class ChannelMemory {
  private readonly known = new Map<string, Channel>();

  of(text: string): Channel {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const channel = parseChannel(text);
    if (text.length > LENGTH_MAX) return channel;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(text, channel);
    return channel;
  }
}
