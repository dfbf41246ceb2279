import { expect, test } from 'vitest';
import { looksFiltered } from '../../../../adapters/venues/kalshi/filtered.ts';

const upTo = (length: number): number[] => Array.from({ length }, (_, n) => n + 1);

test.each([
  { what: 'every message', seqs: upTo(400), is: false },
  { what: 'one line dropped', seqs: upTo(400).filter((n) => n !== 200), is: false },
  { what: 'one line dropped of a short file', seqs: upTo(60).filter((n) => n !== 30), is: false },
  { what: 'half a minute dropped', seqs: upTo(4_000).filter((n) => n < 1_000 || n > 2_500), is: false },
  {
    what: 'twenty lines dropped in one place',
    seqs: upTo(400).filter((n) => n < 100 || n > 140 || n % 2 === 0),
    is: false,
  },
  { what: 'a reconnect that counts anew', seqs: [...upTo(300), ...upTo(300)], is: false },
  { what: 'one market of three', seqs: upTo(1_200).filter((n) => n % 3 === 0), is: true },
  { what: 'a market with nine of ten messages', seqs: upTo(1_000).filter((n) => n % 10 !== 0), is: true },
  { what: 'too few messages to tell', seqs: upTo(60).filter((n) => n % 3 === 0), is: false },
  { what: 'nothing', seqs: [], is: false },
])('$what: $is', ({ seqs, is }) => {
  expect(looksFiltered(seqs)).toBe(is);
});
