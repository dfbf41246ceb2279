import { expect } from 'vitest';
import type { FollowedInstrument } from '../../../adapters/venues/followed-instrument.ts';
import { instrumentId, type VenueId } from '../../../core/market/instrument.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { Fault, FaultEffect, FaultKind } from '../../../local/venue-simulator/faults.ts';
import { seededFaults } from '../../../local/venue-simulator/seeded-faults.ts';
import type { ContractWorld } from './contract-world.ts';

/** Opens a venue of contracts, whose client follows some symbols that stand for as long as the test takes. */
export interface Standing {
  readonly symbols: readonly string[];
  open(options: { readonly seed?: number; readonly faults?: readonly Fault[] }): ContractWorld;
}

/** A fault and what must have come of it. */
export interface FaultCase {
  readonly fault: FaultEffect;
  /** Twenty seconds unless told. */
  readonly forMs?: number;
  readonly symbol?: string;
  /** By new connections only, so that those that are open are cut. */
  readonly isFeltAnew?: true;
  readonly proof: (world: ContractWorld) => boolean;
}

const AT = 30 * SECOND_MS;
const FOR_MS = 20 * SECOND_MS;
const CUT: Fault = { kind: 'close_storm', everyMs: SECOND_MS, atMs: AT + 1, forMs: 1 };
/** The client's patience, at most. */
const BACK_MS = 90 * SECOND_MS;

/** A case with its name. */
export const named = (one: FaultCase): FaultCase & { readonly name: string } => ({
  ...one,
  name: `${Object.values(one.fault).join(' ')}${one.symbol ? ' of one of them' : ''}, ${(one.forMs ?? FOR_MS) / SECOND_MS} s`,
});

/** Lets a fault come and go: no live book is wrong, and all are live again. */
export function survive({ symbols, open }: Standing, one: FaultCase): void {
  const { fault, forMs = FOR_MS, symbol, isFeltAnew, proof } = one;
  const scripted = { ...fault, atMs: AT, forMs, ...(symbol && { symbol }) };
  const world = open({ faults: isFeltAnew ? [scripted, CUT] : [scripted] });
  world.pass(AT + forMs + BACK_MS);
  expect(world.venue.faults.struck.some((strike) => strike.fault === scripted)).toBe(true);
  expect(world.wrong).toEqual([]);
  expect(symbols.filter((followed) => !world.isLive(followed))).toEqual([]);
  expect(proof(world)).toBe(true);
}

/** Half an hour in which things go wrong each minute. */
export function surviveHalfAnHour(
  { symbols, open }: Standing,
  seed: number,
  kinds: readonly FaultKind[],
): void {
  const hours = 0.6;
  const faults = seededFaults({ seed, hours, symbols, kinds, calmMs: 40 * SECOND_MS });
  const world = open({ seed, faults });
  world.pass(hours * HOUR_MS);
  expect(world.venue.faults.struck.length).toBeGreaterThan(10);
  expect(world.wrong).toEqual([]);
  expect(symbols.filter((followed) => !world.isLive(followed))).toEqual([]);
}

/** The same seed gives the same frames, another one others. */
export function repeat({ open }: Standing): void {
  const digest = (seed: number): string => {
    const world = open({ seed });
    world.pass(MINUTE_MS);
    return world.digest();
  };
  expect(digest(7)).toBe(digest(7));
  expect(digest(8)).not.toBe(digest(7));
}

export const reconnected = ({ venue }: ContractWorld): boolean => venue.accepted >= 2;

export const doubts = ({ updates }: ContractWorld): readonly string[] =>
  updates.flatMap((update) => (update.kind === 'book_doubted' ? [update.doubt] : []));

export const undisturbed = (world: ContractWorld): boolean =>
  world.venue.accepted === 1 && doubts(world).length === 0;

/** What was counted of a followed symbol. */
export function countsOf(
  { reader }: ContractWorld,
  venue: VenueId,
  symbol: string,
): Readonly<FollowedInstrument['counts']> {
  const counts = new Map(reader.quality()).get(instrumentId(venue, symbol));
  return counts ?? expect.fail(`${symbol} is not followed`);
}

/** What contracts pay, as told. */
export const settlements = ({ updates }: ContractWorld): readonly (readonly unknown[])[] =>
  updates.flatMap((update) =>
    update.kind === 'settlement' ? [[update.instrumentId, update.payout, update.isFinal]] : [],
  );
