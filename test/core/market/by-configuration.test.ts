import { expect, test } from 'vitest';
import { byConfiguration } from '../../../core/market/window.ts';
import { market, windowOf } from '../../support/values.ts';

const made = (n: number, configHash: string) => ({ ...windowOf(n, [market()]), configHash });

test.each([
  { hashes: 'aaa', runs: ['aaa'] },
  { hashes: 'aab', runs: ['aa', 'b'] },
  { hashes: 'aba', runs: ['a', 'b', 'a'] },
  { hashes: 'a', runs: ['a'] },
  { hashes: '', runs: [] },
])('windows of $hashes are the runs $runs, in their order', ({ hashes, runs }) => {
  const windows = hashes.split('').map((hash, i) => made(i + 1, hash));
  const cut = byConfiguration(windows);
  expect(cut.map((run) => run.map((one) => one.configHash).join(''))).toEqual(runs);
  expect(cut.flat()).toEqual(windows);
});
