import { describe, expect, test } from 'vitest';
import { POLL } from '../../../../adapters/venues/frame-source.ts';
import { assumedMarket } from '../../../../adapters/venues/kalshi/market-facts.ts';
import { money, price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';
import {
  A,
  accounted,
  at,
  B,
  bookOf,
  countedOf,
  countsOf,
  delta,
  frame,
  LINE,
  LINEAR,
  type Listened,
  lifecycle,
  listen,
  market,
  message,
  NO,
  rest,
  restBook,
  shown,
  snapshot,
  TAPERED,
  toldBy,
  trade,
  wireMarket,
  YES,
} from './frames.ts';

const S = { status: 'live', bids: ['0.22 x 333', '0.08 x 300'], asks: ['0.44 x 146', '0.46 x 20'] };
const NOTHING = { status: 'stale', bids: [], asks: [] };
const ID = `kalshi:${A}`;

function bookS(): Listened {
  const listened = listen();
  listened.read(snapshot(A, 2));
  return listened;
}

describe('books', () => {
  test('tell each complete change with its time, the first one as a snapshot', () => {
    const s = bookS();
    s.read(delta(A, 3, 'yes 0.2200 +1.00'));
    expect(s.updates).toEqual([
      {
        kind: 'book',
        instrumentId: ID,
        book: bookOf(s, A),
        occurredAt: null,
        isSnapshot: true,
        isPolled: false,
      },
      { kind: 'book', instrumentId: ID, book: bookOf(s, A), occurredAt: at(3) },
    ]);
  });

  test('are whole: a side that shows all its levels says so', () => {
    const book = bookOf(bookS(), A);
    expect([book?.isComplete('bids', 2), book?.isComplete('bids', 1), book?.isComplete('asks', 2)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('take no number of an answer for a missing message', () => {
    const s = bookS();
    s.read(
      message({ type: 'ok', id: 4, sid: 2, seq: 3, msg: { market_tickers: [A] } }),
      delta(A, 4, 'yes 0.2200 +1.00'),
    );
    expect(shown(s, A).bids[0]).toBe('0.22 x 334');
    s.read(message({ type: 'ok', id: 5, sid: 2, seq: 5, msg: {} }), delta(A, 5, 'yes 0.2200 +1.00'));
    expect(shown(s, A).bids[0]).toBe('0.22 x 335');
    expect(s.needs).toEqual([]);
  });

  test('ask again after five seconds without the picture, and not after the close', () => {
    const s = bookS();
    s.read(delta(A, 4, 'yes 0.2200 +1.00', 100));
    for (const ms of [1_000, 5_099, 5_100, 6_000, 10_100]) s.reader.tick(at(ms));
    expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${A}`, `snapshot ${A}`]); // at 100, 5 100, 10 100
    s.read(lifecycle('determined', A, { result: 'no', settlement_value: '0.0000' }, 11_000));
    s.reader.tick(at(30_000));
    expect(s.needs).toHaveLength(3);
  });

  test('of another subscription to the same market are not added up, once a picture has shown which is followed', () => {
    const s = bookS();
    s.read(
      snapshot(A, 1, undefined, 10, 9),
      delta(A, 2, 'yes 0.2200 +5.00', 11, 9),
      delta(A, 3, 'yes 0.2200 +5.00', 12, 2),
    );
    expect([shown(s, A), s.needs]).toEqual([NOTHING, [`snapshot ${A}`]]);
    s.read(
      snapshot(A, 3, undefined, 13, 9),
      delta(A, 4, 'yes 0.2200 +5.00', 14, 9),
      delta(A, 4, 'yes 0.2200 +5.00', 15, 2),
    );
    expect(shown(s, A).bids[0]).toBe('0.22 x 338');
    expect(countedOf(s, A)).toEqual({
      snapshots: 3,
      bookUpdates: 2,
      bookRepeated: 1,
      bookGaps: 1,
      resyncs: 1,
    });
    expect(s.needs).toHaveLength(1);
  });

  test.each([
    { pictures: 'one picture', sids: [999] },
    { pictures: 'two pictures', sids: [999, 998] },
  ])('are doubted by their own subscription after $pictures under other numbers', ({ sids }) => {
    const s = bookS();
    const other = { yes: [['0.4000', '1.00']], no: NO } as const;
    for (const sid of sids) s.read(snapshot(A, 7, other, 10, sid));
    s.read(delta(A, 3, 'yes 0.2200 -1.00', 11));
    expect([shown(s, A), s.needs]).toEqual([NOTHING, [`snapshot ${A}`]]);
    s.read(snapshot(A, 4, undefined, 12), delta(A, 5, 'yes 0.2200 -1.00', 13));
    expect(shown(s, A)).toMatchObject({ status: 'live', bids: ['0.22 x 332', '0.08 x 300'] });
  });

  test('are doubted by a gap of the subscription that another number took them away from', () => {
    const s = bookS();
    s.read(snapshot(A, 7, undefined, 10, 999), delta(B, 9, 'yes 0.2200 +1.00', 11));
    expect([shown(s, A), s.needs[0]]).toEqual([NOTHING, `snapshot ${A}`]);
  });

  test('keep their count however many other subscriptions speak', () => {
    const s = bookS();
    for (let sid = 100; sid < 1_000; sid += 1) s.read(delta(`KXOTHER-${sid}`, 1, 'yes 0.2200 +1.00', 3, sid));
    s.read(delta(A, 50, 'yes 0.2200 +1.00'));
    expect([shown(s, A), countsOf(s, A).bookGaps, s.needs]).toEqual([NOTHING, 1, [`snapshot ${A}`]]);
  });

  test('are not doubted by a picture by REST beside the stream that cannot be read', () => {
    const s = bookS();
    s.read(restBook(A, { yes: [['0.22000001', '1']], no: [] }, 9_000, LINE));
    expect([shown(s, A), s.needs, countsOf(s, A).refused]).toEqual([S, [], 1]);
  });

  test('are all doubted when the venue says that it dropped messages', () => {
    const s = listen();
    s.read(snapshot(A, 1), snapshot(B, 1, undefined, 1, 7));
    s.read(message({ type: 'error', msg: { code: 25, msg: 'Subscription buffer overflow' } }));
    expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, NOTHING]);
    expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${B}`, 'reconnect ']);
    expect(countsOf(s, A)).toMatchObject({ bookGaps: 1, tradeGaps: 1 });
  });

  test.each([
    { what: 'a change without a size', raw: { price_dollars: '0.22', side: 'yes' }, lost: [A], malformed: 1 },
    {
      what: 'a price off any grid',
      raw: { price_dollars: '0.22000001', delta_fp: '1.00', side: 'yes' },
      lost: [A],
      malformed: 0,
    },
    {
      what: 'a price of a dollar',
      raw: { price_dollars: '1.0000', delta_fp: '1.00', side: 'yes' },
      lost: [A],
      malformed: 0,
    },
    {
      what: 'a price of nothing',
      raw: { price_dollars: '0.0000', delta_fp: '1.00', side: 'no' },
      lost: [A],
      malformed: 0,
    },
    {
      what: 'a size that is no number',
      raw: { price_dollars: '0.22', delta_fp: 'NaN', side: 'yes' },
      lost: [A],
      malformed: 0,
    },
    {
      what: 'a side that nobody knows',
      raw: { price_dollars: '0.22', delta_fp: '1.00', side: 'both' },
      lost: [A],
      malformed: 1,
    },
    { what: 'a change without a market', raw: { market_ticker: undefined }, lost: [A, B], malformed: 1 },
  ])('are lost by $what: $lost', ({ raw, lost, malformed }) => {
    const s = listen();
    s.read(snapshot(A, 2), snapshot(B, 3));
    s.read(message({ type: 'orderbook_delta', sid: 2, seq: 4, msg: { market_ticker: A, ...raw } }));
    expect([A, B].filter((symbol) => shown(s, symbol).status === 'stale')).toEqual(lost);
    expect(s.needs).toEqual(lost.map((symbol) => `snapshot ${symbol}`));
    expect(countsOf(s, A).refused).toBe(lost.length === 1 ? 1 : 0);
    expect(s.reader.frames.malformed).toBe(malformed);
    expect(accounted(s.reader)).toBe(3);
  });

  test('are doubted only with their own subscription', () => {
    const s = listen();
    s.read(snapshot(A, 1), snapshot(B, 1, undefined, 1, 7), delta(A, 9, 'yes 0.2200 +1.00'));
    expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, S]);
    expect(countsOf(s, B).bookGaps).toBe(0);
  });

  test('are compared with the venue’s own best prices, both at once', () => {
    const s = bookS();
    for (const [bid, ask] of [
      ['0.22', '0.44'],
      ['0.22', '0.45'],
      ['0.21', '0.44'],
      ['0.2200', '0.4400'],
    ] as const)
      s.read(
        message({ type: 'ticker', msg: { market_ticker: A, yes_bid_dollars: bid, yes_ask_dollars: ask } }),
      );
    expect(countsOf(s, A)).toMatchObject({ touchChecks: 4, touchAgreed: 2 });
    expect(shown(s, A)).toEqual(S);
  });

  test('are lost by a message that is no JSON, if it came as one about them', () => {
    const s = bookS();
    s.read(frame('ticker', '{"type":"tick'));
    expect(shown(s, A)).toEqual(S);
    s.read(frame('orderbook_delta', '{"type":"orderb'));
    expect(shown(s, A)).toEqual(NOTHING);
  });

  test('follow a change of the tick from a new picture on', () => {
    const s = listen({ instruments: [market(A, { price_ranges: LINEAR })] });
    s.read(snapshot(A, 2), lifecycle('price_level_structure_updated', A, { price_ranges: TAPERED }));
    expect(shown(s, A)).toEqual(NOTHING);
    expect(s.needs).toEqual([`snapshot ${A}`]);
    s.read(snapshot(A, 3, { yes: [['0.0290', '1.00']] }));
    expect(shown(s, A)).toEqual({ status: 'live', bids: ['0.029 x 1'], asks: [] });
    expect(s.reader.instruments()[0]).toMatchObject({ tickSize: price('0.001') });
  });

  test('of markets that nobody follows are counted and not kept', () => {
    const s = bookS();
    s.read(
      snapshot('KXOTHER-1', 3),
      delta('KXOTHER-1', 4, 'yes 0.2200 +1.00'),
      delta(A, 5, 'yes 0.2200 +1.00'),
    );
    expect(s.reader.frames.unfollowed).toBe(2);
    expect(shown(s, A).bids[0]).toBe('0.22 x 334');
  });

  test('are forgotten with a market that is not followed any more', () => {
    const s = bookS();
    s.reader.changeFollowed({ wire: 'kalshi', receivedAt: at(3), follow: [], unfollow: [A], detail: '' });
    s.read(delta(A, 3, 'yes 0.2200 +1.00'));
    expect(s.reader.frames.unfollowed).toBe(1);
    expect(s.reader.instruments().map(({ symbol }) => symbol)).toEqual([B]);
  });

  test('of a second connection take over when the first one ends', () => {
    const s = bookS();
    s.read({ ...snapshot(A, 1, { yes: YES, no: NO.slice(0, 1) }), connection: 'kalshi-2' });
    expect(shown(s, A)).toEqual(S);
    s.reader.changeConnection({
      wire: 'kalshi',
      receivedAt: at(9),
      connection: LINE,
      change: 'closed',
      detail: '',
    });
    expect(shown(s, A)).toEqual({ ...S, asks: ['0.46 x 20'] });
    expect(toldBy(s)).toEqual([]);
  });

  test('are followed by assumed rules where a recording is only looked into', () => {
    const s = listen({ instruments: [], rulesOfAny: assumedMarket });
    s.read(snapshot('KXANY-26-X', 1));
    expect(shown(s, 'KXANY-26-X')).toEqual(S);
  });
});

describe('pictures by REST', () => {
  const other = { yes: YES.slice(0, 1), no: NO } as const;

  test('are all there is where no stream is: live at once, and stale when the next one is overdue', () => {
    const s = listen({ pollEveryMs: 4_000 });
    s.read(restBook(A, { yes: YES, no: NO }));
    expect(shown(s, A)).toEqual(S);
    expect(s.updates).toMatchObject([{ kind: 'book', isPolled: true }]);
    s.read(restBook(A, other, 4_000));
    expect(shown(s, A).bids).toEqual(['0.08 x 300']);
    s.reader.tick(at(16_000)); // 3 x 4 000 after the last one
    expect(shown(s, A).status).toBe('live');
    s.reader.tick(at(16_001));
    expect(shown(s, A)).toEqual(NOTHING);
    expect(s.needs).toEqual([]);
    s.read(restBook(A, other, 16_002));
    expect(shown(s, A).status).toBe('live');
  });

  test('give way to the stream as soon as it proves the book', () => {
    const s = listen();
    s.read(restBook(A, other), snapshot(A, 1));
    expect(shown(s, A)).toEqual(S);
    s.read(restBook(A, other, 10));
    expect(shown(s, A)).toEqual(S);
  });

  test('beside a stream change nothing, and prove nothing about a book that just moved', () => {
    const s = bookS();
    s.read(restBook(A, other, 2_900, LINE), restBook(A, other, 2_950, LINE));
    expect(shown(s, A)).toEqual(S);
    expect(s.needs).toEqual([]);
    expect(countedOf(s, A)).toEqual({ snapshots: 1, snapshotsUnneeded: 2 });
  });

  test('beside a silent stream show that it is dead when they differ twice', () => {
    const s = bookS();
    s.read(restBook(A, { yes: YES.toReversed(), no: NO }, 5_000, LINE));
    expect(s.needs).toEqual([]);
    s.read(restBook(A, other, 6_000, LINE));
    expect([shown(s, A), s.needs]).toEqual([S, [`snapshot ${A}`]]);
    s.read(restBook(A, other, 7_000, LINE));
    expect(shown(s, A)).toEqual(NOTHING);
    expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${A}`, 'reconnect ']);
    expect(toldBy(s)).toMatchObject([{ kind: 'book_doubted', doubt: 'gap' }]);
  });

  test('are forgiven a difference that the stream explains', () => {
    const s = bookS();
    s.read(
      restBook(A, other, 5_000, LINE),
      delta(A, 3, 'yes 0.2200 -333.00', 5_001),
      restBook(A, other, 9_000, LINE),
    );
    expect(shown(s, A).bids).toEqual(['0.08 x 300']);
    expect(countedOf(s, A)).toEqual({ snapshots: 1, bookUpdates: 1, snapshotsUnneeded: 2 });
  });

  test('begin to differ anew once the stream spoke', () => {
    const s = bookS();
    s.read(
      restBook(A, other, 5_000, LINE),
      delta(A, 3, 'yes 0.2200 +1.00', 5_001),
      restBook(A, other, 9_000, LINE),
    );
    expect(shown(s, A).status).toBe('live');
    expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${A}`]);
  });

  test('are always told in no prices, whatever the stream was asked for', () => {
    const s = listen({ usesYesPrice: true });
    s.read(restBook(A, { yes: YES, no: NO }));
    expect(shown(s, A)).toEqual(S);
  });

  test('do not prove a book that waits for the stream', () => {
    const s = bookS();
    s.read(delta(A, 9, 'yes 0.2200 +1.00'), restBook(A, { yes: YES, no: NO }, 20, LINE));
    expect(shown(s, A)).toEqual(NOTHING);
  });

  test('that cannot be read leave the book to become stale', () => {
    const s = listen();
    s.read(restBook(A, { yes: YES, no: NO }));
    s.read(restBook(A, { yes: [['2.0000', '1.00']], no: [] }, 1));
    expect(shown(s, A)).toEqual(NOTHING);
    expect(countsOf(s, A).refused).toBe(1);
  });
});

