import { expect, test } from 'vitest';

import { price } from '../../core/amounts.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import type { InstrumentStatus, MarketWindow } from '../../core/market/window.ts';
import { type EpochMs, isoTime } from '../../core/time.ts';
import { SilenceWatch } from '../../fargate/silence-watch.ts';
import { at, COIN, market, windowOf } from '../support/values.ts';

const SYMBOL = 'KXBTC15M-26NOV211500-00';
const ID = instrumentId('kalshi', SYMBOL);

const contract = (closesAt: EpochMs | null, opensAt: EpochMs | null = null): Instrument => ({
  ...COIN,
  id: ID,
  venue: 'kalshi',
  symbol: SYMBOL,
  contract: {
    event: 'KXBTC15M-26NOV211500',
    title: 'Bitcoin up in 15 minutes',
    outcome: 'Yes',
    opposite: null,
    series: 'KXBTC15M',
    opensAt,
    closesAt,
    strike: null,
    settlementSource: null,
  },
});

const watching = (instrument: Instrument): SilenceWatch =>
  new SilenceWatch({ followed: () => [], instruments: () => [instrument], doubtOf: () => undefined }, true);

const windowWith = (n: number, status: InstrumentStatus): MarketWindow =>
  windowOf(n, [market({ id: ID, status })]);

test('a contract whose trading has come to its announced end is over, and no trouble', () => {
  const watch = watching(contract(at(2)));
  const [before, after] = [windowWith(1, 'closed'), windowWith(2, 'closed')];
  watch.see(before);
  expect(watch.isOver(ID, before)).toBe(false);
  expect(watch.trouble(ID, before)).toMatch(/the venue does not trade it/);
  watch.see(after);
  expect(watch.isOver(ID, after)).toBe(true);
  expect(watch.trouble(ID, after)).toBeNull();
});

test('a contract that is announced for later says when it opens, until it does', () => {
  const watch = watching(contract(at(900), at(2)));
  const [before, open] = [windowWith(1, 'closed'), windowWith(2, 'closed')];
  watch.see(before);
  expect([watch.opensAt(ID, before), watch.isOver(ID, before)]).toEqual([at(2), false]);
  expect(watch.trouble(ID, before)).toBe(`its trading begins at ${isoTime(at(2))}`);
  watch.see(open);
  expect(watch.opensAt(ID, open)).toBeNull();
  expect(watch.trouble(ID, open)).toMatch(/the venue does not trade it/);
});

test('a contract that was decided before its announced end is over', () => {
  const watch = watching(contract(at(900)));
  const payout = price('1');
  const settlements = [{ instrumentId: ID, payout, isFinal: false, occurredAt: null }];
  watch.see({ ...windowWith(1, 'closed'), settlements });
  const next = windowWith(2, 'closed');
  watch.see(next);
  expect(watch.isOver(ID, next)).toBe(true);
  expect(watch.trouble(ID, next)).toBeNull();
});

test.each([
  ['that trades on after its announced end', contract(at(1)), 'live'],
  ['whose book is not proven', contract(at(1)), 'stale'],
  ['that is closed and has no announced end', contract(null), 'closed'],
] as const)('a contract %s is not over', (_, instrument, status) => {
  const watch = watching(instrument);
  const window = windowWith(2, status);
  watch.see(window);
  expect(watch.isOver(ID, window)).toBe(false);
});

test('an asset that is closed is not over: it has no end', () => {
  const watch = watching(COIN);
  const window = windowOf(1, [market({ id: COIN.id, status: 'closed' })]);
  watch.see(window);
  expect(watch.isOver(COIN.id, window)).toBe(false);
  expect(watch.trouble(COIN.id, window)).toMatch(/the venue does not trade it/);
});

test('of a silent instrument that is no longer followed the news say so, once', () => {
  const watch = watching(COIN);
  const seconds = Array.from({ length: 32 }, (_, n) => windowOf(n + 1, [market({ status: 'stale' })]));
  const left = [windowOf(33, []), windowOf(34, [])];
  const told = [...seconds, ...left].flatMap((window) => watch.see(window));
  expect(told.map((one) => [one.type, one.at])).toEqual([
    ['feed.silenced', at(31)],
    ['feed.resumed', at(33)],
  ]);
  expect(told[1]).toMatchObject({ instrumentId: COIN.id, detail: `${COIN.id}: it is no longer followed.` });
});
