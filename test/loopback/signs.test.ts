import { describe, test } from 'vitest';
import { instrumentId, type VenueId } from '../../core/market/instrument.ts';
import { LoopbackFeed, WINDOW_MS } from './loopback-feed.ts';
import { PLACES, polymarketPlace } from './places.ts';

/** An outage is told after this instead of a minute. */
const OUTAGE_MS = 1_500;
const BTC = instrumentId('binance', 'BTCUSDT');
const ETH = instrumentId('binance', 'ETHUSDT');
const LIVE = { status: 'live', trouble: null };

const eventsOf = ({ events }: LoopbackFeed, kind: string): readonly object[] =>
  events.filter(({ type }) => type.startsWith(kind));
const isLive = ({ judge }: LoopbackFeed): boolean => judge.liveSince(WINDOW_MS) !== null;
const doubtsOf = ({ logged }: LoopbackFeed): readonly unknown[] =>
  logged.flatMap(({ event, fields }) => (event === 'book_doubted' ? [fields['detail']] : []));
/** How often each book was proven anew. */
const resyncsOf = ({ health }: LoopbackFeed): readonly number[] =>
  health.report().instruments.map(({ counts }) => counts.resyncs);

/** Waits for the outage to be told and to be over, looking at the health in between. */
async function outage(feed: LoopbackFeed, venue: VenueId) {
  const { alerts } = feed;
  await feed.until(
    () => alerts.length === 1,
    () => `${venue} is down and nobody is told`,
  );
  const down = await feed.document();
  await feed.until(
    () => alerts.length === 2 && isLive(feed),
    () => `${venue} is not back: ${feed.troubles().join('; ')}`,
  );
  return { down: down.feed, up: (await feed.document()).feed };
}

const told = (venue: VenueId): readonly object[] => [
  { type: 'venue.disconnected', venue },
  { type: 'venue.connected', venue },
];
const alerted = (venue: VenueId): readonly object[] => {
  const [key, kind] = [`venue/main/${venue}`, 'feed_down'];
  return [
    { key, kind, severity: 'critical', cleared: false },
    { key, kind, severity: 'notice', cleared: true },
  ];
};
const gone = { status: 'stale', verdict: 'blind', quality: ['disconnected'] };

