import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { asMoney, money } from '../../../core/amounts.ts';
import { InvariantError } from '../../../core/invariant.ts';
import type { EntryFacts, LedgerAccount } from '../../../core/ledger/journal.ts';
import {
  CHAIN_START,
  canonicalEntry,
  chainEntry,
  entryFacts,
  ledgerHash,
  totals,
} from '../../../core/ledger/journal.ts';
import { depositFacts, emptyAccount, evolveAccount } from '../../../core/ledger/lane-account.ts';
import type { AccountId, Lane } from '../../../core/paper/order.ts';
import { LANES } from '../../../core/paper/order.ts';
import { at, T0 } from '../../support/values.ts';

const post = (account: LedgerAccount, currency: string, amount: string) => ({
  account,
  currency,
  amount: money(amount),
});
const entry = (changes: Partial<EntryFacts> = {}): EntryFacts => ({
  kind: 'reserve',
  accountId: 'main' as AccountId,
  lane: 'base',
  windowTime: at(1),
  causeId: '00000000000000aa',
  line: 0,
  postings: [post('cash', 'USDT', '-100'), post('reserved', 'USDT', '100')],
  ...changes,
});

test('drops zeros, merges what goes to the same account and sorts the rest', () => {
  const given = [
    post('reserved', 'USDT', '70'),
    post('fees', 'USDT', '0'),
    post('cash', 'USDT', '-100'),
    post('reserved', 'USDT', '30'),
    post('fees', 'COIN', '1'),
    post('holding:binance:COINUSDT' as LedgerAccount, 'COIN', '-1'),
  ];
  expect(entryFacts(entry({ postings: given })).postings).toEqual([
    post('cash', 'USDT', '-100'),
    post('fees', 'COIN', '1'),
    post('holding:binance:COINUSDT' as LedgerAccount, 'COIN', '-1'),
    post('reserved', 'USDT', '100'),
  ]);
});

test('refuses what does not balance in every currency', () => {
  const off = entry({ postings: [post('cash', 'USDT', '-100'), post('reserved', 'USDT', '100.00000001')] });
  expect(() => entryFacts(off)).toThrow(InvariantError);
  expect(() => entryFacts(off)).toThrow('is off by 0.00000001 USDT');
  const mixed = entry({ postings: [post('cash', 'USDT', '-100'), post('reserved', 'COIN', '100')] });
  expect(() => entryFacts(mixed)).toThrow('is off by');
});

test('the bytes of an entry are what happened and nothing about when it was written down', () => {
  expect(canonicalEntry(entry())).toBe(
    `["reserve","main","base",${at(1)},"00000000000000aa",0,[["cash","USDT","-100"],["reserved","USDT","100"]]]`,
  );
  const [cash, reserved] = entry().postings;
  if (!cash || !reserved) throw new Error('two postings');
  expect(canonicalEntry(entry({ postings: [reserved, cash] }))).toBe(canonicalEntry(entry()));
});

test('each link of the chain proves its entry, its evidence and everything before', () => {
  const first = chainEntry(sha256, entry(), 1, CHAIN_START, null);
  expect(chainEntry(sha256, entry(), 1, CHAIN_START, null)).toEqual(first);
  const links = [
    chainEntry(sha256, entry({ causeId: 'b' }), 2, first.chain, null),
    chainEntry(sha256, entry({ causeId: 'b' }), 2, CHAIN_START, null),
    chainEntry(sha256, entry({ causeId: 'b' }), 2, first.chain, 'evidence'),
    chainEntry(sha256, entry({ causeId: 'b', line: 1 }), 2, first.chain, null),
  ].map((one) => one.chain);
  expect(new Set(links).size).toBe(4);
});

const anyEntry: fc.Arbitrary<EntryFacts> = fc
  .record({
    kind: fc.constantFrom('reserve' as const, 'release' as const, 'fill' as const),
    accountId: fc.constantFrom('alpha', 'beta').map((text) => text as AccountId),
    lane: fc.constantFrom<Lane[]>(...LANES),
    windowTime: fc.integer({ min: 1, max: 5 }).map(at),
    causeId: fc.constantFrom('a', 'b', 'c'),
    line: fc.integer({ min: 0, max: 2 }),
    amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  })
  .map(({ amount, ...facts }) => ({
    ...facts,
    postings: [
      { account: 'cash' as const, currency: 'USDT', amount: asMoney(-amount) },
      { account: 'reserved' as const, currency: 'USDT', amount: asMoney(amount) },
    ],
  }));
const identity = (one: EntryFacts) =>
  `${one.accountId}|${one.lane}|${one.windowTime}|${one.causeId}|${one.line}|${one.kind}`;
const someEntries = fc.uniqueArray(anyEntry, { selector: identity, minLength: 1, maxLength: 20 });

test('the ledger hash does not depend on the order in which entries were committed', () => {
  fc.assert(
    fc.property(someEntries, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (entries, keys) => {
      const shuffled = entries.map((one, i) => ({ one, key: keys[i] ?? 0 })).sort((a, b) => a.key - b.key);
      expect(
        ledgerHash(
          sha256,
          shuffled.map(({ one }) => one),
        ),
      ).toBe(ledgerHash(sha256, entries));
    }),
    { seed: 32 },
  );
});

test('the ledger hash differs when one posting differs by one unit, or an entry is missing', () => {
  fc.assert(
    fc.property(someEntries, fc.nat(), fc.boolean(), (entries, pick, reserved) => {
      const at = pick % entries.length;
      const changed = entries.map((one, i) =>
        i !== at
          ? one
          : {
              ...one,
              postings: one.postings.map((posting) =>
                (posting.account === 'reserved') === reserved
                  ? { ...posting, amount: asMoney(posting.amount + 1n) }
                  : posting,
              ),
            },
      );
      const hash = ledgerHash(sha256, entries);
      expect(ledgerHash(sha256, changed)).not.toBe(hash);
      expect(ledgerHash(sha256, entries.toSpliced(at, 1))).not.toBe(hash);
    }),
    { seed: 33 },
  );
});

test('balances are the journal folded up: deposits, reservations, income with its own sign', () => {
  const empty = emptyAccount('main' as AccountId, 'base', 'USDT');
  const deposit = chainEntry(
    sha256,
    entryFacts(depositFacts(empty, money('1000'), T0)),
    1,
    CHAIN_START,
    null,
  );
  const reserve = chainEntry(sha256, entry(), 2, deposit.chain, null);
  const sold = entry({
    kind: 'fill',
    postings: [
      post('cash', 'USDT', '119.9'),
      post('fees', 'USDT', '0.1'),
      post('position:binance:COINUSDT' as LedgerAccount, 'USDT', '-100'),
      post('realized', 'USDT', '-20'),
      post('fees', 'COIN', '5'), // another currency is not this balance
      post('venue:binance:COINUSDT' as LedgerAccount, 'COIN', '-5'),
    ],
  });
  const fill = chainEntry(sha256, sold, 3, reserve.chain, 'e');
  expect([deposit, reserve, fill].reduce(evolveAccount, empty)).toEqual({
    ...empty,
    cash: money('1019.9'), // 1000 - 100 + 119.9
    reserved: money('100'),
    fees: money('0.1'),
    realized: money('20'),
    opening: money('1000'),
    entries: 3,
    chain: fill.chain,
  });
  expect(totals(sold.postings)).toEqual(
    new Map([
      ['USDT', 0n],
      ['COIN', 0n],
    ]),
  );
});
