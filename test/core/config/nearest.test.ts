import { expect, test } from 'vitest';
import { nearestTo } from '../../../core/config/nearest.ts';

test.each([
  { text: 'OAKUSD', near: ['OAKUSDT', 'ELMUSDT'] }, // one letter missing, against four replaced
  { text: 'OKAUSDT', near: ['OAKUSDT', 'ELMUSDT'] },
  { text: 'ELM', near: ['ELMUSDT', 'FIRBTC'] },
  { text: '', near: ['FIRBTC', 'ELMUSDT'] },
])('the nearest to "$text" come first', ({ text, near }) => {
  expect(nearestTo(text, ['FIRBTC', 'OAKUSDT', 'ELMUSDT', 'ELMUSDT'], 2)).toEqual(near);
});

test('equally near ones come by name, and fewer than asked for where there are no more', () => {
  expect(nearestTo('AX', ['AC', 'AB'], 3)).toEqual(['AB', 'AC']);
  expect(nearestTo('AX', [], 3)).toEqual([]);
});
