/**
 * The soak: six simulated hours of a hundred instruments at five venues, about 27.6 million frames, with seeded faults
 * throughout. No window may be missed, no live book may be wrong, and memory must not grow. Run: `npm run test:soak`,
 * which gives Node half of the memory for objects that it has in the feed's task: garbage that lies about while there is
 * room for it would look like growth.
 */
import { Command, InvalidArgumentError } from 'commander';
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import { brokenBounds, megabytes, type SoakFigures, SoakMeter } from './soak-figures.ts';
import { SoakRun } from './soak-run.ts';

interface Options {
  readonly hours: number;
  readonly minutes?: number;
  readonly seed: number;
  readonly json?: true;
}

const LOOK_EVERY_MS = MINUTE_MS;
const PROGRESS_EVERY_MS = 10 * MINUTE_MS;

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above zero.');
  return value;
};
const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};

function soak(seed: number, forMs: number): SoakFigures {
  const run = new SoakRun({ seed, forMs });
  const meter = new SoakMeter(run, seed);
  for (let at = 0; at < forMs; ) {
    const stepMs = Math.min(LOOK_EVERY_MS, forMs - at);
    run.pass(stepMs);
    at += stepMs;
    meter.look(at);
    if (at % PROGRESS_EVERY_MS === 0) console.error(progress(meter.figures()));
  }
  return meter.end();
}

function progress({ simulatedMs, frames, rss, windows, wrong, missed, dead, wallMs }: SoakFigures): string {
  const minutes = `${Math.round(simulatedMs / MINUTE_MS)} min`.padStart(7);
  const seconds = `${Math.round(wallMs / 1_000)} s`;
  return `${minutes}: ${frames} frames, RSS ${megabytes(rss.seen)}, ${windows} windows, ${wrong} wrong, ${missed} missed, ${dead.length} not live; ${seconds}`;
}

function report(figures: SoakFigures): string {
  const { rss, rates, struck, notes } = figures;
  const lines = [
    `seed ${figures.seed}: ${(figures.simulatedMs / HOUR_MS).toFixed(2)} h in ${Math.round(figures.wallMs / 1_000)} s`,
    `${figures.frames} frames; a second and instrument: ${listed(rates, (rate) => rate.toFixed(1))}`,
    `${figures.windows} windows, ${figures.missed} missed`,
    `${figures.checked} live pictures (${(100 * figures.liveShare).toFixed(1)} %) checked, ${figures.wrong} wrong`,
    `${figures.resyncs} resyncs, ${figures.rolled} markets that followed on others`,
    `RSS ${megabytes(rss.seen)}, at most ${megabytes(rss.most)}; ${held(rss)}`,
    ...Object.entries(struck).map(([venue, kinds]) => `struck ${venue}: ${listed(kinds, String)}`),
    `noted: ${listed(notes, String)}`,
    ...figures.dead.map(({ id, status, why }) => `${id} is ${status}: ${why ?? 'nobody knows why'}`),
  ];
  return lines.join('\n');
}

const held = ({
  seenAfterHour: seen,
  heldAfterHour: before,
  heldAtEnd: after,
}: SoakFigures['rss']): string =>
  seen === null || before === null || after === null
    ? 'too short to tell what it was after an hour'
    : `${megabytes(seen)} after the first hour; without garbage ${megabytes(before)} then, ${megabytes(after)} at the end`;

const listed = (counts: Readonly<Record<string, number>>, write: (count: number) => string): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${write(count)}`)
    .join(', ');

new Command('soak')
  .description('Hours of a whole feed in virtual time, with faults, checked against the venues’ own books.')
  .option('--hours <n>', 'simulated hours', positive, 6)
  .option('--minutes <n>', 'simulated minutes, instead of hours', positive)
  .option('--seed <n>', 'the same seed makes the same market and the same faults', whole, 1)
  .option('--json', 'the figures as JSON')
  .action(({ hours, minutes, seed, json }: Options) => {
    const figures = soak(seed, minutes === undefined ? hours * HOUR_MS : minutes * MINUTE_MS);
    const broken = brokenBounds(figures);
    console.log(json ? JSON.stringify(figures) : report(figures));
    for (const bound of broken) console.error(`broken: ${bound}`);
    process.exitCode = broken.length > 0 ? 1 : 0;
  })
  .parse();
