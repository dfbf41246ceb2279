import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readLines } from '../../../adapters/recordings/line-reader.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';

async function read(path: string) {
  const lines: string[] = [];
  let fault: string | undefined;
  for await (const batch of readLines(path, new AbortController().signal)) {
    lines.push(...batch.lines);
    fault = batch.fault;
  }
  return { lines, fault };
}

test('lines longer than a piece of the file are whole, and so is the last one without a newline', async () => {
  const path = join(temporaryDirectory(), 'long.txt');
  const lines = ['a'.repeat(200_000), '', 'b', 'ü'.repeat(70_000), 'end'];
  writeFileSync(path, lines.join('\n'));
  expect(await read(path)).toEqual({ lines, fault: undefined });
});

test('the mark that editors put before a text is no part of its first line', async () => {
  const path = join(temporaryDirectory(), 'marked.txt');
  writeFileSync(path, '\uFEFFone\n\uFEFFtwo\n');
  expect((await read(path)).lines).toEqual(['one', '\uFEFFtwo']);
});

test('an archive that turns to garbage gives the lines before it and says so', async () => {
  const path = join(temporaryDirectory(), 'garbage.gz');
  const torn = gzipSync('three\nfour\n');
  torn.fill(0xff, 10);
  writeFileSync(path, Buffer.concat([gzipSync('one\ntwo\n'), torn]));
  expect(await read(path)).toEqual({
    lines: ['one', 'two'],
    fault: expect.stringMatching(/^the file breaks off: /),
  });
});

test('a line that does not end is a fault after the lines before it, and never held as a whole', async () => {
  const path = join(temporaryDirectory(), 'endless.txt');
  writeFileSync(path, 'one\ntwo\n');
  truncateSync(path, 80 * 1_024 ** 2); // zeros, and no newline among them
  expect(await read(path)).toEqual({ lines: ['one', 'two'], fault: 'a line has no end within 64 MB' });
});
