import { expect, test } from 'vitest';
import { parseStage } from '../../lib/stage.ts';

test.each([
  [undefined, 'dev'],
  ['dev', 'dev'],
  ['prod', 'prod'],
] as const)('a stage given as %s is %s', (given, stage) => {
  expect(parseStage(given)).toEqual({ kind: 'valid', stage });
});

test.each([['production'], ['Prod'], [''], [1]])(
  'a stage given as %j is refused with the names there are',
  (given) => {
    expect(parseStage(given)).toEqual({
      kind: 'invalid',
      problem: `stage is ${JSON.stringify(given)}; it is one of: dev, prod`,
    });
  },
);
