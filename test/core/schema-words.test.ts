import { expect, test } from 'vitest';
import { readEnvironment } from '../../adapters/lambda/environment.ts';
import { fromItem } from '../../adapters/store/table.ts';
import { decodeWindow } from '../../core/market/window-codec.ts';
import { holeSchema } from '../../core/schemas.ts';

test('a window that is none is refused in words that say what was expected', () => {
  expect(() => decodeWindow({ feedId: 1 })).toThrow(
    'not a market window: feedId: Invalid input: expected string, received number',
  );
});

test('an item that is not what was written is refused in words that say what was expected', () => {
  expect(() => fromItem(holeSchema, { pk: 'P', sk: 'S', after: -1, through: 1 })).toThrow(
    'item P / S is not readable: after Too small: expected number to be >=0',
  );
});

test('a variable with a value there is not is refused in words that list those there are', () => {
  const set = { AWS_REGION: 'eu-west-1', DECKLE_STAGE: 'dev', DECKLE_TABLE: 'table', DECKLE_TRACE: 'yes' };
  expect(() => readEnvironment(set)).toThrow('DECKLE_TRACE Invalid option: expected one of "on"|"off"');
});
