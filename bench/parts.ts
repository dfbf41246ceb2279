import { Session } from 'node:inspector/promises';

/** What a feed does with a frame; `hash` is the venue's own checksum of a book, `other` whatever the rest does not name. */
export const PARTS = ['parse', 'mapping', 'book', 'quality', 'window', 'hash', 'garbage', 'other'] as const;
export type Part = (typeof PARTS)[number];

const SAMPLE_US = 100;

/** Shares of the time that work spends in each part, by where a sampling profiler finds it. They add up to 1. */
export async function partsOf(work: () => void): Promise<Readonly<Record<Part, number>>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.post('Profiler.start');
  work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const micros = { parse: 0, mapping: 0, book: 0, quality: 0, window: 0, hash: 0, garbage: 0, other: 0 };
  for (const [n, sample] of (profile.samples ?? []).entries()) {
    const part = places.get(sample);
    if (part !== undefined) micros[part] += profile.timeDeltas?.[n] ?? 0;
  }
  const whole = PARTS.reduce((sum, part) => sum + micros[part], 0);
  for (const part of PARTS) micros[part] /= whole;
  return micros;
}

/** The first that fits a function's file. */
const FILES: readonly (readonly [RegExp, Part])[] = [
  [/protobufjs|mexc\/proto\.ts/, 'parse'],
  [/hash-check|book-hash|internal\/crypto/, 'hash'],
  [/market\/window|instrument-picture|candle|fargate\//, 'window'],
  [/market\/quality|wire-reader|trade-|touch-memory|witness|sequence|sid-count|suspicion/, 'quality'],
  [/order-book|book-side|diff-book|levels\.ts|[a-z-]*books?\.ts|book-proof|mirror/, 'book'],
  [/adapters\/venues\/|market\/grid|core\/amounts|core\/time|node_modules\/zod/, 'mapping'],
];

/** Functions of the engine itself have no file: these are what is called here and there alone. */
const NATIVE: Readonly<Record<string, Part>> = {
  '(garbage collector)': 'garbage',
  base64Write: 'parse',
  Hash: 'hash',
  update: 'hash',
  digest: 'hash',
  oneShotDigest: 'hash',
};

function partOf({
  functionName,
  url,
}: {
  readonly functionName: string;
  readonly url: string;
}): Part | undefined {
  if (url.startsWith('node:inspector') || functionName === '(idle)') return undefined;
  // The engine's own JSON reader is counted where it is called, by a function that does nothing else.
  if (functionName === 'parseJson') return 'parse';
  return (url === '' ? NATIVE[functionName] : FILES.find(([file]) => file.test(url))?.[1]) ?? 'other';
}
