import { formatUnits } from '../../core/amounts.ts';
import type { BookPicture } from './book-picture.ts';
import type { Findings, InstrumentFindings } from './check-recordings.ts';

declare global {
  interface JSON {
    /** A text that is written as it stands; the library's types do not know it yet. */
    rawJSON(text: string): unknown;
  }
}

/** The findings as one JSON document; its fields are described in docs/command-line.md. */
export function findingsJson(findings: Findings): string {
  const { wires, files, frames, malformed, unknown, instruments } = findings;
  return JSON.stringify({
    venue: wires.length === 0 ? null : wires.join('+'),
    files,
    frames,
    malformed,
    unknown: Object.fromEntries([...unknown].sort(byName)),
    instruments: Object.fromEntries(
      instruments.map((one) => [one.name, aboutOne(one)] as const).sort(byName),
    ),
  });
}

function aboutOne({ followed, sighting, compareWith, final, at }: InstrumentFindings): object {
  const { counts, messages } = followed;
  return {
    frames: [...messages.values()].reduce((sum, count) => sum + count, 0),
    messages: Object.fromEntries([...messages].sort(byName)),
    gaps: gapsOf({ followed }),
    repeated: counts.bookRepeated + counts.tradesRepeated + counts.touchRepeated,
    disordered: counts.bookDisordered,
    resyncs: counts.resyncs,
    droppedBeforeSnapshot: counts.bookBeforeSnapshot,
    refused: counts.refused,
    locked: counts.bookLocked,
    crossed: counts.bookCrossed,
    staleMs: sighting.staleMs,
    prints: counts.trades,
    printsFromHistory: counts.tradesFromHistory,
    tradesMissing: counts.tradesMissing,
    printedQuantity: formatUnits(sighting.printed + counts.quantityFromHistory),
    hash: { points: counts.hashChecks, equal: counts.hashAgreed },
    firstAt: stampJson(sighting.firstStamp),
    lastAt: stampJson(sighting.lastStamp),
    compare: { with: compareWith, points: counts.touchChecks, equal: counts.touchAgreed },
    final: pictureJson(final),
    at: at.map(pictureJson),
  };
}

/** Lost messages of the book and jumps of trade ids. */
export const gapsOf = ({ followed: { counts } }: Pick<InstrumentFindings, 'followed'>): number =>
  counts.bookGaps + counts.tradeGaps;

const pictureJson = ({ receivedAt, ...rest }: BookPicture): object => ({
  receivedAt: stampJson(receivedAt),
  ...rest,
});

/** A stamp as it stands in the recording: nanoseconds have more digits than a number keeps. */
const stampJson = (stamp: string | null): unknown =>
  stamp !== null && /^\d+$/.test(stamp) ? JSON.rawJSON(stamp) : stamp;

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
