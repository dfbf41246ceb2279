import type { League } from '../../../core/market/game.ts';
import type { Frame } from '../frame-source.ts';
import { readScoreboard, type ScoreboardReading } from './mapper.ts';

const readings = new WeakMap<Frame, ScoreboardReading>();

/**
 * What a frame says of its league. Whoever asks for scores has to know them to ask in time, and the reader gets the same
 * frame a moment later: a scoreboard has up to a megabyte or two, so it is read once for both.
 */
export function readingOf(league: League, frame: Frame): ScoreboardReading {
  const known = readings.get(frame);
  if (known !== undefined) return known;
  const reading: ScoreboardReading =
    frame.encoding === undefined
      ? readScoreboard(league, frame.raw)
      : { kind: 'refused', detail: 'it is not text' };
  readings.set(frame, reading);
  return reading;
}
