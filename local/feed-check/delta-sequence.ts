/** The number of a Kalshi book change in a recorded line, wrapped or not; undefined for any other line. Read as text: a file is looked through before it is parsed. */
export function deltaSequence(line: string): number | undefined {
  if (!line.includes('"kalshi"') || !line.includes('orderbook_delta')) return undefined;
  const found = SEQUENCE.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

const SEQUENCE = /\\"(?:seq|sequence_number)\\"\s*:\s*(\d{1,15})/;
