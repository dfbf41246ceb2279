import { setTimeout as wait } from 'node:timers/promises';

/**
 * Looks until `look` gives something other than undefined, and gives that.
 * @throws Error that names what did not come, and what the last look said where it can tell.
 */
export async function waitUntil<T>(
  what: string,
  secondsMax: number,
  look: () => Promise<T | undefined>,
  { everyMs = 200, told }: { readonly everyMs?: number; readonly told?: () => unknown } = {},
): Promise<T> {
  const until = performance.now() + secondsMax * 1_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() >= until)
      throw new Error(
        `${what} did not come within ${secondsMax} s${told ? `; ${JSON.stringify(told())}` : ''}`,
      );
    await wait(everyMs);
  }
}

export const pause = (seconds: number): Promise<void> => wait(seconds * 1_000);
