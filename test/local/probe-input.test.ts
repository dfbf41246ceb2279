import { expect, test } from 'vitest';
import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import { DeskError } from '../../local/desk-error.ts';
import type { DeskInput } from '../../local/input.ts';
import { probeInput } from '../../local/probe-input.ts';
import { frame, trade } from '../adapters/venues/binance/frames.ts';
import { OAK } from '../core/market/samples.ts';
import { configOf, rawConfig } from '../support/desk.ts';

const ELM = instrumentId('binance', 'ELMUSDT');

function trading(...ids: readonly InstrumentId[]): DeskConfig {
  const config = configOf(rawConfig());
  return { ...config, strategies: config.strategies.map((one) => ({ ...one, instruments: ids })) };
}

const listing = (symbols: readonly string[], ms = 0, query = ''): Frame =>
  frame(
    'rest:exchangeInfo',
    JSON.stringify({ symbols: symbols.map((symbol) => ({ symbol })) }),
    ms,
    `https://venue.invalid/api/v3/exchangeInfo${query}`,
  );

function input(frames: readonly Frame[], instruments: readonly Instrument[] = []) {
  const read: Frame[] = [];
  const of: DeskInput = {
    kind: 'recording',
    session: 'recording-000000000000',
    description: 'recording sample.jsonl',
    instruments,
    open: async () => ({
      name: 'sample',
      async *frames() {
        for (const one of frames) {
          read.push(one);
          yield one;
        }
      },
      need: () => false,
    }),
  };
  return { of, read };
}

test('an instrument that the source does not list is named with those it may have meant', async () => {
  const { of } = input([listing(['FIRUSDT', 'OAKUSDT', 'OAKBTC', 'ELMUSDT'])]);
  const probe = probeInput(of, trading(instrumentId('binance', 'OAKUSD'), ELM));
  await expect(probe).rejects.toThrow(DeskError);
  await expect(probe).rejects.toThrow(
    'binance:OAKUSD, which improve, join, take would trade, is not listed by recording sample.jsonl; the nearest it lists: binance:OAKUSDT, ',
  );
  await expect(probe).rejects.not.toThrow('binance:ELMUSDT, which');
});

test('each one that is not listed is named', async () => {
  const probe = probeInput(input([listing(['FIRUSDT'])]).of, trading(OAK.id, ELM));
  await expect(probe).rejects.toThrow(/^binance:OAKUSDT, which .*\nbinance:ELMUSDT, which /);
});

test.each([
  { what: 'all are listed', frames: [listing(['ELMUSDT', 'OAKUSDT'])] },
  { what: 'nothing is listed', frames: [trade(1, '100.00', '1.000')] },
  { what: 'the list answers a question about others', frames: [listing(['FIRUSDT'], 0, '?symbol=FIRUSDT')] },
  { what: 'the list comes later', frames: [trade(1, '100.00', '1.000'), listing(['FIRUSDT'], 10_001)] },
  {
    what: 'it is not listed but traded',
    frames: [listing(['ELMUSDT']), trade(1, '100.00', '1.000')],
  },
])('where $what the desk starts', async ({ frames }) => {
  await expect(probeInput(input(frames, [OAK]).of, trading(OAK.id, ELM))).resolves.toBeUndefined();
});

test('no more is read than it takes', async () => {
  const trades = Array.from({ length: 50 }, (_, i) => trade(i, '100.00', '1.000', false, i * 1_000));
  const unlisted = input(trades, [OAK]);
  await probeInput(unlisted.of, trading(OAK.id));
  expect(unlisted.read).toHaveLength(11);
  const listed = input([listing(['OAKUSDT']), ...trades]);
  await probeInput(listed.of, trading(OAK.id));
  expect(listed.read).toHaveLength(1);
});