describe('trades', () => {
  const printed = (s: Listened) => s.updates.filter(({ kind }) => kind === 'trade');

  test('are told with the side that took', () => {
    const s = listen();
    s.read(
      trade(A, { id: 'a', price: '0.3600', count: '136.00', ms: 1 }, { taker_book_side: 'ask' }),
      trade(
        A,
        { id: 'b', ms: 2 },
        { taker_book_side: undefined, taker_outcome_side: 'yes', taker_side: 'no' },
      ),
      trade(
        A,
        { id: 'c', ms: 3 },
        { taker_book_side: undefined, taker_side: 'no', ts_ms: undefined, ts: 1_790_462_801 },
      ),
    );
    const told = { kind: 'trade', instrumentId: ID, trades: 1 };
    expect(printed(s)).toEqual([
      {
        ...told,
        price: price('0.36'),
        quantity: quantity('136'),
        aggressor: 'sell',
        firstTradeId: 'a',
        lastTradeId: 'a',
        occurredAt: at(1),
      },
      {
        ...told,
        price: price('0.44'),
        quantity: quantity('1'),
        aggressor: 'buy',
        firstTradeId: 'b',
        lastTradeId: 'b',
        occurredAt: at(2),
      },
      {
        ...told,
        price: price('0.44'),
        quantity: quantity('1'),
        aggressor: 'sell',
        firstTradeId: 'c',
        lastTradeId: 'c',
        occurredAt: at(1_000),
      },
    ]);
  });

  test('are told once, on whichever connection and by whatever way they come', () => {
    const s = listen();
    s.read(trade(A, { seq: 1, id: 'a' }), { ...trade(A, { seq: 1, id: 'a' }), connection: 'kalshi-2' });
    const again = {
      trade_id: 'a',
      ticker: A,
      yes_price_dollars: '0.4400',
      count_fp: '1.00',
      taker_book_side: 'bid',
      created_time: '2026-09-26T22:46:41Z',
    };
    s.read(rest(`trades:${A}`, { trades: [again] }, 0, POLL));
    expect(printed(s)).toHaveLength(1);
    expect(countsOf(s, A)).toMatchObject({ trades: 1, tradesRepeated: 2 });
  });

  test('agreed on outside of the market are counted, and are no prints', () => {
    const s = listen();
    s.read(trade(A, { seq: 1 }, { is_block_trade: true }));
    expect(s.updates).toEqual([]);
    expect(Object.fromEntries(s.reader.messages)).toEqual({ 'trade (block)': 1 });
  });

  test('that are missing are told of every market that may have had them', () => {
    const s = listen();
    s.read(snapshot(A, 1), snapshot(B, 2), trade(A, { seq: 1 }), trade(A, { seq: 4 }));
    const lost = { kind: 'trades_lost', flag: 'gap', detail: '2 trades missing before 4 of subscription 11' };
    expect(toldBy(s).filter(({ kind }) => kind === 'trades_lost')).toEqual([
      { ...lost, instrumentId: ID },
      { ...lost, instrumentId: `kalshi:${B}` },
    ]);
    expect([shown(s, A), shown(s, B)]).toEqual([S, S]);
  });

  test.each([
    { what: 'without a side', more: { taker_book_side: undefined }, malformed: 0 },
    { what: 'with a side that nobody knows', more: { taker_book_side: 'left' }, malformed: 0 },
    { what: 'of nothing', more: { count_fp: '0.00' }, malformed: 0 },
    { what: 'without a time', more: { ts_ms: undefined }, malformed: 0 },
    { what: 'without a price', more: { yes_price_dollars: undefined }, malformed: 1 },
    { what: 'without a size', more: { count_fp: undefined }, malformed: 1 },
  ])('$what are refused and told as lost', ({ more, malformed }) => {
    const s = listen();
    s.read(trade(A, { seq: 1 }, more));
    expect(toldBy(s)).toMatchObject([{ kind: 'trades_lost', instrumentId: ID, flag: 'refused' }]);
    expect(countsOf(s, A).refused).toBe(1);
    expect(s.reader.frames.malformed).toBe(malformed);
  });

  test('may all be lost by a message that is no JSON', () => {
    const s = bookS();
    s.read(frame('trade', '{"type":"tra'));
    expect(toldBy(s)).toMatchObject([{ kind: 'trades_lost', instrumentId: ID, flag: 'refused' }]);
  });

  test('by REST come oldest first, and those of before are history', () => {
    const s = listen();
    const one = (id: string, created_time: string, more: object = {}) => ({
      trade_id: id,
      ticker: A,
      yes_price_dollars: '0.4400',
      count: 3,
      taker_side: 'no',
      created_time,
      ...more,
    });
    const trades = [
      one('d', '2026-09-26T22:46:41Z', { is_block_trade: true }),
      one('c', '2026-09-26T22:46:41Z'),
      one('b', '2026-09-26T22:46:40Z'),
      one('a', '2026-09-26T22:46:39.999Z'),
    ];
    s.read(rest(`trades:${A}`, { trades }, 0, POLL)); // at 22:46:40
    expect(printed(s)).toMatchObject([{ firstTradeId: 'b' }, { firstTradeId: 'c', quantity: quantity('3') }]);
    expect(countsOf(s, A)).toMatchObject({
      trades: 3,
      tradesFromHistory: 1,
      quantityFromHistory: quantity('3'),
    });
  });
});

