import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TapeVerdict, type TradeFacts, TradeTape } from '../../../adapters/venues/trade-tape.ts';
import { noQualityCounts, type QualityCounts } from '../../../core/market/quality.ts';
import { epochMs } from '../../../core/time.ts';

const facts = (
  firstTradeId: number | string,
  lastTradeId: number | string = firstTradeId,
  at = typeof lastTradeId === 'number' ? lastTradeId : 0,
): TradeFacts => ({
  occurredAt: epochMs(at),
  firstTradeId,
  lastTradeId,
  trades:
    typeof firstTradeId === 'number' && typeof lastTradeId === 'number' ? lastTradeId - firstTradeId + 1 : 1,
  ticks: 100,
  lots: 1,
  aggressor: 'buy',
  isAggregate: false,
});
const aggregate = (first: number, last: number, at = last): TradeFacts => ({
  ...facts(first, last, at),
  isAggregate: true,
});

function taken(...trades: readonly TradeFacts[]): { verdicts: TapeVerdict[]; counts: QualityCounts } {
  const counts = noQualityCounts();
  const tape = new TradeTape(counts);
  return { verdicts: trades.map((trade) => tape.take(trade, epochMs(1))), counts };
}
const kinds = (...trades: readonly TradeFacts[]) => taken(...trades).verdicts.map(({ kind }) => kind);

test.each([
  { what: 'ids that follow each other are new', trades: [facts(7), facts(8)], kinds: ['new', 'new'] },
  { what: 'the first id may be any', trades: [facts(900)], kinds: ['new'] },
  {
    what: 'the same id, or one seen before, is repeated',
    trades: [facts(7), facts(8), facts(8), facts(7)],
    kinds: ['new', 'new', 'repeated', 'repeated'],
  },
  { what: 'a jump is a gap', trades: [facts(7), facts(10)], kinds: ['new', 'gap'] },
  {
    what: 'an older id at a later time begins the count anew',
    trades: [facts(900, 900, 10), facts(3, 3, 11), facts(4, 4, 12)],
    kinds: ['new', 'new', 'new'],
  },
  {
    what: 'an older id at the same time is repeated',
    trades: [facts(900, 900, 10), facts(3, 3, 10)],
    kinds: ['new', 'repeated'],
  },
  {
    what: 'an aggregate that reaches back into trades seen is repeated, since its parts cannot be told apart',
    trades: [aggregate(1, 5), aggregate(4, 9, 99), aggregate(6, 6)],
    kinds: ['new', 'repeated', 'new'],
  },
  {
    what: 'from the first single trade on aggregates stand aside',
    trades: [aggregate(1, 3), facts(4), aggregate(4, 4), aggregate(5, 6), facts(5)],
    kinds: ['new', 'new', 'aggregate_beside_trades', 'aggregate_beside_trades', 'new'],
  },
  {
    what: 'names only tell one trade from another',
    trades: [facts('b'), facts('a'), facts('b')],
    kinds: ['new', 'new', 'repeated'],
  },
])('$what', ({ trades, kinds: expected }) => {
  expect(kinds(...trades)).toEqual(expected);
});

test('a gap says how many trades are missing, over several as over single ones', () => {
  const { verdicts, counts } = taken(aggregate(1, 3), aggregate(7, 9), facts(20));
  expect(verdicts).toEqual([{ kind: 'new' }, { kind: 'gap', missing: 3 }, { kind: 'gap', missing: 10 }]);
  expect(counts).toMatchObject({ trades: 7, tradeGaps: 2, tradesMissing: 13, tradesRepeated: 0 });
});

test('a count that begins anew is no gap', () => {
  expect(taken(facts(900, 900, 10), facts(3, 3, 11)).counts).toMatchObject({ tradeGaps: 0, trades: 2 });
});

const FAR = 9_999_999_999_999;

test.each([
  {
    what: 'with a stamp that is none',
    trades: [facts(500, 500, 10), facts(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, FAR)],
  },
  {
    what: 'at its own time',
    trades: [facts(500, 500, 10), facts(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 11)],
  },
  {
    what: 'before any other',
    trades: [facts(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, FAR)],
  },
])('one trade with an id beyond all others ends nothing, $what', ({ trades }) => {
  const rest = [facts(501, 501, 11), facts(501, 501, 11), facts(502, 502, 11), facts(504, 504, 12)];
  expect(kinds(...trades, ...rest).slice(trades.length)).toEqual(['new', 'repeated', 'new', 'gap']);
  // Of what the wrong id left out nothing is missing.
  expect(taken(...trades, ...rest).counts.tradesMissing).toBe(1);
});

test('a stamp far ahead leaves the newest time as it was', () => {
  const ids = [facts(900, 900, 10), facts(901, 901, FAR), facts(3, 3, 11), facts(4, 4, 12)];
  expect(kinds(...ids)).toEqual(['new', 'new', 'new', 'new']);
});

test('a jump that the venue counts on from is a loss, however far it is', () => {
  const { verdicts, counts } = taken(facts(1), facts(200_001), facts(200_001), facts(200_002), facts(3));
  expect(verdicts.map(({ kind }) => kind)).toEqual(['new', 'gap', 'repeated', 'new', 'repeated']);
  expect(counts).toMatchObject({ tradeGaps: 1, tradesMissing: 199_999, tradesRepeated: 2 });
});

test('of names the newest two thousand are remembered', () => {
  const names = Array.from({ length: 2_049 }, (_, n) => facts(`t${n}`));
  expect(kinds(...names, facts('t2048'), facts('t1'), facts('t0')).slice(-3)).toEqual([
    'repeated',
    'repeated',
    'new',
  ]);
});

test('two connections, one behind the other: each trade is new once, and what neither brought is counted', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.nat(20), (isLost, behind) => {
      const ids = isLost.flatMap((lost, id) => (lost ? [] : [id]));
      const arrivals = [
        ...ids.map((id) => ({ at: id, id })),
        ...ids.map((id) => ({ at: id + behind + 0.5, id })),
      ].sort((a, b) => a.at - b.at);
      const { verdicts, counts } = taken(...arrivals.map(({ id }) => facts(id)));
      const fresh = arrivals.filter((_, n) => verdicts[n]?.kind !== 'repeated').map(({ id }) => id);
      expect(fresh).toEqual(ids);
      const [oldest, newest] = [ids[0] ?? 0, ids.at(-1) ?? -1];
      expect(counts).toMatchObject({
        trades: ids.length,
        tradesRepeated: ids.length,
        tradesMissing: newest - oldest + 1 - ids.length,
      });
    }),
    { seed: 11, numRuns: 300 },
  );
});
