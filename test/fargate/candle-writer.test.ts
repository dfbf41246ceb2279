import { expect, test } from 'vitest';
import { StoreError } from '../../adapters/store/item-store.ts';
import { type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import type { CandleStore } from '../../core/ports.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { CandleWriter, type WriteCadence } from '../../fargate/candle-writer.ts';
import { KeptBars } from '../../fargate/kept-bars.ts';
import { aBar, MIDNIGHT } from '../support/bars.ts';

const OAK = instrumentId('binance', 'OAKUSDT');
const ELM = instrumentId('binance', 'ELMUSDT');
const after = (ms: number): EpochMs => plusMs(MIDNIGHT, ms);
/** All that settles without time does. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world(cadence: WriteCadence, ids: readonly InstrumentId[] = [OAK]) {
  const puts: string[] = [];
  const said: string[] = [];
  const faults: (() => Promise<void>)[] = [];
  const store: CandleStore = {
    async put(id, candles, source) {
      await faults[0]?.();
      puts.push(`${id.slice(8, 11)} ${source} ${candles.map(({ interval }) => interval).join(' ')}`);
    },
    read: async () => [],
    gaps: async () => [],
  };
  const log = {
    info: (event: string) => void said.push(event),
    warn: (event: string, fields: object = {}) =>
      void said.push(`${event}: ${(fields as { why: string }).why}`),
  };
  const writer = new CandleWriter({ store, cadence, log });
  const kept = new Map(ids.map((id) => [id, new KeptBars()]));
  return {
    writer,
    puts,
    said,
    kept: (id: InstrumentId = OAK) => kept.get(id) ?? new KeptBars(),
    failWith: (fault: (() => Promise<void>) | undefined) =>
      void faults.splice(0, 1, ...(fault ? [fault] : [])),
    close: () => writer.close(kept),
    async look(ms: number) {
      writer.look(after(ms), kept);
      await settle();
    },
  };
}

const down = async (): Promise<void> => {
  throw new StoreError('unavailable', 'the table does not answer');
};

test('in minutes: what there is goes to the store each minute', async () => {
  const { look, kept, puts } = world('minutes');
  await look(10_000);
  kept().put(aBar('1m', 0));
  kept().put(aBar('5m', 0));
  await look(50_000);
  expect(puts).toEqual([]);
  await look(MINUTE_MS);
  expect(puts).toEqual(['OAK own 1m 5m']);
});

test('in blocks: minutes when an hour is over, longer bars when five are, counted since 1970', async () => {
  const { look, kept, puts } = world('blocks');
  // 494,520 hours since 1970 are over, a multiple of five.
  await look(10_000);
  for (let hour = 1; hour <= 10; hour += 1) {
    kept().put(aBar('1m', hour * 60 - 1));
    kept().put(aBar('1h', hour - 1));
    await look(hour * HOUR_MS - MINUTE_MS);
    await look(hour * HOUR_MS);
    await look(hour * HOUR_MS + MINUTE_MS);
  }
  expect(puts).toEqual([
    ...Array.from({ length: 4 }, () => 'OAK own 1m'),
    'OAK own 1h 1h 1h 1h 1m 1h',
    ...Array.from({ length: 4 }, () => 'OAK own 1m'),
    'OAK own 1h 1h 1h 1h 1m 1h',
  ]);
});

test('in blocks: history of blocks that are over is stored within a minute, that of the block in progress with it', async () => {
  const { look, kept, puts } = world('blocks');
  await look(30 * MINUTE_MS);
  kept().put(aBar('1m', -1, 'venue'));
  kept().put(aBar('1m', 5, 'venue'));
  // Sixty hours since 1970 begin at midnight, too.
  kept().put(aBar('1h', -1, 'venue'));
  kept().put(aBar('1h', 0, 'venue'));
  kept().put(aBar('1m', 29));
  await look(31 * MINUTE_MS);
  expect(puts).toEqual(['OAK venue 1m 1h']);
  await look(HOUR_MS);
  expect(puts.slice(1)).toEqual(['OAK own 1m', 'OAK venue 1m']);
});

test('a round that is due while another is under way comes after it', async () => {
  const { look, kept, puts, failWith } = world('blocks');
  await look(0);
  kept().put(aBar('1m', -1, 'venue'));
  let release = (): void => undefined;
  failWith(() => new Promise((resolve) => (release = resolve)));
  await look(59 * MINUTE_MS);
  kept().put(aBar('1m', 59));
  await look(60 * MINUTE_MS);
  expect(puts).toEqual([]);
  failWith(undefined);
  release();
  await settle();
  await look(61 * MINUTE_MS);
  expect(puts).toEqual(['OAK venue 1m', 'OAK own 1m']);
});

test('a store that does not answer is told once, tried again each minute, and told when it is back', async () => {
  const { look, kept, puts, said, failWith, writer } = world('blocks', [OAK, ELM]);
  await look(0);
  kept(OAK).put(aBar('1m', 59));
  kept(ELM).put(aBar('1m', 59));
  failWith(down);
  for (let minute = 60; minute < 65; minute += 1) await look(minute * MINUTE_MS);
  expect([writer.fault, writer.stored, kept(OAK).unstored, kept(ELM).unstored]).toEqual([
    'the table does not answer',
    0,
    1,
    1,
  ]);
  failWith(undefined);
  kept(OAK).put(aBar('1m', 64));
  await look(65 * MINUTE_MS);
  expect(puts).toEqual(['OAK own 1m 1m', 'ELM own 1m']);
  expect(said).toEqual(['candles not stored: the table does not answer', 'candles are stored again']);
  expect([writer.fault, writer.stored]).toEqual([null, 3]);
});

test('one item that cannot be read leaves the bars of other instruments alone', async () => {
  const { look, kept, puts, failWith } = world('minutes', [OAK, ELM]);
  await look(0);
  let calls = 0;
  failWith(async () => {
    calls += 1;
    if (calls === 1) throw new StoreError('corrupt', 'item X is not readable');
  });
  kept(OAK).put(aBar('1m', 0));
  kept(ELM).put(aBar('1m', 0));
  await look(MINUTE_MS);
  expect(puts).toEqual(['ELM own 1m']);
  expect([kept(OAK).unstored, kept(ELM).unstored]).toEqual([1, 0]);
});

test('the end stores everything, whatever is due; where the store does not answer, it ends all the same', async () => {
  const { look, kept, puts, failWith, close } = world('blocks');
  await look(0);
  kept().put(aBar('1m', 0));
  kept().put(aBar('1d', -1));
  await close();
  expect(puts).toEqual(['OAK own 1m 1d']);
  kept().put(aBar('1m', 1));
  failWith(down);
  await close();
  expect(kept().unstored).toBe(1);
});

test('what is no fault of the store ends the feed with the next look', async () => {
  const { look, kept, failWith, close } = world('minutes');
  await look(0);
  kept().put(aBar('1m', 0));
  failWith(async () => {
    throw new RangeError('start of a 1m bar must be a multiple of it');
  });
  await look(MINUTE_MS);
  await expect(look(2 * MINUTE_MS)).rejects.toThrow('start of a 1m bar');
  await expect(close()).rejects.toThrow('start of a 1m bar');
});
