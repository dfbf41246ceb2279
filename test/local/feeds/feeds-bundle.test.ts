import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { epochMs } from '../../../core/time.ts';
import type { FeedReport } from '../../../fargate/feed-health.ts';
import { bundleFile, FEEDS_ENTRY } from '../../../lib/bundling.ts';
import { SERVED_VENUES } from '../../../local/venue-simulator/served-venues.ts';
import { startSimServer } from '../../../local/venue-simulator/sim-server.ts';
import { configOf } from '../../fargate/feeds-world.ts';
import { until } from '../../lifecycle/processes.ts';
import { startFeedsChild } from './feeds-child.ts';
import { openLoopbackStage } from './loopback-stage.ts';

// What the container runs: one file in a folder of its own, without the repository and without node_modules.

/** A quarter of a processor reads it at each start, and the health check reads it again every half minute. */
const BYTES_MAX = 2_000_000;

const folder = mkdtempSync(join(tmpdir(), 'deckle-feeds-'));
const feeds = join(folder, 'feeds.mjs');
beforeAll(async () => {
  await bundleFile(FEEDS_ENTRY, feeds, 'feeds');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the feeds process is one file of a size that a small container reads at once', () => {
  expect(statSync(feeds).size).toBeGreaterThan(500_000);
  expect(statSync(feeds).size).toBeLessThanOrEqual(BYTES_MAX);
});

test('alone in a folder it tells how it is called, and that nobody answers', async () => {
  const help = startFeedsChild(['--help'], {}, feeds);
  expect(await help.code, help.stderr).toBe(0);
  expect(help.stdout).toContain('publish the windows of a feed until SIGTERM');
  const health = startFeedsChild(['health', '--port', '1'], {}, feeds);
  expect(await health.code).toBe(1);
  expect(health.stderr).toContain('no feeds process answers on http://127.0.0.1:1/health');
});

test('a key that is none ends it in words that do not tell the key', async () => {
  const { env } = await openLoopbackStage();
  const keys = { DECKLE_KALSHI_KEY_ID: 'an id', DECKLE_KALSHI_PRIVATE_KEY: 'text of a key' };
  const child = startFeedsChild(['run', '--port', '0'], { ...env, ...keys }, feeds);
  expect(await child.code).toBe(2);
  expect(child.stderr).toMatch(/^feeds: DECKLE_KALSHI_PRIVATE_KEY: Kalshi private key: it cannot be read/);
  expect(`${child.stdout}${child.stderr}`).not.toMatch(/text of a key|an id/);
});

/** A simulated venue on this machine: how it is reached, and what its settings say. */
async function serve(name: string) {
  const start = SERVED_VENUES.get(name);
  if (start === undefined) throw new Error(`no simulated venue ${name}`);
  const { venue, settings } = start({ seed: 7, timers: systemTimers, count: 1, stepMs: 100, faultHours: 0 });
  const server = await startSimServer(venue, { port: 0 });
  onTestFinished(() => server.close());
  const text = settings(server.hosts);
  const [ws = '', rest = ''] = ['ws', 'rest'].map((one) => new RegExp(` ${one}: (\\S+)`).exec(text)?.[1]);
  return { hosts: { ws, rest }, text };
}

/** `deckle.live.yaml` on two simulated venues. */
async function liveOn(mexc: object, kalshi: { readonly rest: string }) {
  const live = parse(readFileSync(new URL('../../../deckle.live.yaml', import.meta.url), 'utf8'));
  const list = await fetch(`${kalshi.rest}/markets?series_ticker=KXBTCD&status=open&limit=1`);
  const { markets } = (await list.json()) as { markets: readonly { ticker: string }[] };
  const instruments = ['mexc:BTCUSDT', `kalshi:${markets[0]?.ticker}`];
  return {
    ...live,
    feed: { id: 'main', source: 'live', windowMs: 500 },
    venues: {
      mexc: { ...live.venues.mexc, hosts: mexc },
      kalshi: { ...live.venues.kalshi, hosts: kalshi },
    },
    strategies: live.strategies.map((one: object) => ({ ...one, instruments })),
  };
}

test('it reads a protobuf stream and a signed one, publishes live windows, tells its health, and drains', async () => {
  const [mexc, kalshi, stage] = await Promise.all([serve('mexc'), serve('kalshi'), openLoopbackStage()]);
  const document = await liveOn(mexc.hosts, kalshi.hosts);
  const { hash } = configOf(document);
  await stage.configs.push({ hash, document, pushedAt: epochMs(0), pushedBy: 'test' });
  const pem = /DECKLE_KALSHI_PRIVATE_KEY='([^']+)'/.exec(kalshi.text)?.[1] ?? '';
  const keys = { DECKLE_KALSHI_KEY_ID: 'simulated', DECKLE_KALSHI_PRIVATE_KEY: pem };
  const child = startFeedsChild(['run', '--port', '0'], { ...stage.env, ...keys }, feeds);

  const statuses = (): readonly string[] =>
    (stage.events.at(-1)?.windows.at(-1)?.instruments ?? []).map((one) => one.status);
  await until('two live books', () => statuses().join() === 'live,live');
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/health/.exec(child.stdout) ?? [];
  // How its connections are is looked at each second.
  await until('two connections', async () => {
    const { feed } = (await (await fetch(url)).json()) as { feed: FeedReport };
    return feed.venues.every((one) => one.connected);
  });
  const health = startFeedsChild(['health', '--port', new URL(url).port], {}, feeds);
  expect(await health.code, health.stderr).toBe(0);
  const { feed, windowAgeMs } = JSON.parse(health.stdout);
  expect(windowAgeMs).toBeLessThan(5_000);
  expect(feed.venues).toMatchObject([
    { name: 'MEXC Spot, live', connected: true, followed: 1, live: 1, lastBookAt: expect.any(Number) },
    { name: 'Kalshi, live', connected: true, followed: 1, live: 1, lastBookAt: expect.any(Number) },
  ]);
  expect(feed.hosts).toMatchObject([{ failed: 0 }, { failed: 0 }]);

  child.signal('SIGTERM');
  expect(await child.code, child.stderr).toBe(0);
  expect(`${child.stdout}${child.stderr}`).not.toContain('PRIVATE KEY');
});
