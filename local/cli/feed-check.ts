import { isWire, WIRES } from '../../adapters/venues/wire.ts';
import { checkRecordings } from '../feed-check/check-recordings.ts';
import { findingsJson } from '../feed-check/findings-json.ts';
import { findingsText } from '../feed-check/findings-text.ts';
import { type Moment, parseMoment } from '../feed-check/receive-stamp.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface FeedCheckOptions {
  readonly venue?: string;
  readonly at?: readonly string[];
  readonly json?: true;
}

export const FEED_CHECK_HELP = `
Reads recordings through the code that live feeds use and says, for each instrument met: messages by the venue's own names, gaps,
resyncs, moments with a crossed or locked book, how long the book was not live, prints, what the venue's own best prices say beside the
book, and the book at the end. Several files are read one after the other, as if one.
What it finds is reported, not judged: it exits with 0 when the files could be read, with 1 when not.

  npx deckle feed-check recording.jsonl.gz
  npx deckle feed-check a.jsonl.gz b.jsonl.gz --at 2026-08-09T21:06:00Z --json`;

/** `feed-check`: what recordings hold, as the live readers see them; the exit code. */
export async function feedCheck(
  files: readonly string[],
  options: FeedCheckOptions,
  terminal: Terminal,
): Promise<number> {
  const { venue, at = [], json } = options;
  if (venue !== undefined && !isWire(venue))
    throw new CommandError(`--venue ${venue} is none of: ${WIRES.join(', ')}`, 2);
  const showsProgress = process.stderr.isTTY && !json;
  const findings = await checkRecordings({
    files,
    at: at.map(momentOf),
    ...(venue !== undefined && { wire: venue }),
    ...(showsProgress && { onProgress: (lines) => terminal.stderr(`\r${lines} lines`) }),
  });
  if (showsProgress) terminal.stderr('\r');
  if (venue !== undefined && findings.frames === 0)
    throw new CommandError(`there are no frames of ${venue} in ${files.join(', ')}`);
  terminal.stdout(json ? `${findingsJson(findings)}\n` : findingsText(findings));
  return 0;
}

function momentOf(text: string): Moment {
  const moment = parseMoment(text);
  if (moment === undefined)
    throw new CommandError(
      `--at ${text} is no moment: give a receive time as it stands in the recording (13, 16 or 19 digits) or a time in UTC, e.g. 2026-08-09T21:06:00.000Z`,
      2,
    );
  return moment;
}
