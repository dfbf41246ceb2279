import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../adapters/config/load-config.ts';
import { recordLine } from '../../adapters/recordings/record-line.ts';
import { RecordingWriter } from '../../adapters/recordings/recording-writer.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import { systemTimers, type Timers } from '../../adapters/venues/session/timers.ts';
import type { Transport } from '../../adapters/venues/session/transport.ts';
import { wsTransport } from '../../adapters/venues/session/ws-transport.ts';
import type { RawVenues } from '../../core/config/venues-schema.ts';
import { type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { epochMs, MINUTE_MS } from '../../core/time.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { recordFeed } from '../../local/cli/record-feed.ts';
import type { Fault } from '../../local/venue-simulator/faults.ts';
import { SimTransport } from '../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { SIM_VENUES } from '../../local/venue-simulator/sim-venues.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../support/random.ts';
import { liveConfig, livePictures, reading, replayed, serveVenue } from './recorded-feed.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const START = epochMs(1_790_000_000_000);
const IDS: readonly InstrumentId[] = [
  instrumentId('binance', 'BTCUSDT'),
  instrumentId('binance', 'ETHUSDT'),
  instrumentId('coinbase', 'BTC-USD'),
];

function accessIn(file: string): RawVenues {
  const loaded = loadConfig(file, sha256);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  return loaded.config.access;
}

const feedOf = (
  ids: readonly InstrumentId[],
  access: RawVenues,
  { transport, timers }: { readonly transport: Transport; readonly timers: Timers },
): LiveFeed =>
  new LiveFeed({
    access,
    keys: {},
    ids,
    leagues: [],
    venues: [],
    windowMs: 1_000,
    transport,
    timers,
    random: seeded(7),
    note: () => undefined,
  });

test('live over loopback, with all connections cut: the recording replays to the windows that were built beside it', async () => {
  const storm: Fault = { kind: 'close_storm', everyMs: 1_000, atMs: 3_500, forMs: 500 };
  const [binance, coinbase] = await Promise.all([
    serveVenue('binance', [storm]),
    serveVenue('coinbase', [storm]),
  ]);
  const directory = temporaryDirectory();
  const access = accessIn(liveConfig(directory, { binance: binance.hosts, coinbase: coinbase.hosts }));
  const source = feedOf(IDS, access, { transport: wsTransport, timers: systemTimers });
  const writer = new RecordingWriter({ directory, name: 'live', rotateMs: 4_000, rotateBytes: 1e9 });
  const windows: MarketWindow[] = [];
  const stop = new AbortController();
  const end = setTimeout(() => stop.abort(), 10_000);
  const frames = await recordFeed({
    source,
    writer,
    reading: reading(IDS),
    signal: stop.signal,
    onFault: ({ detail }) => expect.fail(detail),
    onWindow: (window) => windows.push(window),
  });
  clearTimeout(end);
  await writer.close();
  await Promise.all([binance.close(), coinbase.close()]);
  expect(frames).toBeGreaterThan(300);
  expect(writer.written.files.length).toBeGreaterThanOrEqual(2);
  expect(source.connections().map(({ reconnects }) => reconnects > 0)).toEqual([true, true]);
  const again = await replayed(writer.written.files, IDS);
  const last = again.windows.at(-1)?.closedAt;
  expect(again.faults).toEqual([]);
  // Time alone may have closed one more before the end.
  expect(again.windows).toEqual(windows.filter(({ closedAt }) => closedAt <= (last ?? 0)));
  expect(windows.length - again.windows.length).toBeLessThanOrEqual(1);
  expect(livePictures(windows)).toBeGreaterThan(windows.length);
}, 40_000);

/** One that is cut, one that is silent, one whose numbers begin anew: each venue a little later than the one before. */
const troubles = (laterMs: number, symbol: string): readonly Fault[] => [
  { kind: 'close_storm', everyMs: 2_000, atMs: 60_000 + laterMs, forMs: 7_000 },
  { kind: 'gap', symbol, atMs: 120_000 + laterMs, forMs: 10_000 },
  { kind: 'garbage', as: 'half', atMs: 140_000 + laterMs, forMs: 10_000 },
  { kind: 'shutdown', atMs: 180_000 + laterMs, forMs: 20_000 },
  { kind: 'freeze', atMs: 240_000 + laterMs, forMs: 60_000 },
  { kind: 'swap', symbol, atMs: 330_000 + laterMs, forMs: 10_000 },
  { kind: 'region', atMs: 380_000 + laterMs, forMs: 100_000 },
];

test.each([7, 8])(
  'ten minutes of three venues with reconnects, outages and a rotation replay to the very windows, seed %i',
  async (seed) => {
    const timers = new VirtualTimers(START);
    const names = ['binance', 'coinbase', 'mexc'];
    const venues = names.flatMap((name, n) => {
      const kind = SIM_VENUES[name];
      if (kind === undefined) return [];
      const listings = kind.listings({ count: 2, stepMs: 200 });
      const faults = troubles(n * 5_000, listings[0]?.instrument.symbol ?? '');
      return [new SimVenue({ seed, timers, dialect: kind.dialect, listings, faults })];
    });
    const ids = [...IDS, instrumentId('mexc', 'BTCUSDT'), instrumentId('mexc', 'ETHUSDT')];
    const directory = temporaryDirectory();
    const transport = new SimTransport({ seed, timers, venues });
    const feed = feedOf(ids, accessIn(liveConfig(directory, {})), { transport, timers });
    const pipeline = new FeedPipeline({
      ...reading(ids),
      need: (need) => feed.need(need),
      note: () => undefined,
    });
    const windows: MarketWindow[] = [];
    const items: QueuedItem[] = [];
    feed.start((item) => {
      items.push(item);
      if ('reason' in item) return;
      windows.push(...pipeline.windowsBefore(item));
      if (!('beat' in item)) pipeline.take(item);
    });
    timers.runUntil(epochMs(START + 10 * MINUTE_MS));
    feed.stop();

    const writer = new RecordingWriter({
      directory,
      name: 'sim',
      rotateMs: 4 * MINUTE_MS,
      rotateBytes: 1e9,
    });
    for (const item of items) {
      const line = recordLine(item);
      if (line !== undefined && 'receivedAt' in item) await writer.add(line, item.receivedAt);
      else if ('beat' in item) await writer.flushWhenDue(item.beat);
    }
    await writer.close();
    expect(writer.written.files).toEqual([
      expect.stringContaining(join(directory, 'sim-')),
      expect.stringContaining(join(directory, 'sim-')),
      expect.stringContaining(join(directory, 'sim-')),
    ]);
    expect(feed.connections().map(({ reconnects }) => reconnects > 2)).toEqual([true, true, true]);
    expect(items.filter((item) => 'outage' in item).length).toBeGreaterThan(0);

    const again = await replayed(writer.written.files, ids);
    expect(again.faults).toEqual([]);
    expect(again.windows.length).toBeGreaterThanOrEqual(598);
    expect(again.windows).toEqual(windows.slice(0, again.windows.length));
    expect(livePictures(windows)).toBeGreaterThan(2 * windows.length);
  },
);
