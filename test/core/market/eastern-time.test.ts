import fc from 'fast-check';
import { expect, test } from 'vitest';
import { easternDate, easternMoment, easternOffsetMs } from '../../../core/market/eastern-time.ts';
import { epochMs, isoTime } from '../../../core/time.ts';

const HOUR = 3_600_000;
const FROM = Date.parse('2007-01-01T00:00Z');
const TO = Date.parse('2100-01-01T00:00Z');

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** Date and clock of a moment as the platform's time zone data say. */
function platform(ms: number): { readonly date: string; readonly hour: number; readonly minute: number } {
  const parts = new Map(newYork.formatToParts(ms).map(({ type, value }) => [type, value]));
  const date = [parts.get('year'), parts.get('month'), parts.get('day')].join('-');
  return { date, hour: Number(parts.get('hour')), minute: Number(parts.get('minute')) };
}

test.each([
  ['2026-03-08T06:59:59Z', -5], // 1:59:59 before the second Sunday of March
  ['2026-03-08T07:00:00Z', -4],
  ['2026-11-01T05:59:59Z', -4], // 1:59:59 before the first Sunday of November
  ['2026-11-01T06:00:00Z', -5],
  ['2015-03-08T07:00:00Z', -4], // March began on a Sunday: the second one is the 8th
  ['2009-11-01T06:00:00Z', -5], // November began on a Sunday
  ['2027-01-01T04:59:59Z', -5],
] as const)('at %s Eastern clocks differ from UTC by %s hours', (text, hours) => {
  expect(easternOffsetMs(epochMs(Date.parse(text)))).toBe(hours * HOUR);
});

test('every change of clocks from 2007 to 2099 is where the platform has it', () => {
  let changes = 0;
  for (let year = 2007; year < 2100; year += 1) {
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      const at = Date.UTC(year, 0, 1, hour);
      const changed = easternOffsetMs(epochMs(at)) !== easternOffsetMs(epochMs(at - 1));
      if (!changed) continue;
      changes += 1;
      // The platform's clock jumps with ours: forward to 3 o'clock, or back to 1.
      expect([platform(at - 1).hour, platform(at).hour]).toEqual(hour < 180 * 24 ? [1, 3] : [1, 1]);
    }
  }
  expect(changes).toBe(2 * 93);
});

test('any moment from 2007 to 2099 has the date that the platform gives it', () => {
  fc.assert(
    fc.property(fc.integer({ min: FROM, max: TO - 1 }), (ms) => {
      expect(easternDate(epochMs(ms))).toBe(platform(ms).date);
    }),
    { seed: 41, numRuns: 5_000 },
  );
});

test('date and clock lead back to the moment, to the first of the two where clocks go back', () => {
  fc.assert(
    fc.property(fc.integer({ min: FROM / 60_000, max: TO / 60_000 - 1 }), (minutes) => {
      const at = minutes * 60_000;
      const { date, hour, minute } = platform(at);
      const found = easternMoment(date, hour, minute);
      const earlier = at - HOUR;
      const again = platform(earlier);
      const isSecond = again.hour === hour && again.minute === minute;
      expect(found).toBe(isSecond ? earlier : at);
    }),
    { seed: 42, numRuns: 5_000 },
  );
});

test.each([
  ['2026-09-27', 15, 10, '2026-09-27T19:10:00.000Z'],
  ['2026-12-27', 15, 10, '2026-12-27T20:10:00.000Z'],
  ['2026-11-01', 1, 30, '2026-11-01T05:30:00.000Z'], // comes twice: the first
  ['2026-03-08', 2, 30, '2026-03-08T07:30:00.000Z'], // does not come: clocks then show 3:30
  ['2028-02-29', 0, 0, '2028-02-29T05:00:00.000Z'],
] as const)('%s %s:%s Eastern is %s', (date, hour, minute, text) => {
  const at = easternMoment(date, hour, minute);
  expect(at === undefined ? at : isoTime(at)).toBe(text);
});

test.each([
  ['2026-02-29', 0, 0],
  ['2026-13-01', 0, 0],
  ['2026-09-31', 0, 0],
  ['26-09-27', 0, 0],
  ['2026-09-27T00:00', 0, 0],
  ['', 0, 0],
  ['2026-09-27', 24, 0],
  ['2026-09-27', 12, 60],
  ['2026-09-27', -1, 0],
  ['2026-09-27', 12, 0.5],
  ['2026-09-27', Number.NaN, 0],
] as const)('there is no Eastern moment %s %s:%s', (date, hour, minute) => {
  expect(easternMoment(date, hour, minute)).toBeUndefined();
});

test('yesterday is a calendar day before, also on the day of 25 hours', () => {
  const late = epochMs(Date.parse('2026-11-02T04:30Z')); // 23:30 of November 1
  expect([easternDate(late), easternDate(late, -1), easternDate(late, 1)]).toEqual([
    '2026-11-01',
    '2026-10-31',
    '2026-11-02',
  ]);
});
