import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packWindows, unpackWindows } from '../../../adapters/packing/pack-windows.ts';
import { WindowFormatError } from '../../../core/market/window-codec.ts';
import { anyWindow } from '../../core/market/any-window.ts';

test('windows come out of a packed text as they went in, in order', () => {
  fc.assert(
    fc.property(fc.array(anyWindow, { maxLength: 4 }), (windows) => {
      expect(unpackWindows(packWindows(windows))).toEqual(windows);
    }),
    { seed: 9, numRuns: 100 },
  );
});

test.each([
  { what: 'a text that is no base64 of gzip', packed: 'hello' },
  { what: 'nothing', packed: '' },
  { what: 'a text cut short', packed: packWindows([]).slice(0, -8) },
])('$what is refused in words', ({ packed }) => {
  expect(() => unpackWindows(packed)).toThrow(WindowFormatError);
  expect(() => unpackWindows(packed)).toThrow('not gzip+base64 of JSON');
});
