import { expect, test } from 'vitest';
import { price, quantity } from '../../../../core/amounts.ts';
import { isOnTick } from '../../../../core/market/instrument.ts';
import { ClockWatch } from '../../../../core/market/quality/clock-watch.ts';
import { feedId } from '../../../../core/market/window.ts';
import { venueRefusal } from '../../../../core/paper/venue-rules.ts';
import { epochMs } from '../../../../core/time.ts';
import { FeedPipeline } from '../../../../fargate/feed-pipeline.ts';
import {
  A,
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
  YES,
} from './frames.ts';

/** Rows of the check table; unless one says otherwise it begins with the documentation's picture of A on sid 2, seq 2. */
function bookS(): Listened {
  const listened = listen();
  listened.read(snapshot(A, 2));
  return listened;
}
const S = { status: 'live', bids: ['0.22 x 333', '0.08 x 300'], asks: ['0.44 x 146', '0.46 x 20'] };
const NOTHING = { status: 'stale', bids: [], asks: [] };

test('KB1 shows asks at what the no bids leave of the dollar', () => {
  const s = bookS();
  expect(shown(s, A)).toEqual(S);
  expect(bookOf(s, A)?.sequence).toBe(2);
  expect(s.needs).toEqual([]);
});

test('KB2 applies no change before a picture, and keeps the count for the other markets', () => {
  const s = bookS();
  s.read(delta(B, 3, 'yes 0.3000 +10.00'));
  expect(shown(s, B)).toEqual({ status: 'never shown', bids: [], asks: [] });
  expect(countedOf(s, B)).toEqual({ bookBeforeSnapshot: 1 });
  s.read(delta(A, 4, 'yes 0.0800 -1.00'));
  expect(shown(s, A)).toEqual({ ...S, bids: ['0.22 x 333', '0.08 x 299'] });
});

test('KB3 adds a signed change to what is there', () => {
  const s = bookS();
  s.read(delta(A, 3, 'yes 0.2200 +17.00'), delta(A, 4, 'no 0.6000 +5.50'));
  expect(shown(s, A)).toEqual({
    status: 'live',
    bids: ['0.22 x 350', '0.08 x 300'], // 333 + 17
    asks: ['0.4 x 5.5', '0.44 x 146', '0.46 x 20'], // 1 - 0.60
  });
});

test('KB4 removes a level that reaches zero', () => {
  const s = bookS();
  s.read(delta(A, 3, 'no 0.5600 -146.00'));
  expect(shown(s, A)).toEqual({ ...S, asks: ['0.46 x 20'] });
});

test('KB5 stays live when a side is empty', () => {
  const s = bookS();
  s.read(delta(A, 3, 'yes 0.2200 -333.00'), delta(A, 4, 'yes 0.0800 -300.00'));
  expect(shown(s, A)).toEqual({ ...S, bids: [] });
});

test('KB6 leaves no phantom level when fractions add up to zero', () => {
  const s = bookS();
  s.read(delta(A, 3, 'no 0.1000 +24.33'), delta(A, 4, 'no 0.1000 -10.00'), delta(A, 5, 'no 0.1000 -14.33'));
  expect(shown(s, A)).toEqual(S);
});

test('KB7 gives up a book whose level would shrink below nothing, and only that one', () => {
  const s = bookS();
  s.read(snapshot(B, 3), delta(A, 4, 'yes 0.9600 -54.00'), delta(B, 5, 'yes 0.2200 +1.00'));
  expect(shown(s, A)).toEqual(NOTHING);
  expect(shown(s, B)).toEqual({ ...S, bids: ['0.22 x 334', '0.08 x 300'] });
  expect(s.needs).toEqual([`snapshot ${A}`]);
  expect(countedOf(s, A)).toEqual({ snapshots: 1, refused: 1 });
  expect(toldBy(s)).toMatchObject([{ kind: 'book_doubted', instrumentId: `kalshi:${A}`, doubt: 'refused' }]);
});

