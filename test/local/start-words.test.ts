import { expect, test } from 'vitest';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { feedWords } from '../../local/start-words.ts';

const said = (input: 'live' | 'recording', clockOffsets: Readonly<Record<string, number>>) => {
  const lines: string[] = [];
  const report = () => ({ ...new FeedHealth().report(), clockOffsets });
  feedWords({ report }, input, (line) => lines.push(line));
  return lines;
};

test.each([
  ['live', -657, "this machine's clock is 657 ms ahead of"],
  ['recording', 1_200, "the recorder's clock is 1200 ms behind"],
] as const)('a clock that is off is said to be whose it is: %s', (input, offsetMs, words) => {
  expect(said(input, { kalshi: offsetMs })).toEqual([expect.stringContaining(words)]);
});

test('a clock that is off by less than a tenth of a second is no news', () => {
  expect(said('live', { kalshi: 99 })).toEqual([]);
});
