import { expect, test } from 'vitest';
import { Turns } from '../../local/turns.ts';

test('work that is asked for while other work goes on begins when that is over', async () => {
  const turns = new Turns();
  const said: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = turns.take(async () => {
    said.push('first begins');
    await first.promise;
    said.push('first ends');
    return 1;
  });
  const two = turns.take(async () => {
    said.push('second');
    return 2;
  });
  await Promise.resolve();
  expect(said).toEqual(['first begins']);
  first.resolve();
  expect(await Promise.all([one, two])).toEqual([1, 2]);
  expect(said).toEqual(['first begins', 'first ends', 'second']);
});

test('work that fails fails for whoever asked for it, and the next has its turn', async () => {
  const turns = new Turns();
  const failing = turns.take(async () => {
    throw new Error('no store');
  });
  const next = turns.take(async () => 'done');
  await expect(failing).rejects.toThrow('no store');
  expect(await next).toBe('done');
});
