import { looksFiltered } from '../venues/kalshi/filtered.ts';
import { readLines } from './line-reader.ts';
import { inWords } from './recording-source.ts';

/**
 * Whether Kalshi recordings hold only some of their subscription's markets, so that missing numbers prove nothing: decided
 * from all of the files, before they are replayed.
 * @throws RecordingError in words when a file cannot be read.
 */
export async function isFilteredRecording(files: readonly string[]): Promise<boolean> {
  const sequences: number[] = [];
  for (const file of files) {
    try {
      for await (const { lines } of readLines(file, new AbortController().signal))
        for (const line of lines) {
          const sequence = deltaSequence(line);
          if (sequence !== undefined) sequences.push(sequence);
        }
    } catch (error) {
      throw inWords(error, file);
    }
  }
  return looksFiltered(sequences);
}

const SEQUENCE = /\\"(?:seq|sequence_number)\\"\s*:\s*(\d{1,15})/;

/** The number of a book change in a recorded line, wrapped or not; undefined for any other. Read as text, since all of the file is. */
function deltaSequence(line: string): number | undefined {
  if (!line.includes('"kalshi"') || !line.includes('orderbook_delta')) return undefined;
  const found = SEQUENCE.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}
