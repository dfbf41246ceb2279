import { expect, test } from 'vitest';
import { CounterGrowth } from '../../fargate/counter-growth.ts';

test.each([
  { what: 'the first count whole, also when it is zero', counts: [0, 0], told: [0] },
  { what: 'each increment once', counts: [2, 2, 5], told: [2, 3] },
  { what: 'a count that begins anew as growth', counts: [3, 1, 4], told: [3, 1, 3] },
  { what: 'no zero when a count begins anew', counts: [3, 0, 2], told: [3, 2] },
])('tells $what', ({ counts, told }) => {
  const growth = new CounterGrowth();
  const heard: number[] = [];
  for (const count of counts) growth.tell('one', count, (n) => heard.push(n));
  expect(heard).toEqual(told);
});

test('what is not kept begins anew', () => {
  const growth = new CounterGrowth();
  const heard: [string, number][] = [];
  const tell = (key: string, count: number): void => growth.tell(key, count, (n) => heard.push([key, n]));
  tell('one', 3);
  tell('other', 4);
  expect(growth.keepOnly(new Set(['other', 'new']))).toEqual(['one']);
  tell('one', 5);
  tell('other', 5);
  expect(heard).toEqual([
    ['one', 3],
    ['other', 4],
    ['one', 5],
    ['other', 1],
  ]);
});
