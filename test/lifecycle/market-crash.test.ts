import { expect, test } from 'vitest';
import { sessionNames, sessionPath } from '../../local/session/session-file.ts';
import { PATIENT } from '../crash/switched-desk.ts';
import { type Changes, configFile } from './demo-config.ts';
import { outboxAlerts } from './outbox.ts';
import { deckle } from './processes.ts';
import { storedItem, storedItems } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Limits = Readonly<Record<string, number>>;

/** A desk that holds nearly all its money in both instruments when the market crashes at 09:10. */
async function crashedDesk(limits: Limits, changes: Changes) {
  const directory = temporaryDirectory();
  const config = configFile(directory, [
    [['demo', 'scenario'], 'crash'],
    [['demo', 'seconds'], 900],
    [['demo', 'expectContents'], false],
    [
      ['accounts', 0, 'limits'],
      { exposurePerInstrumentMax: 9_000, exposureTotalMax: 9_500, openOrdersMax: 20, ...limits },
    ],
    [['strategies', 0, 'sizing'], { method: 'fixed-fraction', fractionBps: 4_500, notionalMax: 9_000 }],
    [['strategies', 1, 'sizing'], { method: 'fixed-fraction', fractionBps: 4_500, notionalMax: 9_000 }],
    ...changes,
  ]);
  const start = ['start', '--once', '--json', '--port', '0', '--dir', directory, '--config', config];
  const run = await deckle(...start);
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ discrepancies: 0 });
  const path = sessionPath(directory, sessionNames(directory)[0] ?? 'none');
  return { directory, path, start, mode: storedItem(path, 'CONTROL', 'MODE') ?? {} };
}

const bodies = (path: string, prefix: string) =>
  [...storedItems(path, prefix).values()].map((body) => JSON.parse(body));

test('a crash of the market trips the drawdown halt: orders are canceled, nothing fills, and a person has to accept it', async () => {
  const { directory, path, start, mode } = await crashedDesk(
    { dailyLossMax: 9_000, drawdownBpsMax: 500 },
    PATIENT,
  );
  expect(mode).toMatchObject({ mode: 'halted', cause: 'drawdown', author: 'guard', until: null });
  const haltedAt = Number(mode['changedAt']);
  expect(outboxAlerts(directory)).toEqual([
    expect.objectContaining({ kind: 'drawdown', severity: 'critical', at: haltedAt }),
  ]);

  const ends = bodies(path, 'ORDER#').flatMap(({ lanes }) =>
    Object.values<{ endReason: string; endedAt: number }>(lanes),
  );
  const halted = ends.filter((one) => one.endReason === 'halted');
  expect(halted.length).toBeGreaterThan(0);
  for (const { endedAt } of halted) expect(endedAt).toBe(haltedAt + 1_000);
  expect(Math.max(...bodies(path, 'FILL#').map((one) => one.closedAt))).toBeLessThanOrEqual(haltedAt);
  const later = bodies(path, 'DECISION#').filter((one) => one.signal.closedAt > haltedAt);
  expect(later.length).toBeGreaterThan(0);
  for (const one of later) expect(one).toMatchObject({ outcome: 'denied', rule: 'trading_mode' });

  const refused = await deckle('resume', '--reason', 'seen', '--dir', directory);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--rebase-peak');
  expect((await deckle('status', '--dir', directory)).code).toBe(1);
  // Verified over its recorded decisions, and still halted.
  const again = await deckle(...start);
  expect(again.code, again.stderr).toBe(0);
  expect(storedItem(path, 'CONTROL', 'MODE')).toEqual(mode);
  const resumed = await deckle('resume', '--reason', 'seen', '--rebase-peak', '--dir', directory);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect((await deckle('status', '--dir', directory)).code).toBe(0);
});

test('a daily loss lets positions only shrink until midnight, which nobody has to lift', async () => {
  const { directory, path, mode } = await crashedDesk({ dailyLossMax: 300, drawdownBpsMax: 10_000 }, []);
  const midnight = Date.parse('2026-01-06T00:00:00Z');
  expect(mode).toMatchObject({ mode: 'reducing', cause: 'daily_loss', author: 'guard', until: midnight });
  expect(outboxAlerts(directory)).toEqual([
    expect.objectContaining({ kind: 'daily_loss', severity: 'critical' }),
  ]);
  const since = bodies(path, 'DECISION#').filter((one) => one.signal.closedAt > Number(mode['changedAt']));
  const [buys, sells] = [
    since.filter((one) => one.signal.side === 'buy'),
    since.filter((one) => one.signal.side === 'sell'),
  ];
  expect(buys.length).toBeGreaterThan(0);
  for (const one of buys) expect(one).toMatchObject({ outcome: 'denied', rule: 'trading_mode' });
  expect(sells.some((one) => one.outcome === 'accepted')).toBe(true);
  const refused = await deckle('resume', '--reason', 'seen', '--dir', directory);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('It ends by itself at 2026-01-06T00:00:00.000Z');
});

test('buys that rest when positions may only shrink are canceled, and the session replays to its hash', async () => {
  const { directory, path, start, mode } = await crashedDesk({ dailyLossMax: 2, drawdownBpsMax: 10_000 }, [
    [['demo', 'scenario'], 'fair'],
    ...PATIENT,
  ]);
  expect(mode).toMatchObject({ mode: 'reducing', cause: 'daily_loss' });
  // Buys that rested would grow a position: they are canceled with the next window, and none fills any more.
  const orders = bodies(path, 'ORDER#');
  const canceled = orders.filter((one) => one.lanes.base.endReason === 'reducing');
  expect(canceled.length).toBeGreaterThan(0);
  for (const one of canceled) expect(one.side).toBe('buy');
  const late = bodies(path, 'FILL#').filter((one) => one.closedAt > Number(mode['changedAt']));
  expect(late.filter((one) => one.side === 'buy')).toEqual([]);
  const config = start.at(-1) ?? '';
  const replayed = await deckle('replay', '--windows', '--dir', directory, '--config', config);
  expect(replayed.code, replayed.stdout).toBe(0);
});
