import { join } from 'node:path';

/** The folder of recorded market data; never part of this repository. */
export const { DECKLE_RECORDINGS: RECORDINGS = '../shared/data' } = process.env;

export const recordingFile = (name: string): string => join(RECORDINGS, name);

export const recordingPath = (name: string): string => join(RECORDINGS, 'binance', `${name}.jsonl.gz`);

export const BINANCE_RECORDINGS = [
  'spot-btcusdt-20240808',
  'spot-ethusdt-20240808',
  'spot-4sym-20211012',
] as const;
