import type { DeskConfig } from '../../../core/config/desk-config.ts';
import { VENUES } from '../../../core/market/instrument.ts';
import type { UniverseFindings } from '../../../core/ports.ts';
import { MINUTE_MS, plusMs } from '../../../core/time.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { configOf, rawConfig } from '../../support/desk.ts';
import { type UniverseFunction, universeFunction } from '../../support/universe-function.ts';
import { START } from '../feeds/sim-feed.ts';

const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const bps = { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' };
const rates = { version: 'test', makerRate: 0, takerRate: 0.07, roundTo: 0.01 };

/** A desk with all venues that looks at their lists every five minutes. */
export const deskWith = (
  rules: readonly object[],
  {
    coinbase = 'advanced',
    leagues = [],
  }: { readonly coinbase?: string; readonly leagues?: readonly string[] } = {},
): DeskConfig =>
  configOf({
    ...rawConfig(),
    venues: Object.fromEntries(
      VENUES.map((venue) => [
        venue,
        {
          latency,
          fees: venue === 'kalshi' || venue === 'polymarket' ? rates : bps,
          ...(venue === 'coinbase' && { interface: coinbase }),
        },
      ]),
    ),
    universe: { refreshMinutes: 5, rules },
    scores: { leagues },
  });

export interface ListWorld extends Omit<UniverseFunction, 'look'> {
  readonly transport: SimTransport;
  /** Looks at the lists so many minutes after the start. */
  look(minute: number): Promise<UniverseFindings | undefined>;
}

/** The function that looks at the venues' lists, and simulated venues that it reads, in virtual time. */
export function openLists(
  config: DeskConfig,
  ...venues: readonly ((timers: VirtualTimers) => SimVenue)[]
): ListWorld {
  const timers = new VirtualTimers(START);
  const transport = new SimTransport({ seed: 7, timers, venues: venues.map((open) => open(timers)) });
  const { look, ...found } = universeFunction(config, timers, transport);
  return {
    ...found,
    transport,
    look: (minute) => {
      timers.runUntil(plusMs(START, minute * MINUTE_MS));
      return look();
    },
  };
}
