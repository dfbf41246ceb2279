import { afterAll, expect, onTestFinished } from 'vitest';

const atEndOfFile: (() => void)[] = [];

afterAll(() => {
  for (const cleanUp of atEndOfFile.splice(0).reverse()) cleanUp();
});

/** Cleans up when the test is over, however it ends; what a hook made for all tests stays until the last of them. */
export function atEnd(cleanUp: () => void): void {
  if (expect.getState().currentTestName === undefined) atEndOfFile.push(cleanUp);
  else onTestFinished(cleanUp);
}
