import { expect, test } from 'vitest';
import { SidCount, SidCounts } from '../../../../adapters/venues/kalshi/sid-count.ts';
import { epochMs } from '../../../../core/time.ts';

const counting = (checksGaps = true, habit = { takeNone: false }) => new SidCount({ checksGaps, habit });

const orders = (count: SidCount, ...seqs: number[]) => seqs.map((seq) => count.take(seq));

test.each([
  { seqs: [1, 2, 3], said: ['next', 'next', 'next'] },
  { seqs: [7, 7, 8], said: ['next', 'repeated', 'next'] },
  { seqs: [1, 4, 5], said: ['next', 'gap', 'next'] },
  { seqs: [1, 4, 3, 3, 1], said: ['next', 'gap', 'late', 'late', 'repeated'] },
  // Four old numbers that continue each other are a count that begins anew; three may be a repetition.
  { seqs: [9, 1, 2, 3, 4, 5], said: ['next', 'repeated', 'repeated', 'repeated', 'anew', 'next'] },
  { seqs: [9, 1, 2, 3, 10], said: ['next', 'repeated', 'repeated', 'repeated', 'next'] },
  { seqs: [9, 1, 2, 4, 5, 6], said: ['next', 'repeated', 'repeated', 'repeated', 'repeated', 'repeated'] },
])('says $said of $seqs', ({ seqs, said }) => {
  expect(orders(counting(), ...seqs)).toEqual(said);
});

test.each([
  // By its time it is nothing that was told before: the count has begun anew.
  { told: ['9@50', '1@51', '2@52'], said: ['next', 'anew', 'next'] },
  { told: ['9@50', '9@51', '10@52'], said: ['next', 'anew', 'next'] },
  { told: ['9', '10@50', '1@51'], said: ['next', 'next', 'anew'] }, // a picture has no time
  // What comes twice or late is as old as its number says.
  { told: ['8@49', '9@50', '9@50', '8@49'], said: ['next', 'next', 'repeated', 'repeated'] },
  { told: ['9@50', '12@51', '10@52'], said: ['next', 'gap', 'late'] },
  { told: ['9@50', '1', '2'], said: ['next', 'repeated', 'repeated'] },
  { told: ['9', '1@51'], said: ['next', 'repeated'] }, // nothing is known of when the other was
  // A clock that was set back says nothing until it has caught up.
  { told: ['9@50', '10@40', '1@41', '2@51'], said: ['next', 'next', 'repeated', 'anew'] },
  // One wrong number is two doubts, and no book is believed between them.
  { told: ['9@50', '5@51', '11@52'], said: ['next', 'anew', 'gap'] },
])('says $said of $told, numbers at their times', ({ told, said }) => {
  const count = counting();
  const heard = told.map((one) => {
    const [seq, ms] = one.split('@');
    return count.take(Number(seq), ms === undefined ? null : epochMs(Number(ms)));
  });
  expect(heard).toEqual(said);
});

test('without gap checks times make no difference', () => {
  const count = counting(false);
  expect([count.take(9, epochMs(50)), count.take(1, epochMs(51))]).toEqual(['next', 'late']);
});

test('says how many are missing', () => {
  const count = counting();
  orders(count, 10, 14);
  expect(count.missing).toBe(3); // 11, 12, 13
});

test.each([
  { answers: [4], next: 5, said: 'next', when: 'the answer took a number' },
  { answers: [4], next: 4, said: 'next', when: 'it took none' },
  { answers: [4, 5], next: 6, said: 'next', when: 'two answers took one each' },
  { answers: [4], next: 6, said: 'gap', when: 'another number is missing beside it' },
  { answers: [9], next: 5, said: 'gap', when: 'its number is none of the next' },
])('takes $next after 3 and the answers $answers as $said: $when', ({ answers, next, said }) => {
  const count = counting();
  orders(count, 3);
  for (const seq of answers) count.sawAnswer(seq);
  expect(count.take(next)).toBe(said);
});

test('without gap checks no count begins anew', () => {
  expect(orders(counting(false), 9, 1, 2, 3, 4, 5)).toEqual(['next', 'late', 'late', 'late', 'late', 'late']);
});

test('without gap checks numbers only have to rise', () => {
  expect(orders(counting(false), 5, 300, 200, 300, 301)).toEqual([
    'next',
    'next',
    'late',
    'repeated',
    'next',
  ]);
});

test('remembers no more than a few holes, whatever the numbers', () => {
  const count = counting();
  for (let n = 1; n < 100_000; n += 2) count.take(n);
  expect(JSON.stringify(count).length).toBeLessThan(2_000);
});

test.each([
  { how: 'an answer with the number of the last message', seqs: [3], answer: 3 },
  { how: 'a message with the number of the last answer', seqs: [3], answer: 4, again: 4 },
])('learns from $how that answers take no number, for all connections', ({ seqs, answer, again }) => {
  const habit = { takeNone: false };
  const first = counting(true, habit);
  orders(first, ...seqs);
  first.sawAnswer(answer);
  if (again !== undefined) first.take(again);
  expect(habit.takeNone).toBe(true);
  const second = counting(true, habit);
  orders(second, 8);
  second.sawAnswer(9);
  expect(orders(second, 10)).toEqual(['gap']); // 9 was a message
});

test('the counts of a connection are bounded, and those that are in use go on', () => {
  let forgotten = 0;
  const counts = new SidCounts(
    { checksGaps: true, habit: { takeNone: false } },
    { inUse: () => new Set([1, 2]), forgotten: () => (forgotten += 1) },
  );
  for (let sid = 1; sid <= 256; sid += 1) counts.of(sid).take(5);
  expect(forgotten).toBe(0);
  const [one, three] = [counts.of(1), counts.of(3)];
  counts.of(257);
  expect(forgotten).toBe(1);
  expect([counts.of(1) === one, counts.of(3) === three, counts.of(2).take(7)]).toEqual([true, false, 'gap']);
});
