import { basename } from 'node:path';
import { recordingSource } from '../adapters/recordings/recording-source.ts';
import { createCatalogueReader } from '../adapters/venues/catalogues.ts';
import type { BeatingSource } from '../adapters/venues/frame-source.ts';
import type { VenueKeys } from '../adapters/venues/protocols.ts';
import { systemTimers } from '../adapters/venues/session/timers.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';
import type { CatalogueReader } from '../core/ports.ts';
import { epochMs, SECOND_MS } from '../core/time.ts';
import { demoInstruments } from './demo-market/demo-listing.ts';
import { demoMarket } from './demo-market/demo-market.ts';
import { DeskError } from './desk-error.ts';
import { liveVenues, networkPacer, openLiveFeed, type TellNote } from './feeds/open-live-feed.ts';
import { followedBy } from './followed.ts';
import { demoSessionName, liveSessionName, recordingSessionName } from './session/session-file.ts';

/** The demo's Monday morning, 2026-01-05T09:00:00Z: a made-up market needs a date, not today's. */
export const DEMO_START = epochMs(1_767_603_600_000);

/** What a session reads: where its frames come from and what it is called. */
export interface DeskInput {
  readonly kind: 'demo' | 'recording' | 'live';
  /** Name of the session and its file. */
  readonly session: string;
  /** For people and for the session's identity. */
  readonly description: string;
  /** Rules known before the first frame. */
  readonly instruments: readonly Instrument[];
  /** A fresh source from the beginning; each run and each verification opens its own. */
  open(): Promise<BeatingSource>;
  /** Asks the venues what they list, at one pace with the source, until `signal`; of live venues only. */
  catalogues?(signal: AbortSignal): CatalogueReader;
}

export function demoInput(config: DeskConfig): DeskInput {
  const { seed, seconds, scenario } = config.demo;
  return {
    kind: 'demo',
    session: demoSessionName(seed, scenario),
    description: `demo market, seed ${seed}, ${scenario}, ${seconds} s`,
    instruments: demoInstruments,
    open: async () => demoMarket({ seed, startAt: DEMO_START, durationMs: seconds * SECOND_MS, scenario }),
  };
}

/** @throws Error in words when a file is missing or no recording. */
export function recordingInput(files: readonly string[], config: DeskConfig): DeskInput {
  return {
    kind: 'recording',
    session: recordingSessionName(files),
    description: `recording ${files.map((file) => basename(file)).join(', ')}`,
    instruments: config.instruments,
    open: async () => recordingSource(files),
  };
}

/** The venues' own streams, from now on for as long as the desk runs. `note` is told what sessions have to say. */
export function liveInput(config: DeskConfig, keys: VenueKeys, note: TellNote): DeskInput {
  const { ids } = followedBy(config, []);
  const pacer = networkPacer();
  return {
    kind: 'live',
    session: liveSessionName(config.feed.id),
    description: `live market data of ${liveVenues(config).join(', ')}`,
    instruments: config.instruments,
    open: async () => openLiveFeed(config, ids, keys, note, pacer),
    catalogues: (signal) =>
      createCatalogueReader({ access: config.access, pacer, timers: systemTimers, signal }),
  };
}

/** Rules of instruments without a running feed, which stored them as `announced`. @throws DeskError when none are known. */
export const knownRules =
  (config: DeskConfig, input: DeskInput, announced: readonly Instrument[]) =>
  (id: InstrumentId): Instrument => {
    const rules = [...announced, ...input.instruments, ...config.instruments].find((one) => one.id === id);
    if (!rules)
      throw new DeskError(`no rules are known for ${id}: list it under 'instruments' in the configuration`);
    return rules;
  };
