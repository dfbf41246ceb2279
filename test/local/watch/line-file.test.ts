import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLineFile } from '../../../local/watch/line-file.ts';
import { temporaryDirectory } from '../../adapters/store/temporary-directory.ts';

test('a line is in the file when append returns, behind what was there', () => {
  const path = join(temporaryDirectory(), 'lines');
  writeFileSync(path, 'first\n');
  const file = openLineFile(path);
  file.append('second');
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  file.append('third');
  file.sync();
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\nthird\n');
});

test('a line that was cut off damages no other', () => {
  const path = join(temporaryDirectory(), 'lines');
  writeFileSync(path, 'whole\ncut o');
  const file = openLineFile(path);
  file.append('next');
  file.append('last');
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('whole\ncut o\nnext\nlast\n');
});

test('two writers at once do not overwrite each other', () => {
  const path = join(temporaryDirectory(), 'lines');
  const [one, other] = [openLineFile(path), openLineFile(path)];
  for (let i = 0; i < 100; i += 1) {
    one.append(`one ${i}`);
    other.append(`other ${i}`);
  }
  one.close();
  other.close();
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toEqual(
    Array.from({ length: 200 }, (_, i) => `${i % 2 === 0 ? 'one' : 'other'} ${Math.floor(i / 2)}`),
  );
});

test.runIf(process.platform === 'linux')('a full disk is an error, not a line that seems written', () => {
  const file = openLineFile('/dev/full');
  expect(() => file.append('line')).toThrow('ENOSPC');
  file.close();
});