test('KB8 finds the level by its price, however it is written', () => {
  const s = bookS();
  s.read(delta(A, 3, 'yes 0.220 -333.00'));
  expect(shown(s, A)).toEqual({ ...S, bids: ['0.08 x 300'] });
});

test('KB9 applies a repeated message once', () => {
  const s = bookS();
  s.read(delta(A, 3, 'yes 0.2200 +10.00'), delta(A, 3, 'yes 0.2200 +10.00'));
  expect(shown(s, A)).toEqual({ ...S, bids: ['0.22 x 343', '0.08 x 300'] });
  expect(countedOf(s, A)).toEqual({ snapshots: 1, bookUpdates: 1, bookRepeated: 1 });
});

test('KB10 doubts every book of the subscription at a gap, and proves each by its own picture', () => {
  const s = listen();
  s.read(snapshot(A, 2), snapshot(B, 3), delta(A, 5, 'yes 0.2200 +1.00'));
  expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, NOTHING]);
  expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${B}`]);
  expect([countsOf(s, A).bookGaps, countsOf(s, B).bookGaps]).toEqual([1, 1]);
  s.read(snapshot(A, 6, { yes: [['0.2100', '10.00']], no: [['0.7000', '4.00']] }));
  expect(shown(s, A)).toEqual({ status: 'live', bids: ['0.21 x 10'], asks: ['0.3 x 4'] });
  expect(shown(s, B)).toEqual(NOTHING);
});

test('KB11 counts all markets of a subscription together', () => {
  const s = listen();
  s.read(snapshot(A, 1, undefined, 1, 1), snapshot(B, 2, undefined, 2, 1));
  s.read(
    delta(A, 3, 'yes 0.22 +1', 3, 1),
    delta(B, 4, 'yes 0.22 +1', 4, 1),
    delta(A, 5, 'yes 0.22 +1', 5, 1),
  );
  expect(shown(s, A).bids).toEqual(['0.22 x 335', '0.08 x 300']);
  expect(shown(s, B).bids).toEqual(['0.22 x 334', '0.08 x 300']);
  expect(s.needs).toEqual([]);
});

test('KB12 takes rising numbers where a recording left markets out, and live no jump at all', () => {
  const frames = [
    snapshot(A, 7_490_826, undefined, 1, 1),
    delta(A, 7_491_136, 'no 0.5600 +28.00', 2, 1),
    delta(A, 7_491_144, 'yes 0.2200 +5.00', 3, 1),
    delta(A, 7_491_140, 'yes 0.2200 +5.00', 4, 1),
  ];
  const replayed = listen({ gapCheck: false });
  replayed.read(...frames);
  expect(shown(replayed, A)).toEqual({
    status: 'live',
    bids: ['0.22 x 338', '0.08 x 300'],
    asks: ['0.44 x 174', '0.46 x 20'],
  });
  expect(countedOf(replayed, A)).toEqual({ snapshots: 1, bookUpdates: 2, bookDisordered: 1 });
  const live = listen();
  live.read(...frames);
  expect(shown(live, A)).toEqual(NOTHING);
});

test('KB13 takes nothing off the book for a trade, whose count is another one', () => {
  const s = listen();
  s.read(
    snapshot(
      A,
      7_491_829,
      {
        yes: [
          ['0.4400', '1.00'],
          ['0.4300', '0.71'],
        ],
        no: NO.slice(0, 1),
      },
      0,
      1,
    ),
    delta(A, 7_491_830, 'yes 0.4400 -1.00', 1, 1),
    delta(A, 7_491_831, 'yes 0.4300 -0.50', 1, 1),
    trade(A, { seq: 505_120, price: '0.4400', count: '1.00', ms: 1, sid: 2 }, { taker_book_side: 'ask' }),
    trade(A, { seq: 505_121, price: '0.4300', count: '0.50', ms: 1, sid: 2 }, { taker_book_side: 'ask' }),
  );
  expect(shown(s, A)).toEqual({ status: 'live', bids: ['0.43 x 0.21'], asks: ['0.46 x 20'] });
  expect(bookOf(s, A)?.sequence).toBe(7_491_831);
  expect(countedOf(s, A)).toEqual({ snapshots: 1, bookUpdates: 2, trades: 2 });
});

test('KB14 shows books as soon as their pictures come, whatever was acknowledged', () => {
  const s = listen();
  s.read(
    message({ type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 1 } }),
    snapshot(A, 1, undefined, 1, 1),
    snapshot(B, 2, undefined, 1, 1),
  );
  expect([shown(s, A), shown(s, B)]).toEqual([S, S]);
  s.read(message({ type: 'subscribed', id: 1, msg: { channel: 'trade', sid: 2 } }));
  expect([shown(s, A), shown(s, B)]).toEqual([S, S]);
});

test('KB15 reports refused channels and markets, and goes on', () => {
  const s = bookS();
  s.read(
    frame('error', '{"type":"error","id":1,"msg":{"code":8,"msg":"Unknown channel name"}}'),
    frame(
      'error',
      '{"type":"error","id":2,"msg":{"code":16,"msg":"Market not found","market_ticker":"KXNOPE"}}',
    ),
    delta(A, 3, 'yes 0.2200 +1.00'),
  );
  expect(s.notes).toEqual([
    { kind: 'venue_error', detail: '8: Unknown channel name' },
    { kind: 'venue_error', detail: '16: Market not found (KXNOPE)' },
  ]);
  expect(s.reader.frames).toMatchObject({ venueErrors: 2, malformed: 0 });
  expect(shown(s, A).bids).toEqual(['0.22 x 334', '0.08 x 300']);
  expect(s.needs).toEqual([]);
});

test('KB16 begins to count anew on a new connection, and keeps no level of the old book', () => {
  const s = listen();
  s.read(snapshot(A, 44_151), delta(A, 44_152, 'yes 0.2200 +1.00'));
  s.reader.changeConnection({
    wire: 'kalshi',
    receivedAt: at(1),
    connection: LINE,
    change: 'lost',
    detail: 'cut',
  });
  expect(toldBy(s)).toMatchObject([
    { kind: 'book_doubted', doubt: 'disconnected' },
    { kind: 'trades_lost', instrumentId: `kalshi:${A}` }, // of B nothing came over it
  ]);
  const before = bookOf(s, A);
  s.reader.changeConnection({
    wire: 'kalshi',
    receivedAt: at(2),
    connection: LINE,
    change: 'opened',
    detail: '',
  });
  const yes = [
    ['0.1200', '2383.38'],
    ['0.1300', '185.00'],
  ] as const;
  s.read(snapshot(A, 1, { yes, no: [['0.8600', '1721.77']] }), delta(A, 2, 'yes 0.1200 -150.00'));
  expect(bookOf(s, A)).not.toBe(before);
  expect(shown(s, A)).toEqual({
    status: 'live',
    bids: ['0.13 x 185', '0.12 x 2233.38'], // 2383.38 - 150
    asks: ['0.14 x 1721.77'],
  });
});

test('KB17 shows nothing while a connection is silent', () => {
  const s = bookS();
  s.reader.changeConnection({
    wire: 'kalshi',
    receivedAt: at(9),
    connection: LINE,
    change: 'opened',
    detail: '',
  });
  for (let ms = 1_000; ms <= 33_500; ms += 500) s.reader.tick(at(ms));
  expect(toldBy(s).at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'disconnected' });
});

test('KB18 takes an absent side for an empty one', () => {
  const s = listen();
  s.read(
    snapshot(A, 1, {
      no: [
        ['0.9980', '43.00'],
        ['0.9990', '6208.57'],
      ],
    }),
  );
  expect(shown(s, A)).toEqual({ status: 'live', bids: [], asks: ['0.001 x 6208.57', '0.002 x 43'] });
});

test('KB19 ends trading by the clock, and takes empty pictures after it without asking again', () => {
  const closesAt = epochMs(Date.parse('2026-05-15T21:45:00Z'));
  const ms = (offset: number): number => closesAt - at(0) + offset;
  const open = { open_time: '2026-05-15T21:30:00Z', close_time: '2026-05-15T21:45:00Z' };
  const s = listen({ instruments: [market(A, open)] });
  s.read(
    snapshot(
      A,
      41,
      {
        yes: [['0.0100', '5.00']],
        no: [
          ['0.9800', '1.00'],
          ['0.9900', '20.00'],
        ],
      },
      ms(-100),
    ),
  );
  s.reader.tick(epochMs(closesAt - 1));
  expect(toldBy(s)).toEqual([]);
  s.reader.tick(closesAt);
  expect(toldBy(s)).toEqual([
    { kind: 'trading', instrumentId: `kalshi:${A}`, tradable: false, detail: 'its close has come' },
  ]);
  s.read(delta(A, 42, 'no 0.9900 -11.19', ms(0)), delta(A, 43, 'no 0.9900 -1.00', ms(1)));
  s.read(snapshot(A, 44, {}, ms(25_336)), snapshot(A, 45, {}, ms(25_336)));
  expect(shown(s, A)).toEqual({ status: 'live', bids: [], asks: [] });
  expect(s.needs).toEqual([]);
  expect(toldBy(s)).toHaveLength(1);
});

test('KB20 keeps a late change of the market before out of the next one', () => {
  const s = bookS();
  s.reader.changeConnection({
    wire: 'kalshi',
    receivedAt: at(1),
    connection: LINE,
    change: 'closed',
    detail: '',
  });
  s.read(snapshot(B, 1, { yes: [['0.4900', '1385.16']], no: [['0.5000', '995.00']] }));
  const told = s.updates.length;
  s.read(delta(A, 2, 'yes 0.2200 +1.00'));
  expect(shown(s, B)).toEqual({ status: 'live', bids: ['0.49 x 1385.16'], asks: ['0.5 x 995'] });
  expect(s.updates).toHaveLength(told);
});

test('KB21 counts tenths of a cent exactly, and knows where an order may name them', () => {
  const tapered = market(A, { price_ranges: TAPERED });
  const linear = market(A, { price_ranges: LINEAR });
  const prices = ['0.0290', '0.9390', '0.3250'] as const;
  expect(prices.map((text) => isOnTick(tapered, price(text)))).toEqual([true, true, false]);
  expect(isOnTick(linear, price('0.0290'))).toBe(false);
  const order = { limitPrice: price('0.3250'), quantity: quantity('1') };
  expect(venueRefusal(tapered, order)).toBe('price 0.325 is not a multiple of the tick 0.01');
  const s = listen({ instruments: [linear] });
  s.read(snapshot(A, 1, { yes: [['0.0290', '1.00']], no: [['0.0610', '2.00']] }));
  expect(shown(s, A)).toEqual({ status: 'live', bids: ['0.029 x 1'], asks: ['0.939 x 2'] });
});

test('KB22 shows nothing while both bids pass the dollar for an instant', () => {
  const s = listen();
  const yes = [
    ['0.6500', '10.00'],
    ['0.6700', '80.00'],
  ] as const;
  s.read(snapshot(A, 1, { yes, no: [['0.3200', '50.00']] }));
  const told = s.updates.length;
  s.read(delta(A, 2, 'no 0.3400 +80.00', 24));
  expect(shown(s, A)).toEqual(NOTHING);
  expect(s.updates).toHaveLength(told);
  s.read(delta(A, 3, 'yes 0.6700 -80.00', 24));
  expect(shown(s, A)).toEqual({ status: 'live', bids: ['0.65 x 10'], asks: ['0.66 x 80', '0.68 x 50'] });
  expect(s.needs).toEqual([]);
  expect(countedOf(s, A)).toEqual({ snapshots: 1, bookUpdates: 2, bookCrossed: 1 });
});

test('KB22 gives up a book whose bids pass the dollar for longer than a second', () => {
  const s = listen();
  s.read(
    snapshot(A, 1, { yes: [['0.6700', '80.00']], no: [['0.3200', '50.00']] }),
    delta(A, 2, 'no 0.3400 +80.00', 24),
  );
  s.reader.tick(at(1_024));
  expect(s.needs).toEqual([]);
  s.reader.tick(at(1_025));
  expect(s.needs).toEqual([`snapshot ${A}`]);
  expect(toldBy(s)).toEqual([
    {
      kind: 'book_doubted',
      instrumentId: `kalshi:${A}`,
      doubt: 'crossed',
      detail:
        'yes and no bids reach 1 dollar together for 1001 ms: a wrong book, or use_yes_price is not what was asked for',
    },
  ]);
});

test('KB23 reads the no side in yes prices where it was asked for', () => {
  const s = listen({ usesYesPrice: true });
  s.read(
    snapshot(A, 2, {
      yes: YES,
      no: [
        ['0.4400', '146.00'],
        ['0.4600', '20.00'],
      ],
    }),
  );
  expect(shown(s, A)).toEqual(S);
  s.read(delta(A, 3, 'no 0.4400 -46.00'));
  expect(shown(s, A)).toEqual({ ...S, asks: ['0.44 x 100', '0.46 x 20'] });
});

test('KB24 takes 0 and 1 dollar for no price', () => {
  const s = listen();
  const ticker = (bid: string, ask: string) =>
    message({
      type: 'ticker',
      sid: 11,
      msg: { market_ticker: A, yes_bid_dollars: bid, yes_ask_dollars: ask, yes_bid_size_fp: '0.00' },
    });
  s.read(snapshot(A, 1, {}), ticker('0.0000', '1.0000'));
  expect(shown(s, A)).toEqual({ status: 'live', bids: [], asks: [] });
  expect(countsOf(s, A).touchChecks).toBe(0);
  s.read(snapshot(A, 2), ticker('0.0000', '1.0000'), ticker('0.2200', '0.4400'));
  expect(countsOf(s, A)).toMatchObject({ touchChecks: 2, touchAgreed: 1 });
  const polled = listen();
  polled.read(
    restBook(A, {
      yes: [],
      no: [
        ['0.9800', '588846.99'],
        ['0.9900', '1507388.37'],
      ],
    }),
  );
  expect(shown(polled, A)).toEqual({
    status: 'live',
    bids: [],
    asks: ['0.01 x 1507388.37', '0.02 x 588846.99'],
  });
  const empty = { orderbook: { yes: null, no: null, yes_dollars: null, no_dollars: null } };
  polled.read(rest(`orderbook:${A}`, empty, 1, 'poll'));
  expect(shown(polled, A)).toEqual({ status: 'live', bids: [], asks: [] });
});

test('KB25 takes the time of an event from its text where it has no milliseconds, and one ahead of our clock as it is', () => {
  const s = bookS();
  const older = {
    market_ticker: A,
    price_dollars: '0.2200',
    delta_fp: '1.00',
    side: 'yes',
    ts: '2026-04-18T05:34:57.16015Z',
  };
  s.read(message({ type: 'orderbook_delta', sid: 2, seq: 3, msg: older }));
  expect(s.updates.at(-1)).toMatchObject({ kind: 'book', occurredAt: 1_776_490_497_160 });
  const ahead = { ...older, ts_ms: 1_778_880_730_178 };
  const raw = JSON.stringify({ type: 'orderbook_delta', sid: 2, seq: 4, msg: ahead });
  s.read({
    wire: 'kalshi',
    receivedAt: epochMs(1_778_880_729_981),
    channel: 'orderbook_delta',
    raw,
    connection: LINE,
  });
  expect(s.updates.at(-1)).toMatchObject({ kind: 'book', occurredAt: 1_778_880_730_178 });
  expect(shown(s, A).bids[0]).toBe('0.22 x 335');
});

test('KB25 an event ahead of our clock has no negative delay, and shows in the offset of the clock', () => {
  const pipeline = new FeedPipeline({
    ids: [market(A).id],
    instruments: [market(A)],
    kalshi: { gapCheck: true },
    feedId: feedId('kalshi'),
    windowMs: 1_000,
    depth: 1,
    configHash: '',
    epoch: 1,
    need: () => undefined,
    note: () => undefined,
  });
  const begin = snapshot(A, 2, undefined, 0);
  const frames = [begin, delta(A, 3, 'yes 0.2200 +1.00', 197)].map((one) => ({ ...one, receivedAt: at(0) }));
  for (const one of frames) {
    expect([...pipeline.windowsBefore(one)]).toEqual([]);
    pipeline.take(one);
  }
  const [window] = pipeline.windowsBefore({ ...begin, receivedAt: at(1_000) });
  expect(window).toMatchObject({
    clockOffsets: { kalshi: 197 },
    instruments: [{ occurredAt: at(197), receivedAt: at(0), quality: [], verdict: 'clean' }],
  });
  expect(new ClockWatch().observe(at(197), at(0))).toEqual({ delayMs: 0, isLate: false, jumpMs: null });
});

test('KB10 one change with an old number and a new time doubts the books: the count has begun anew', () => {
  const s = listen();
  s.read(snapshot(A, 700), snapshot(B, 701), delta(A, 702, 'yes 0.2200 +1.00'));
  s.read(delta(A, 1, 'yes 0.2200 +1.00', 900));
  expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, NOTHING]);
  expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${B}`]);
  s.read(
    snapshot(A, 2, undefined, 901),
    snapshot(B, 3, undefined, 902),
    delta(A, 4, 'yes 0.2200 +1.00', 903),
  );
  expect([shown(s, A).bids[0], shown(s, B)]).toEqual(['0.22 x 334', S]);
  expect(s.needs.length).toBe(2);
});

