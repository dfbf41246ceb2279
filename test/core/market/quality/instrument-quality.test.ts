import { expect, test } from 'vitest';
import { price } from '../../../../core/amounts.ts';
import { InstrumentQuality } from '../../../../core/market/quality/instrument-quality.ts';
import { epochMs } from '../../../../core/time.ts';
import { OAK } from '../samples.ts';
import { RAIN } from './contract.ts';

const START = 1_700_000_000_000;
const at = (seconds: number) => epochMs(START + seconds * 1_000);

/** Sixty seconds of a quiet market at 100. */
function warm(): InstrumentQuality {
  const quality = new InstrumentQuality();
  quality.follow(OAK);
  for (let second = 0; second < 60; second += 1)
    quality.sawPrice(price(second % 2 === 0 ? '100' : '100.01'), at(second));
  return quality;
}

const counts = (quality: InstrumentQuality) => Object.fromEntries(quality.counts);

test('counts failures by reason and returns the flags of a price', () => {
  const quality = warm();
  quality.sawFailure('gap', at(60));
  quality.sawFailure('gap', at(60));
  const flags = [
    quality.sawPrice(price('100.01'), at(60)),
    quality.sawPrice(price('100.005'), at(60)),
    quality.sawPrice(price('101'), at(60)),
    quality.sawPrice(price('102.005'), at(61)),
    quality.sawPrice(price('0'), at(62)),
  ];
  expect(flags).toEqual([[], ['off_tick'], ['outlier'], ['off_tick', 'outlier'], ['out_of_bounds']]);
  expect(counts(quality)).toEqual({ gap: 2, off_tick: 2, outlier: 2, out_of_bounds: 1 });
});

test('judges no price before the rules are known', () => {
  const quality = new InstrumentQuality();
  expect(quality.sawPrice(price('0'), at(0))).toEqual([]);
  quality.follow(RAIN);
  expect(quality.sawPrice(price('0'), at(0))).toEqual(['out_of_bounds']);
});

test('a price that cannot be one does not enter the average', () => {
  const quality = warm();
  for (let second = 60; second < 70; second += 1) quality.sawPrice(price('0'), at(second));
  expect(quality.sawPrice(price('100'), at(70))).toEqual([]);
  expect(quality.sawPrice(price('101'), at(71))).toEqual(['outlier']);
});

test('a withdrawn bid is no outlier, a trade at its price is', () => {
  const quality = warm();
  expect(quality.sawPrice(price('50'), at(60), 'bid')).toEqual([]);
  expect(quality.sawPrice(price('50'), at(60), 'trade')).toEqual(['outlier']);
});

test('eleven failures of several kinds open the breaker, which says why and closes itself', () => {
  const quality = warm();
  for (let n = 0; n < 8; n += 1) quality.sawFailure('gap', at(60 + n));
  quality.sawPrice(price('101'), at(68));
  quality.sawFailure('crossed', at(69));
  expect([quality.isOpen, quality.takeTransitions()]).toEqual([false, []]);
  quality.sawFailure('crossed', at(70));
  const why = '11 failures in a minute: 8 gap, 2 crossed, 1 outlier';
  expect([quality.isOpen, quality.describe()]).toEqual([
    true,
    `${why}; closes itself after a minute without failures and a fresh snapshot`,
  ]);
  quality.sawBookProven(at(71));
  quality.tick(at(130));
  quality.sawBookProven(at(131));
  expect(quality.isOpen).toBe(false);
  expect(quality.takeTransitions()).toEqual([
    {
      kind: 'opened',
      at: at(70),
      detail: `${why}; closes itself after a minute without failures and a fresh snapshot`,
    },
    {
      kind: 'closing_wanted',
      at: at(130),
      detail: `${why}; then a minute without failures: closes itself with a fresh snapshot`,
    },
    {
      kind: 'closed',
      at: at(131),
      detail: `closed after ${why}; then a minute without failures and a fresh snapshot`,
    },
  ]);
  expect(quality.takeTransitions()).toEqual([]);
});

test('hundreds of late messages of one stall do not open the breaker, lateness that lasts does', () => {
  const quality = new InstrumentQuality();
  for (let n = 0; n < 500; n += 1) quality.sawFailure('late', epochMs(START + n));
  expect([quality.isOpen, counts(quality)]).toEqual([false, { late: 500 }]);
  for (let second = 1; second <= 9; second += 1) quality.sawFailure('late', at(second));
  expect(quality.isOpen).toBe(false);
  quality.sawFailure('late', at(10));
  expect([quality.isOpen, counts(quality)]).toEqual([true, { late: 510 }]);
});

test('rules that change are judged from then on', () => {
  const quality = warm();
  expect(quality.sawPrice(price('100.005'), at(60))).toEqual(['off_tick']);
  quality.follow({ ...OAK, tickSize: price('0.001') });
  expect(quality.sawPrice(price('100.003'), at(61))).toEqual([]);
  expect(quality.sawPrice(price('101'), at(62))).toEqual(['outlier']);
});
