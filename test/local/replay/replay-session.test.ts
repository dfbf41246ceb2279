import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import type { DeskConfig } from '../../../core/config/desk-config.ts';
import type { MarketWindow } from '../../../core/market/window.ts';
import { fills } from '../../../lambdas/fills/fills.ts';
import { risk } from '../../../lambdas/risk/risk.ts';
import { signals } from '../../../lambdas/signals/signals.ts';
import type { SessionVersions } from '../../../local/replay/replay-session.ts';
import { replaySession } from '../../../local/replay/replay-session.ts';
import { configOf, eventOf, instrumentNamed, openDesk, rawConfig } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../../support/values.ts';

// The fees change in the middle, and with `charge: quote` what a buy sets aside does as well.

const cheap = configOf(rawConfig());
const dear = configOf({
  ...rawConfig(),
  venues: {
    binance: {
      fees: { version: 'test-2', makerBps: '30', takerBps: '40', charge: 'quote' },
      latency: { minMs: 20, medianMs: 300, p99Ms: 1_800 },
    },
  },
});
const versions: SessionVersions = {
  accounts: cheap.accounts,
  version: (hash) => {
    const found = [cheap, dear].find((one) => one.hash === hash);
    if (!found) throw new Error(`no configuration ${hash}`);
    return found;
  },
};
const market = syntheticMarket(5, 60, [COIN, GEM]);

/** The market with another version from the n-th window on. */
const changedFrom = (n: number): readonly MarketWindow[] =>
  market.map((one, i) => ({ ...one, configHash: i < n ? cheap.hash : dear.hash }));

/**
 * What a deployed desk does, under the version of each window. Windows that are applied `later` are so together with the next
 * that is not: until then decisions wait for them in vain, and are late.
 */
async function trade(windows: readonly MarketWindow[], later: (i: number) => boolean) {
  const desk = await openDesk({ clock: { now: () => T0, wait: async () => {} } });
  const waiting: MarketWindow[] = [];
  const under = ({ configHash }: MarketWindow) => ({ ...desk, config: versions.version(configHash) });
  for (const [i, window] of windows.entries()) {
    waiting.push(window);
    if (!later(i)) for (const one of waiting.splice(0)) await fills(eventOf([one]), under(one));
    await signals(eventOf([window]), under(window));
    for (const raised of desk.published.splice(0)) await risk(raised, under(window));
  }
  return desk;
}

type Traded = Awaited<ReturnType<typeof trade>>;

const replay = async (
  windows: readonly MarketWindow[],
  desk: Traded,
  config: DeskConfig | SessionVersions,
): Promise<string> =>
  (
    await replaySession({
      windows: each(windows),
      recorded: desk.stored,
      config,
      instrument: instrumentNamed,
      sha256,
    })
  ).ledgerHash;

async function* each(windows: readonly MarketWindow[]): AsyncGenerator<MarketWindow> {
  yield* windows;
}

test('a session whose fees changed replays to its own hash, wherever they changed', async () => {
  for (let n = 1; n < market.length; n += 7) {
    const windows = changedFrom(n);
    const desk = await trade(windows, () => false);
    expect(await replay(windows, desk, versions), `changed at window ${n}`).toBe(await desk.hash());
    await desk.store.close();
  }
});

test('under one of its versions alone it is another ledger', async () => {
  const windows = changedFrom(30);
  const desk = await trade(windows, () => false);
  for (const config of [cheap, dear]) expect(await replay(windows, desk, config)).not.toBe(await desk.hash());
});

test('a late decision on an account that was behind has the fees of its own window, not of the one it saw', async () => {
  let decided = 0;
  for (let n = 20; n < 40; n += 2) {
    const windows = changedFrom(n);
    const desk = await trade(windows, (i) => i >= n - 2 && i <= n + 1);
    const changedAt = windows[n]?.closedAt ?? 0;
    const twoBefore = windows[n - 2]?.closedAt ?? 0;
    for (const { id } of cheap.accounts)
      for await (const { signal, seenThrough, orderId } of desk.stored.decisions(id)) {
        const isBehind = signal.closedAt >= changedAt && seenThrough < twoBefore;
        if (isBehind && signal.side === 'buy' && orderId !== null) decided += 1;
      }
    expect(await replay(windows, desk, versions), `changed at window ${n}`).toBe(await desk.hash());
    await desk.store.close();
  }
  expect(decided).toBeGreaterThan(0);
});

test('a version that is not there ends the replay with what it is told', async () => {
  const windows = changedFrom(30).map((one, i) => (i === 40 ? { ...one, configHash: 'gone' } : one));
  const desk = await trade(changedFrom(30), () => false);
  await expect(replay(windows, desk, versions)).rejects.toThrow('no configuration gone');
});
