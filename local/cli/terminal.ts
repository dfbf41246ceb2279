/** What a command may do to the terminal; tests give their own. */
export interface Terminal {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export const processTerminal: Terminal = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
};

/** A command's mistake in words: printed as it is, with the exit code. 2 is a wrong call, 1 a failure. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Columns padded to their widest cell; numbers are right-aligned by giving them as such. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  // A number that is not known leaves its place empty.
  const isNumber = head.map((_, i) => {
    const known = rows.map((row) => String(row[i])).filter((cell) => cell !== '');
    return known.length > 0 && known.every((cell) => /^-?[\d.]+$/.test(cell));
  });
  return cells
    .map((row) =>
      row
        .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
