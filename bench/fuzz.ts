/**
 * Real and simulated frames of every wire, spoiled in every way that a venue or a network may spoil them, through the whole
 * pipeline, with all that must hold checked after each. Run: `npm run fuzz -- --wire kalshi --frames 100000 --seed 7`.
 * Ends with 1 when anything was found; each finding names the frame, and the same seed finds it again.
 */

import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isWire, WIRES, type WireId } from '../adapters/venues/wire.ts';
import { SeededRandom } from '../local/demo-market/random.ts';
import { census } from './fuzz/census.ts';
import { Examiner, type Finding } from './fuzz/examiner.ts';
import { Torment } from './fuzz/torment.ts';
import { worldsOf } from './fuzz/worlds.ts';
import { machine } from './machine.ts';
import type { World } from './simulated-world.ts';

const MIB = 1024 ** 2;
/** What may be kept at most, however many frames came. */
const ENTRIES_MAX = 20_000;
const GROWTH_MAX = 12 * MIB;
const SHOWN = 12;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      wire: { type: 'string', multiple: true, default: [...WIRES] },
      frames: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '7' },
    },
  });
  print(`${machine()}; seed ${values.seed}, ${values.frames} spoiled frames of each wire`);
  let found = 0;
  for (const wire of values.wire) {
    if (!isWire(wire)) throw new RangeError(`--wire: '${wire}' is none of ${WIRES.join(', ')}`);
    found += await fuzz(wire, Number(values.frames), Number(values.seed));
  }
  return found === 0 ? 0 : 1;
}

async function fuzz(wire: WireId, frames: number, seed: number): Promise<number> {
  const worlds = await worldsOf(wire, seed);
  let found = worlds.length === 0 ? 1 : 0;
  if (found > 0) print(`${wire}: no recording of it; set DECKLE_RECORDINGS`);
  let left = frames;
  for (const [n, world] of worlds.entries()) {
    const outcome = torture(wire, world, Math.ceil(left / (worlds.length - n)), seed);
    found += outcome.found;
    left -= outcome.mutated;
  }
  if (left > 0) print(`${wire}: ${left} frames short of what was asked for`);
  return found;
}

function torture(
  wire: WireId,
  world: World,
  frames: number,
  seed: number,
): { found: number; mutated: number } {
  const examiner = new Examiner(world);
  const torment = new Torment(new SeededRandom(seed, `${wire} ${world.name}`), (item) => examiner.take(item));
  const from = performance.now();
  let halfHeap = 0;
  world.run(
    (item) => {
      torment.take(item);
      if (halfHeap === 0 && torment.mutated * 2 > frames) halfHeap = heap();
    },
    () => torment.mutated >= frames,
  );
  const seconds = (performance.now() - from) / 1_000;
  const growth = heap() - halfHeap;
  const kept = census(examiner.pipeline);
  if (kept.entries > ENTRIES_MAX) examiner.find(`keeps ${kept.entries} entries in ${kept.where}`);
  if (growth > GROWTH_MAX) examiner.find(`the heap grew by ${mib(growth)} MiB in the second half`);
  const [reader] = examiner.pipeline.wires();
  const unknown = [...(reader?.unknown.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const words = [
    `${examiner.frames} frames, ${torment.mutated} spoiled`,
    `${reader?.frames.malformed} malformed, ${unknown} unknown, ${reader?.frames.venueErrors} venue errors`,
    `books live ${Math.round((100 * examiner.liveLooks) / Math.max(1, examiner.looks))} %`,
    `${examiner.compared} books compared`,
    `${examiner.windows} windows, ${examiner.needs} needs`,
    `${seconds.toFixed(1)} s, slowest ${examiner.slowestMs.toFixed(1)} ms (${examiner.slowestLetters} letters)`,
    `heap ${growth >= 0 ? '+' : ''}${mib(growth)} MiB, most entries ${kept.entries} (${kept.where}), ${kept.letters} letters kept`,
  ];
  print(`\n${wire}, ${world.name}\n  ${words.join('\n  ')}`);
  tell(examiner.findings);
  return { found: examiner.findings.length, mutated: torment.mutated };
}

/** The shortest frame of each kind of finding. */
function tell(findings: readonly Finding[]): void {
  const kinds = Map.groupBy(findings, ({ what }) => what.replace(/\d+/g, 'n').slice(0, 90));
  for (const some of [...kinds.values()].slice(0, SHOWN)) {
    const [shortest] = some.toSorted((a, b) => (a.frame?.raw.length ?? 0) - (b.frame?.raw.length ?? 0));
    if (shortest === undefined) continue;
    const { what, frame, number } = shortest;
    print(`  FOUND ${some.length} times, at frame ${number}: ${what}`);
    if (frame !== undefined)
      print(`    ${JSON.stringify({ ...frame, raw: frame.raw.slice(0, 1_500) }).slice(0, 2_000)}`);
  }
}

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
