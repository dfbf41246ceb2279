import { price } from '../../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../../core/market/instrument.ts';
import { sampleInstrument } from '../samples.ts';

/** A made-up contract that pays 1 or 0, with Kalshi's tapered ticks: tenths of a cent near 0 and 1. */
export const RAIN: Instrument = {
  ...sampleInstrument('RAIN-YES', '0.001', '0.01'),
  id: instrumentId('kalshi', 'RAIN'),
  venue: 'kalshi',
  symbol: 'RAIN',
  priceMin: price('0.001'),
  priceMax: price('0.999'),
  priceRanges: [
    { start: price('0'), end: price('0.1'), step: price('0.001') },
    { start: price('0.1'), end: price('0.9'), step: price('0.01') },
    { start: price('0.9'), end: price('1'), step: price('0.001') },
  ],
  contract: {
    event: 'RAIN',
    title: 'Rain tomorrow?',
    outcome: 'Yes',
    opposite: null,
    series: null,
    opensAt: null,
    closesAt: null,
    strike: null,
    settlementSource: null,
  },
};