describe('rules', () => {
  test('of a market are what the venue announces', () => {
    const s = listen({ instruments: [], symbols: [A] });
    const event = {
      event_ticker: 'FED-23DEC',
      series_ticker: 'FED',
      title: 'Fed decision',
      settlement_sources: [{ name: 'Federal Reserve', url: '…' }, { name: 'BLS' }],
    };
    const strikes = { strike_type: 'greater', floor_strike: 3.25, cap_strike: null };
    s.read(
      rest('event', { event, markets: [wireMarket(A, strikes), wireMarket('FED-23DEC-T4.00')] }, 0, null),
    );
    expect(s.updates).toEqual([
      {
        kind: 'instrument',
        tradable: true,
        instrument: {
          id: ID,
          venue: 'kalshi',
          symbol: A,
          baseAsset: A,
          quoteAsset: 'USD',
          tickSize: price('0.001'),
          priceRanges: TAPERED.map(({ start, end, step }) => ({
            start: price(start),
            end: price(end),
            step: price(step),
          })),
          lotSize: quantity('0.01'),
          quantityMin: quantity('0.01'),
          quantityMax: quantity('1000000000000'),
          notionalMin: money('0'),
          priceMin: price('0.001'),
          priceMax: price('0.999'),
          contract: {
            event: 'FED-23DEC',
            title: 'Fed decision',
            outcome: 'It happens',
            opposite: null,
            series: 'FED',
            opensAt: epochMs(Date.parse('2026-09-26T22:45:00Z')),
            closesAt: epochMs(Date.parse('2026-09-26T23:00:00Z')),
            strike: { kind: 'greater', floor: '3.25', cap: null },
            settlementSource: 'Federal Reserve, BLS',
          },
        },
      },
    ]);
  });

  test('that are repeated are not told again', () => {
    const s = listen({ instruments: [], symbols: [A] });
    const answer = rest('markets', { markets: [wireMarket(A)] }, 0, null);
    s.read(answer, answer, { ...answer, connection: POLL });
    expect(s.updates).toHaveLength(1);
  });

  test('keep what only an event told', () => {
    const known = market(A);
    const contract = known.contract && { ...known.contract, settlementSource: 'Pyth', series: 'KXFED' };
    const s = listen({ instruments: [{ ...known, contract }] });
    s.read(rest('markets', { markets: [wireMarket(A)] }, 0, null));
    expect(s.reader.instruments()[0]?.contract).toMatchObject({ settlementSource: 'Pyth', series: 'KXFED' });
  });

  test('that cannot be read close the market', () => {
    const s = listen();
    s.read(rest('markets', { markets: [wireMarket(A, { price_ranges: [], price_level_structure: 'new' })] }));
    const why = "its rules price_ranges: missing, and price_level_structure 'new' is not known";
    expect(s.notes).toEqual([{ kind: 'refused', detail: `${A}: ${why}` }]);
    expect(s.updates).toEqual([{ kind: 'trading', instrumentId: ID, tradable: false, detail: why }]);
  });

  test('of a contract that pays more than a dollar are refused', () => {
    const s = listen({ instruments: [], symbols: [A] });
    s.read(rest('market', { market: wireMarket(A, { notional_value_dollars: '100.0000' }) }));
    expect(s.reader.instruments()).toEqual([]);
    expect(s.notes[0]?.detail).toContain('notional_value_dollars: only contracts that pay up to 1 dollar');
  });

  test('name what the venue lists only where it was asked for everything', () => {
    const s = listen();
    s.read(rest('markets', { markets: [wireMarket(A), wireMarket('KXOTHER-1')] }));
    expect([...s.reader.listed]).toEqual([A, 'KXOTHER-1']);
  });
});

