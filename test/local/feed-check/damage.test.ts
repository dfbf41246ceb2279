import { expect, test } from 'vitest';
import { recordLine } from '../../../adapters/recordings/record-line.ts';
import { isFrame } from '../../../adapters/venues/frame-source.ts';
import type { WireId } from '../../../adapters/venues/wire.ts';
import { simulated } from '../../../bench/loads.ts';
import { command } from '../../lifecycle/in-process.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';
import { recordingOf } from './lines.ts';

interface Found {
  readonly frames: number;
  readonly malformed: number;
  readonly instruments: Readonly<Record<string, Counts>>;
}
interface Counts {
  readonly messages: Readonly<Record<string, number>>;
  readonly gaps: number;
  readonly repeated: number;
  readonly disordered: number;
  readonly resyncs: number;
  readonly tradesMissing: number;
  readonly crossed: number;
  readonly compare: { readonly with: string; readonly points: number; readonly equal: number };
  readonly hash: { readonly points: number; readonly equal: number };
  readonly final: { readonly status: string; readonly sha256: string };
}

const FRAMES = 3_000;

/** A recording of a simulated venue, and the places of the messages of one kind about one instrument. */
function recordingOfWire(wire: WireId, channel: string, about: string) {
  const items = simulated(wire, wire, FRAMES, 7).items.filter((item) => recordLine(item) !== undefined);
  const places = items.flatMap((item, n) =>
    isFrame(item) && item.channel.includes(channel) && textOf(item).includes(about) ? [n] : [],
  );
  const middle = Math.floor(places.length / 2);
  return {
    lines: items.map((item) => recordLine(item) ?? ''),
    first: places[middle] ?? -1,
    second: places[middle + 1] ?? -1,
  };
}

const textOf = ({ raw, channel, encoding }: { raw: string; channel: string; encoding?: string }): string =>
  encoding === undefined ? raw : channel;

async function check(lines: readonly string[]): Promise<Found> {
  const said = await command('feed-check', '--json', recordingOf(temporaryDirectory(), 'feed.jsonl', lines));
  expect([said.code, said.stderr]).toEqual([0, '']);
  return JSON.parse(said.stdout);
}

const sum = ({ instruments }: Found, of: (one: Counts) => number): number =>
  Object.values(instruments).reduce((total, one) => total + of(one), 0);
const lossOf = (found: Found) => ({
  gaps: sum(found, (one) => one.gaps),
  repeated: sum(found, (one) => one.repeated),
  disordered: sum(found, (one) => one.disordered),
});
const hashesOf = ({ instruments }: Found) => Object.values(instruments).map(({ final }) => final.sha256);

/**
 * Messages that the wire numbers. A number counts the messages of one instrument, or those of all that share a connection or a
 * subscription: then the loss of one is a gap of each.
 */
const NUMBERED = [
  { wire: 'binance-spot', channel: '@depth', about: 'BTCUSDT', shared: 1, older: 'disordered' },
  { wire: 'binance-spot', channel: '@trade', about: 'BTCUSDT', shared: 1, older: 'repeated' },
  { wire: 'coinbase-advanced', channel: 'l2_data', about: 'BTC-USD', shared: 3, older: 'disordered' },
  { wire: 'coinbase-advanced', channel: 'market_trades', about: 'BTC-USD', shared: 3, older: 'disordered' },
  { wire: 'coinbase-exchange', channel: 'match', about: 'BTC-USD', shared: 1, older: 'repeated' },
  { wire: 'mexc-spot', channel: 'aggre.depth', about: 'BTCUSDT', shared: 1, older: 'disordered' },
  { wire: 'kalshi', channel: 'orderbook_delta', about: 'KXBTC15M', shared: 8, older: 'disordered' },
] as const;

test.each(NUMBERED)(
  '$wire: a line of $channel left out is a gap',
  async ({ wire, channel, about, shared }) => {
    const { lines, first } = recordingOfWire(wire, channel, about);
    const [whole, found] = [await check(lines), await check(lines.toSpliced(first, 1))];
    expect([lossOf(whole).gaps, lossOf(whole).disordered]).toEqual([0, 0]);
    expect(lossOf(found).gaps).toBeGreaterThanOrEqual(shared);
    expect(found.frames).toBe(whole.frames - 1);
  },
);

test.each(NUMBERED)(
  '$wire: a line of $channel that comes twice is told as repeated and changes no book',
  async (row) => {
    const { lines, first } = recordingOfWire(row.wire, row.channel, row.about);
    const [whole, found] = [await check(lines), await check(lines.toSpliced(first, 0, lines[first] ?? ''))];
    const before = lossOf(whole);
    expect(lossOf(found)).toEqual({ ...before, repeated: before.repeated + 1 });
    expect(hashesOf(found)).toEqual(hashesOf(whole));
  },
);

test.each(NUMBERED)(
  '$wire: two lines of $channel that change places are a gap, and the older one is $older',
  async (row) => {
    const { lines, first, second } = recordingOfWire(row.wire, row.channel, row.about);
    const swapped = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
    const [whole, found] = [lossOf(await check(lines)), lossOf(await check(swapped))];
    expect(found.gaps).toBeGreaterThanOrEqual(row.shared);
    expect(found[row.older]).toBeGreaterThan(whole[row.older]);
  },
);

test('polymarket numbers nothing: a change left out is known by the hash of the next one', async () => {
  const { lines, first } = recordingOfWire('polymarket', 'price_change', '');
  const [whole, found] = [await check(lines), await check(lines.toSpliced(first, 1))];
  const unequal = (of: Found): number => sum(of, ({ hash }) => hash.points - hash.equal);
  expect([unequal(whole), sum(whole, (one) => one.resyncs)]).toEqual([0, 0]);
  expect(unequal(found)).toBeGreaterThan(0);
  expect(sum(found, (one) => one.resyncs)).toBeGreaterThan(0);
});

test.each([
  { wire: 'binance-spot', name: 'bookTicker' },
  { wire: 'coinbase-advanced', name: 'ticker' },
  { wire: 'coinbase-exchange', name: 'ticker' },
  { wire: 'mexc-spot', name: 'publicAggreBookTicker' },
  { wire: 'kalshi', name: 'ticker' },
  { wire: 'polymarket', name: 'price_change' },
] as const)(
  '$wire: best prices are compared with $name, which is among its messages',
  async ({ wire, name }) => {
    const { lines } = recordingOfWire(wire, '', '');
    const { instruments, malformed } = await check(lines);
    expect(malformed).toBe(0);
    for (const one of Object.values(instruments)) expect(one).toMatchObject({ compare: { with: name } });
    expect(sum({ instruments, frames: 0, malformed }, ({ compare }) => compare.points)).toBeGreaterThan(0);
    const kinds = Object.values<{ messages?: object }>(instruments).flatMap(({ messages = {} }) =>
      Object.keys(messages),
    );
    expect(kinds).toContain(name);
  },
);
