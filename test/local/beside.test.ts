import { expect, test } from 'vitest';
import { Beside } from '../../local/beside.ts';

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve, fail: reject };
}

test('work goes on beside its caller, one piece at a time', async () => {
  const begun: string[] = [];
  const beside = new Beside((error) => void begun.push(String(error)));
  const first = work();
  beside.begin(() => {
    begun.push('first');
    return first.run();
  });
  beside.begin(async () => void begun.push('left out'));
  expect(begun).toEqual(['first']);
  first.end();
  await beside.idle();
  beside.begin(async () => void begun.push('second'));
  await beside.idle();
  expect(begun).toEqual(['first', 'second']);
});

test('what fails is told, and the next piece runs', async () => {
  const faults: unknown[] = [];
  const beside = new Beside((error) => void faults.push(error));
  const failing = work();
  beside.begin(failing.run);
  failing.fail(new Error('no store'));
  await beside.idle();
  expect(faults).toEqual([new Error('no store')]);
  let ran = false;
  beside.begin(async () => {
    ran = true;
  });
  await beside.idle();
  expect(ran).toBe(true);
});

test('nothing that goes on is idle at once', async () => {
  await new Beside(() => undefined).idle();
});
