import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { requireConfig } from '../../local/cli/load.ts';
import { demoMarket } from '../../local/demo-market/demo-market.ts';
import type { Fault } from '../../local/demo-market/faults.ts';
import { DEMO_START, demoInput } from '../../local/input.ts';
import { start } from '../../local/start.ts';
import { configFile, shortDemo } from './demo-config.ts';
import { outboxAlerts } from './outbox.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Too short for the averages to cross: nothing is ever held, so no old mark of a position speaks for the feed. */
const SECONDS = 45;
const KEY = 'feed/main/binance:OAKUSDT';

/** A desk on a demo market in which something goes wrong with OAKUSDT. */
function faultyDesk(fault: Fault, hasSnapshots = true) {
  const directory = temporaryDirectory();
  const config = requireConfig(configFile(directory, shortDemo(SECONDS)));
  const input = {
    ...demoInput(config),
    open: async () => {
      const market = demoMarket({
        seed: 7,
        startAt: DEMO_START,
        durationMs: SECONDS * 1_000,
        scenario: 'fair',
        faults: [fault],
      });
      return hasSnapshots ? market : { ...market, need: () => false };
    },
  };
  const said = { stdout: '', stderr: '' };
  const run = async (windowsMax: number | null = null): Promise<number> =>
    start({
      config,
      input,
      directory,
      sha256,
      clock: systemClock,
      once: true,
      fresh: false,
      json: true,
      windowsMax,
      port: 0,
      signal: new AbortController().signal,
      stdout: (text) => {
        said.stdout = text;
      },
      stderr: (text) => {
        said.stderr += text;
      },
    });
  return { directory, said, run };
}

const moment = (second: number): number => DEMO_START + second * 1_000;

test('a frozen instrument is alerted after 30 seconds of market time and cleared when it is back, also with restarts in between', async () => {
  const frozen = { kind: 'freeze', symbol: 'OAKUSDT', atMs: 4_000, forMs: 36_000 } as const;
  const { directory, said, run } = faultyDesk(frozen);
  expect(await run(), said.stderr).toBe(0);
  expect(JSON.parse(said.stdout)).toMatchObject({ windows: SECONDS, fills: 0, openOrders: 0 });
  const alerts = outboxAlerts(directory);
  expect(alerts).toMatchObject([
    { key: KEY, kind: 'feed_down', severity: 'critical', cleared: false, at: moment(35) },
    { key: KEY, kind: 'feed_down', severity: 'notice', cleared: true, at: moment(41) },
  ]);
  expect(alerts[0]?.text).toMatch(/binance:OAKUSDT: no message of it came since 2026-01-05T09:00:04\./);
  // At the end it is live again, so the summary has nothing to say of it.
  expect(said.stderr).not.toContain('OAKUSDT at the end');

  const interrupted = faultyDesk(frozen);
  for (const windowsMax of [20, 36, 38, null])
    expect(await interrupted.run(windowsMax), interrupted.said.stderr).toBe(0);
  expect(outboxAlerts(interrupted.directory)).toEqual(alerts);
});

test('a book that is lost and cannot be proven again is alerted with the reason, and named at the end', async () => {
  const { directory, said, run } = faultyDesk({ kind: 'gap', symbol: 'OAKUSDT', atMs: 8_000 }, false);
  expect(await run(), said.stderr).toBe(0);
  const alerts = outboxAlerts(directory);
  expect(alerts).toMatchObject([{ key: KEY, kind: 'feed_down', severity: 'critical', at: moment(38) }]);
  const reason =
    /binance:OAKUSDT(?: at the end)?: its book is stale since 2026-01-05T09:00:08\.\d{3}Z: \d+ updates missing between \d+ and \d+/;
  expect(alerts[0]?.text).toMatch(reason);
  expect(said.stderr).toMatch(new RegExp(`feeds: ${reason.source}`));
  expect(said.stderr).not.toContain('binance:ELMUSDT at the end');
  expect(said.stderr).toContain(`terminal and ${join(directory, 'outbox.jsonl')}`);
});