/** What was asked for from second to second, with the connection that it was asked on. */
function asksOf(s: Listened, fromS: number, toS: number): string[] {
  const asks: string[] = [];
  for (let second = fromS; second <= toS; second += 1) {
    const before = s.needs.length;
    s.reader.tick(at(second * 1_000));
    asks.push(...s.needs.slice(before).map((need) => `${need}@${second}`));
  }
  return asks;
}

test('KB10 a picture that is asked for in vain four times costs the connection, and no other one for ten minutes', () => {
  const s = listen();
  s.read(snapshot(A, 2, undefined, 1_000), delta(A, 4, 'yes 0.2200 +1.00', 2_000));
  expect(s.needs.splice(0)).toEqual([`snapshot ${A}`]);
  expect(asksOf(s, 3, 30)).toEqual([
    `snapshot ${A}@7`,
    `snapshot ${A}@12`,
    `snapshot ${A}@17`,
    'reconnect @22',
    `snapshot ${A}@22`,
    `snapshot ${A}@27`,
  ]);
  // The next connection does not bring it either.
  s.reader.changeConnection({
    wire: 'kalshi',
    receivedAt: at(31_000),
    connection: LINE,
    change: 'lost',
    detail: '',
  });
  s.read(message(JSON.parse(delta(A, 1, 'yes 0.2200 +1.00').raw), 31_000, 'kalshi-2'));
  const later = asksOf(s, 32, 700).filter((ask) => ask.startsWith('reconnect'));
  expect(later).toEqual(['reconnect @631']);
});

test('KB10 a picture that comes late is waited for, and the next doubt has its own questions', () => {
  const s = listen();
  s.read(snapshot(A, 2, undefined, 1_000), delta(A, 4, 'yes 0.2200 +1.00', 2_000));
  expect(asksOf(s, 3, 20).filter((ask) => ask.startsWith('reconnect'))).toEqual([]);
  s.read(snapshot(A, 5, undefined, 21_000), delta(A, 7, 'yes 0.2200 +1.00', 22_000));
  expect(asksOf(s, 23, 41).filter((ask) => ask.startsWith('reconnect'))).toEqual([]);
  s.read(snapshot(A, 8, undefined, 41_500));
  expect(shown(s, A)).toEqual(S);
  expect(asksOf(s, 42, 100)).toEqual([]);
});
