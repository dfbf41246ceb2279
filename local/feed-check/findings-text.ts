import { formatUnits } from '../../core/amounts.ts';
import { table } from '../cli/terminal.ts';
import type { BookPicture } from './book-picture.ts';
import type { Findings, InstrumentFindings } from './check-recordings.ts';
import { gapsOf } from './findings-json.ts';

/** The findings for a person. */
export function findingsText(findings: Findings): string {
  const { wires, files, frames, malformed, unknown, instruments } = findings;
  const odd = [
    malformed > 0 ? `${malformed} could not be read` : '',
    ...[...unknown].map(([kind, count]) => `${count} of an unknown kind '${kind}'`),
  ].filter(Boolean);
  const from = files === 1 ? 'one file' : `${files} files`;
  const head = `${wires.join(' and ') || 'nothing'}: ${frames} frames in ${from}${odd.length > 0 ? `; ${odd.join(', ')}` : ''}`;
  if (instruments.length === 0) return `${head}\nno instrument was met\n`;
  const rows = instruments.map((one) => row(one));
  const pictures = instruments.flatMap(({ name, final, at }) =>
    [...at, final].map((picture) => touchLine(name, picture)),
  );
  return `${head}\n\n${table(HEAD, rows)}\n\n${pictures.join('\n')}\n`;
}

const HEAD = [
  'instrument',
  'frames',
  'gaps',
  'resyncs',
  'locked',
  'crossed',
  'stale s',
  'prints',
  'quantity',
  'compared',
  'equal',
];

function row({ name, followed, sighting, compareWith, final }: InstrumentFindings): (string | number)[] {
  const { counts, messages } = followed;
  return [
    `${short(name)} (${final.status})`,
    [...messages.values()].reduce((sum, count) => sum + count, 0),
    gapsOf({ followed }),
    counts.resyncs,
    counts.bookLocked,
    counts.bookCrossed,
    Math.round(sighting.staleMs / 1_000),
    counts.trades,
    formatUnits(sighting.printed + counts.quantityFromHistory),
    compareWith === null || counts.touchChecks === 0 ? '-' : `${counts.touchChecks} ${compareWith}`,
    counts.touchAgreed,
  ];
}

function touchLine(name: string, { receivedAt, status, bids, asks, levels, sha256 }: BookPicture): string {
  const side = (of: BookPicture['bids']): string =>
    of[0] === undefined ? 'none' : `${of[0][0]} x ${of[0][1]}`;
  return `${short(name)} at ${receivedAt ?? 'the end'}: ${status}, bid ${side(bids)}, ask ${side(asks)}, ${levels.bids} and ${levels.asks} levels, ${sha256.slice(0, 12)}`;
}

/** Outcome tokens have names of some eighty digits. */
const short = (name: string): string =>
  name.length <= 34 ? name : `${name.slice(0, 16)}…${name.slice(-16)}`;