describe.concurrent('over loopback', () => {
  test('a socket that freezes is given up: one reconnect, books that are not live, and an alert when nobody can connect', async ({
    expect,
    onTestFinished,
  }) => {
    const feed = await LoopbackFeed.open({ places: [PLACES.kalshi], outageMs: OUTAGE_MS });
    onTestFinished(() => feed.close());
    // Within two seconds of its opening it is known whether the other side answers pings.
    const openedAt = feed.time.now();
    await feed.until(
      () => feed.time.now() - openedAt > 2_500,
      () => 'no time passes',
    );
    const { faults } = feed.simOf('kalshi');
    const refused = { kind: 'upgrade', status: 503, atMs: 0 } as const;
    faults.add({ kind: 'freeze', atMs: 0, forMs: 20_000 }, { ...refused, forMs: 10_000 });
    await feed.until(
      () => feed.health.report().venues[0]?.counts.lost === 1,
      () => 'the frozen socket is not given up',
    );
    faults.add({ ...refused, forMs: 2 * OUTAGE_MS + 1_000 });
    const { down, up } = await outage(feed, 'kalshi');
    expect(down.venues).toMatchObject([
      { connected: false, reconnects: 0, live: 0, trouble: expect.stringContaining('HTTP 503') },
    ]);
    expect(down.instruments).toMatchObject([gone, gone]);
    expect(doubtsOf(feed)).toEqual(
      [0, 1].map(() => expect.stringMatching(/^nothing came for [67]\d{3} ms, and no answer to a ping$/)),
    );
    expect(up.venues).toMatchObject([{ connected: true, reconnects: 1, live: 2, trouble: null }]);
    expect(up.instruments).toMatchObject([LIVE, LIVE]);
    expect(await feed.metric('feed_reconnects_total', { venue: 'kalshi' })).toBe(1);
    expect(await feed.metric('feed_gaps_total')).toBe(0);
    expect(eventsOf(feed, 'venue.')).toMatchObject(told('kalshi'));
    expect(feed.alerts).toMatchObject(alerted('kalshi'));
    expect(resyncsOf(feed)).toEqual([1, 1]);
    expect(feed.judge.wrong).toEqual([]);
  });

  test('a socket that is cut is opened anew and counted; only an outage that lasts is an alert', async ({
    expect,
    onTestFinished,
  }) => {
    const feed = await LoopbackFeed.open({ places: [PLACES.binance], outageMs: OUTAGE_MS });
    onTestFinished(() => feed.close());
    const { faults } = feed.simOf('binance');
    const cut = { kind: 'close_storm', everyMs: 60_000, atMs: 0, forMs: 1 } as const;
    faults.add(cut);
    await feed.until(
      () => resyncsOf(feed).every((count) => count === 1) && isLive(feed),
      () => 'not connected again',
    );
    expect(await feed.metric('feed_reconnects_total', { venue: 'binance' })).toBe(1);
    expect([eventsOf(feed, 'venue.'), feed.alerts]).toEqual([[], []]);

    faults.add({ ...cut }, { kind: 'upgrade', status: 503, atMs: 0, forMs: 5_000 });
    const { down, up } = await outage(feed, 'binance');
    expect(down.venues).toMatchObject([
      { connected: false, reconnects: 1, live: 0, trouble: expect.stringContaining('HTTP 503') },
    ]);
    expect(down.instruments).toMatchObject([gone, gone]);
    expect(up.venues).toMatchObject([{ connected: true, reconnects: 2, live: 2, trouble: null }]);
    expect(up.instruments).toMatchObject([LIVE, LIVE]);
    expect(await feed.metric('feed_reconnects_total', { venue: 'binance' })).toBe(2);
    expect(eventsOf(feed, 'venue.')).toMatchObject(told('binance'));
    expect(feed.alerts).toMatchObject(alerted('binance'));
    expect(resyncsOf(feed)).toEqual([2, 2]);
    expect(feed.judge.wrong).toEqual([]);
  });

  test('a sequence gap is counted on its instrument, whose book is stale until a picture proves it; more than ten a minute halt it', async ({
    expect,
    onTestFinished,
  }) => {
    const feed = await LoopbackFeed.open({ places: [PLACES.binance] });
    onTestFinished(() => feed.close());
    const { faults } = feed.simOf('binance');
    const gap = { kind: 'gap', symbol: 'BTCUSDT', atMs: 0, forMs: 5_000 } as const;
    faults.add({ kind: 'slow_snapshot', byMs: 1_500, atMs: 0, forMs: 1_500 }, gap);
    const statusOf = (id: string) =>
      feed.judge.newest?.instruments.find((one) => one.instrumentId === id)?.status;
    await feed.until(
      () => statusOf(BTC) === 'stale',
      () => 'the gap is not seen',
    );
    expect((await feed.document()).feed.instruments).toMatchObject([
      {
        instrumentId: BTC,
        status: 'stale',
        verdict: 'blind',
        quality: ['gap'],
        trouble: expect.stringContaining('its book is stale since'),
      },
      { instrumentId: ETH, ...LIVE },
    ]);
    await feed.until(
      () => isLive(feed),
      () => 'no picture proved it',
    );
    expect(await feed.metric('feed_gaps_total', { instrument: BTC })).toBe(1);
    expect(await feed.metric('feed_gaps_total', { instrument: ETH })).toBe(0);
    expect(await feed.metric('feed_validation_failures_total', { reason: 'gap' })).toBe(1);
    expect((await feed.document()).counts).toMatchObject({ feed_gaps_total: 1 });
    const notes = feed.logged.flatMap(({ event, fields }) =>
      event.startsWith('book_') ? [[event, fields['instrumentId']]] : [],
    );
    expect(notes).toEqual([
      ['book_doubted', BTC],
      ['book_proven', BTC],
    ]);
    expect([resyncsOf(feed), feed.alerts]).toEqual([[1, 0], []]);

    const updates = (): number => feed.health.report().instruments[0]?.counts.bookUpdates ?? 0;
    for (let n = 2; n <= 11; n += 1) {
      // What is lost behind a picture that is newer than the stream is in the picture.
      const before = updates();
      await feed.until(
        () => updates() >= before + 3,
        () => 'no update comes',
      );
      // A fault is known by its object: another one of the same kind is another object.
      faults.add({ ...gap });
      await feed.until(
        () => resyncsOf(feed)[0] === n,
        () => `gap ${n} is not repaired`,
      );
    }
    await feed.until(
      () => statusOf(BTC) === 'halted' && feed.alerts.length > 0,
      () => `${BTC} is ${statusOf(BTC)} after eleven gaps`,
    );
    expect(await feed.metric('feed_gaps_total', { instrument: BTC })).toBe(11);
    expect(await feed.metric('feed_validation_failures_total', { reason: 'gap' })).toBe(11);
    expect((await feed.document()).feed.instruments).toMatchObject([{ status: 'halted' }, LIVE]);
    expect(eventsOf(feed, 'breaker.')).toMatchObject([{ type: 'breaker.opened', instrumentId: BTC }]);
    expect(feed.alerts).toMatchObject([
      { key: `breaker/main/${BTC}`, kind: 'bad_data', severity: 'critical', cleared: false },
    ]);
    expect(await feed.metric('feed_reconnects_total')).toBe(0);
    expect(feed.judge.wrong).toEqual([]);
  });

  test('a bad checksum is counted on each token of its message, whose books are stale until pictures prove them', async ({
    expect,
    onTestFinished,
  }) => {
    // A trade would bring a whole book, and so the proof, many times a second.
    const feed = await LoopbackFeed.open({ places: [polymarketPlace(700)] });
    onTestFinished(() => feed.close());
    const { faults } = feed.simOf('polymarket');
    const books = () => feed.health.report().instruments;
    await feed.until(
      () => books().every(({ counts }) => counts.hashAgreed > 0),
      () => 'no checksum was ever right',
    );
    faults.add(
      { kind: 'checksum', atMs: 0, forMs: 15_000 },
      { kind: 'slow_snapshot', byMs: 1_500, atMs: 0, forMs: 15_000 },
    );
    await feed.until(
      () => books().every(({ status }) => status === 'stale'),
      () => 'the checksum is not seen',
    );
    const stale = { status: 'stale', verdict: 'blind', quality: ['hash'] };
    expect((await feed.document()).feed.instruments).toMatchObject([stale, stale]);
    await feed.until(
      () => isLive(feed),
      () => 'no picture proved them',
    );
    const { instruments } = (await feed.document()).feed;
    expect(instruments).toMatchObject([LIVE, LIVE]);
    const wrong = instruments.map(({ counts }) => counts.hashChecks - counts.hashAgreed);
    // The checksum covers the price of a trade, which is guessed from the change that it made: without that, the book which a
    // trade brings has a wrong one, too.
    expect([
      [1, 1],
      [2, 2],
    ]).toContainEqual(wrong);
    const failures = await feed.metric('feed_validation_failures_total', { reason: 'hash' });
    expect(failures).toBe(wrong.reduce((sum, one) => sum + one));
    expect(await feed.metric('feed_gaps_total')).toBe(0);
    expect(doubtsOf(feed).slice(0, 2)).toEqual(
      [0, 1].map(() => expect.stringMatching(/^the book does not have the venue's hash at \d+$/)),
    );
    expect([resyncsOf(feed), feed.alerts, eventsOf(feed, 'breaker.')]).toEqual([[1, 1], [], []]);
    expect(feed.judge.wrong).toEqual([]);
  });
});