describe('the life of a market', () => {
  const trading = (s: Listened) =>
    s.updates.flatMap((one) => (one.kind === 'trading' ? [`${one.tradable}: ${one.detail}`] : []));
  const settled = (s: Listened) =>
    s.updates.flatMap((one) =>
      one.kind === 'settlement' ? [[one.payout, one.isFinal, one.occurredAt]] : [],
    );

  test('begins and ends by the clock, between two messages', () => {
    const s = listen({
      instruments: [market(A, { open_time: '2026-09-26T22:46:41Z', close_time: '2026-09-26T22:46:42Z' })],
    });
    s.read(snapshot(A, 1, undefined, 0)); // 22:46:40
    for (const ms of [0, 999, 1_000, 1_999]) s.reader.tick(at(ms));
    s.read(delta(A, 2, 'yes 0.2200 +1.00', 2_000));
    expect(trading(s)).toEqual([
      'false: it has not opened yet',
      'true: it trades',
      'false: its close has come',
    ]);
  });

  test('is created by the stream, with rules until an answer brings more', () => {
    const s = listen({ instruments: [], symbols: [B] });
    s.read(
      lifecycle('created', B, {
        open_ts: 1_790_462_700,
        close_ts: 1_790_463_600,
        price_level_structure: 'tapered_deci_cent',
        strike_type: 'greater_or_equal',
        floor_strike: 68_000.12,
        additional_metadata: {
          event_ticker: 'KXBTC15M-26SEP261900',
          title: 'Bitcoin up?',
          yes_sub_title: 'Target',
        },
      }),
    );
    expect(s.updates).toMatchObject([
      {
        kind: 'instrument',
        tradable: true,
        instrument: {
          symbol: B,
          contract: {
            event: 'KXBTC15M-26SEP261900',
            series: 'KXBTC15M',
            opensAt: 1_790_462_700_000,
            closesAt: 1_790_463_600_000,
            strike: { kind: 'greater_or_equal', floor: '68000.12', cap: null },
          },
        },
      },
    ]);
  });

  test('pauses and goes on, with a new picture since all resting orders are gone', () => {
    const s = bookS();
    s.read(
      lifecycle('deactivated', A, { is_deactivated: true }),
      lifecycle('activated', A, { is_deactivated: false }),
    );
    expect(trading(s)).toEqual(["false: the venue says 'inactive'", 'true: it trades']);
    expect(s.needs).toEqual([`snapshot ${A}`]);
    expect(shown(s, A)).toEqual(S);
  });

  test('closes later or earlier when its close is moved', () => {
    const s = bookS();
    s.read(lifecycle('close_date_updated', A, { close_ts: 1_790_462_801 }, 0));
    s.reader.tick(at(999));
    expect(trading(s)).toEqual([]);
    s.reader.tick(at(1_000)); // 1 790 462 801 s
    expect(trading(s)).toEqual(['false: its close has come']);
    s.read(lifecycle('close_date_updated', A, { close_ts: 1_790_462_900 }, 1_001));
    expect(s.updates.at(-1)).toMatchObject({ kind: 'instrument', tradable: true });
  });

  test('gets its strike when the window opens', () => {
    const s = bookS();
    s.read(
      lifecycle('metadata_updated', A, {
        strike_type: 'greater',
        floor_strike: 68_000.12,
        yes_sub_title: 'Above',
      }),
    );
    expect(s.reader.instruments()[0]?.contract).toMatchObject({
      outcome: 'Above',
      strike: { kind: 'greater', floor: '68000.12', cap: null },
    });
  });

  test('ends with an outcome that is announced and then final', () => {
    const s = bookS();
    s.read(
      lifecycle('determined', A, {
        result: 'yes',
        settlement_value: '1.0000',
        determination_ts: 1_790_463_606,
      }),
      lifecycle('settled', A, { settled_ts: 1_790_463_612 }),
      lifecycle('settled', A, { settled_ts: 1_790_463_612 }),
    );
    expect(settled(s)).toEqual([
      [price('1'), false, 1_790_463_606_000],
      [price('1'), true, 1_790_463_612_000],
    ]);
    expect(trading(s)).toEqual(["false: the venue says 'determined'"]);
  });

  test('may end at a fraction', () => {
    const s = bookS();
    s.read(lifecycle('determined', A, { result: 'scalar', settlement_value: '0.3700' }));
    expect(settled(s)).toEqual([[price('0.37'), false, null]]);
  });

  test('ends by REST as well, each state told once', () => {
    const s = listen();
    const said = (status: string, more: object) =>
      s.read(rest('markets', { markets: [wireMarket(A, { status, ...more })] }));
    said('closed', { result: '' });
    said('determined', { result: 'no', settlement_value_dollars: '0.0000' });
    said('determined', { result: 'no', settlement_value_dollars: '0.0000' });
    said('amended', { result: 'yes', settlement_value_dollars: '1.0000' });
    said('finalized', {
      result: 'yes',
      settlement_value_dollars: '1.0000',
      settlement_ts: '2026-09-26T23:05:00Z',
    });
    said('finalized', {
      result: 'yes',
      settlement_value_dollars: '1.0000',
      settlement_ts: '2026-09-26T23:05:00Z',
    });
    expect(settled(s)).toEqual([
      [price('0'), false, null],
      [price('1'), false, null],
      [price('1'), true, Date.parse('2026-09-26T23:05:00Z')],
    ]);
  });

  test('is not paid a second time: a correction is told to people', () => {
    const s = listen();
    s.read(lifecycle('determined', A, { result: 'yes' }), lifecycle('settled', A));
    s.read(rest('markets', { markets: [wireMarket(A, { status: 'finalized', result: 'no' })] }));
    expect(settled(s)).toHaveLength(2);
    expect(s.notes).toEqual([{ kind: 'refused', detail: `${A}: it paid 1, and the venue now says 0` }]);
  });

  test('has no outcome that contradicts itself', () => {
    const s = bookS();
    s.read(lifecycle('determined', A, { result: 'yes', settlement_value: '0.0000' }));
    expect(settled(s)).toEqual([]);
    expect(s.notes[0]?.detail).toContain("contradicts the result 'yes'");
  });

  test('goes on unseen for markets that nobody follows, and under words that nobody knows', () => {
    const s = bookS();
    s.read(lifecycle('created', 'KXOTHER-1'), lifecycle('renamed', A), lifecycle('activated', A));
    expect(s.reader.frames.unfollowed).toBe(1);
    expect(toldBy(s)).toEqual([]);
    s.read(rest('markets', { markets: [wireMarket(A, { status: 'hibernating' })] }));
    expect(s.updates.at(-1)).toMatchObject({ kind: 'instrument', tradable: false });
  });
});

