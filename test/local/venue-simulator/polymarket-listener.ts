import type { PolymarketPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import type { PolymarketVenueOptions } from '../../../local/venue-simulator/polymarket-venue.ts';
import { type ContractClient, type Message, openContracts } from './contract-client.ts';
import { FED, polymarketTrial } from './polymarket-trial.ts';

export const STREAM = 'wss://ws-subscriptions-clob.polymarket.com/ws/market';
export const [CUT, , HOLD] = FED as readonly [PolymarketPlan, PolymarketPlan, PolymarketPlan];
export const [Y, N] = CUT.tokens;

export const open = (options: Partial<PolymarketVenueOptions> = {}) =>
  openContracts(polymarketTrial([], options).venue);

export function listen(
  tokens: readonly string[],
  options: Partial<PolymarketVenueOptions> = {},
  more: object = { custom_feature_enabled: true },
): { world: ReturnType<typeof open>; client: ContractClient } {
  const world = open(options);
  const client = world.connect(STREAM);
  client.say({ assets_ids: tokens, type: 'market', ...more });
  return { world, client };
}

export const ofEvent = (messages: readonly Message[], name: string): Message[] =>
  messages.filter((one) => one['event_type'] === name);
export type Level = { readonly price: string; readonly size: string };
export interface Entry extends Level {
  readonly asset_id: string;
  readonly side: 'BUY' | 'SELL';
  readonly hash: string;
  readonly best_bid: string;
  readonly best_ask: string;
}
export const entriesOf = (message: Message): readonly Entry[] => message['price_changes'] as readonly Entry[];
/** A token's book as its messages make it. */
export class Fold {
  readonly sides = { BUY: new Map<string, string>(), SELL: new Map<string, string>() };

  load(book: Message): void {
    for (const [side, name] of [
      ['BUY', 'bids'],
      ['SELL', 'asks'],
    ] as const) {
      this.sides[side].clear();
      for (const { price, size } of book[name] as readonly Level[]) this.sides[side].set(price, size);
    }
  }

  take({ side, price, size }: Entry): void {
    if (size === '0') this.sides[side].delete(price);
    else this.sides[side].set(price, size);
  }

  best(side: 'BUY' | 'SELL'): string {
    const prices = [...this.sides[side].keys()].map(Number);
    if (prices.length === 0) return side === 'BUY' ? '0' : '1';
    return String(side === 'BUY' ? Math.max(...prices) : Math.min(...prices));
  }

  json(side: 'BUY' | 'SELL'): string {
    const way = side === 'BUY' ? 1 : -1;
    const levels = [...this.sides[side]].sort(([a], [b]) => (Number(a) - Number(b)) * way);
    return JSON.stringify(levels.map(([price, size]) => ({ price, size })));
  }
}
