import { expect, test } from 'vitest';
import { configChanges } from '../../../local/stack-view/config-changes.ts';

const before = {
  feed: { id: 'main' },
  accounts: [
    { id: 'a', limits: { daily: 1 } },
    { id: 'b', limits: { daily: 2 } },
  ],
  fees: [1, 2],
  instruments: [],
};

test.each([
  { what: 'nothing', after: { ...before }, changes: [] },
  {
    what: 'an account put first, and its limit',
    after: {
      ...before,
      accounts: [
        { id: 'b', limits: { daily: 3 } },
        { id: 'a', limits: { daily: 1 } },
      ],
    },
    changes: [{ path: 'accounts[b].limits.daily', before: '2', after: '3' }],
  },
  {
    what: 'an account left out',
    after: { ...before, accounts: [{ id: 'a', limits: { daily: 1 } }] },
    changes: [
      { path: 'accounts[b].id', before: '"b"', after: null },
      { path: 'accounts[b].limits.daily', before: '2', after: null },
    ],
  },
  {
    what: 'a list without ids',
    after: { ...before, fees: [1, 3, null] },
    changes: [
      { path: 'fees[1]', before: '2', after: '3' },
      { path: 'fees[2]', before: null, after: 'null' },
    ],
  },
  {
    what: 'an empty list left out',
    after: { feed: before.feed, accounts: before.accounts, fees: before.fees },
    changes: [{ path: 'instruments', before: '[]', after: null }],
  },
  {
    what: 'a group that becomes a value',
    after: { ...before, feed: 'main' },
    changes: [
      { path: 'feed', before: null, after: '"main"' },
      { path: 'feed.id', before: '"main"', after: null },
    ],
  },
])('$what is told by path', ({ after, changes }) => {
  expect(configChanges(before, after)).toEqual(changes);
});