test('counts each frame once, by the wire’s own name of its kind', () => {
  const s = listen();
  s.read(
    snapshot(A, 1),
    delta(A, 2, 'yes 0.2200 +1.00'),
    trade(A, { seq: 1 }),
    lifecycle('activated', A),
    message({ type: 'ticker', msg: { market_ticker: A, yes_bid_dollars: '0.22', yes_ask_dollars: '0.44' } }),
    message({ type: 'event_fee_update', sid: 13, msg: {} }),
    message({ type: 'tomorrow' }),
    message({ type: 'error', msg: { code: 1 } }),
    frame('ticker', 'no JSON'),
    { ...frame('binary', 'AAAA'), encoding: 'base64' },
    rest('markets', { markets: [] }),
    rest('trades', { trades: [] }),
    rest('what', {}),
  );
  expect(Object.fromEntries(s.reader.messages)).toEqual({
    orderbook_snapshot: 1,
    orderbook_delta: 1,
    trade: 1,
    market_lifecycle_v2: 1,
    ticker: 1,
    event_fee_update: 1,
    markets: 1,
    trades: 1,
  });
  expect(Object.fromEntries(s.reader.unknown)).toEqual({ tomorrow: 1, rest: 1 });
  expect(s.reader.frames).toEqual({ frames: 13, malformed: 2, venueErrors: 1, unfollowed: 0 });
  expect(accounted(s.reader)).toBe(13);
});
