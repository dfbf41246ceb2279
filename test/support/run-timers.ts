import type { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';

/** Lets virtual time pass until a promise is settled. @throws what it rejects with, and Error when nothing more can happen. */
export async function runTimers<T>(timers: VirtualTimers, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  // Its rejection is for whoever awaits it below.
  over.catch(() => undefined);
  for (let idle = 0; !isOver && idle < 50; ) {
    await new Promise((resolve) => setImmediate(resolve));
    idle = timers.runNext() ? 0 : idle + 1;
  }
  if (!isOver) throw new Error('it waits for something that no timer brings');
  return over;
}
