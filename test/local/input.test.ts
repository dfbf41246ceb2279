import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { epochMs } from '../../core/time.ts';
import { liveInput } from '../../local/input.ts';
import { configOf, rawConfig } from '../support/desk.ts';
import { kalshiQuarter, ListingPeer } from '../support/listing-peer.ts';

const SPACING_MS = 100;
/** As many questions as one asker alone would take so long for; two paces would be through in half of it. */
const QUESTIONS = 12;

test('the feed of a live desk and its lists ask a host at one pace', async () => {
  const peer = new ListingPeer(systemTimers);
  const market = kalshiQuarter(epochMs(Date.now()));
  peer.kalshi.push(market);
  const arrivedAt: number[] = [];
  const server = createServer(({ url = '' }, response) => {
    arrivedAt.push(performance.now());
    const { status, body } = peer.answer({ url: `http://kalshi${url}` });
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const stop = new AbortController();
  try {
    const input = liveInput(configOf(deskAt(`http://127.0.0.1:${port}`, market.name)), {}, () => undefined);
    const source = await input.open();
    const lists = input.catalogues?.(stop.signal);
    const wanted = { kind: 'series', series: market.series, aheadMs: 0 } as const;
    const query = { venue: 'kalshi', name: market.series, rules: [], wanted } as const;
    const reading = (async () => {
      while (!stop.signal.aborted) await lists?.read(query, systemTimers.now());
    })();
    for await (const _ of source.frames(stop.signal)) if (arrivedAt.length >= QUESTIONS) stop.abort();
    await reading;
    const tookMs = (arrivedAt[QUESTIONS - 1] ?? 0) - (arrivedAt[0] ?? 0);
    // A request under way takes its time: it may arrive a little late, or the first one did.
    expect(tookMs).toBeGreaterThan((QUESTIONS - 1) * SPACING_MS * 0.8);
  } finally {
    stop.abort();
    server.closeAllConnections();
    server.close();
  }
});

/** A desk that trades one market of Kalshi, which is polled for want of keys. */
function deskAt(rest: string, ticker: string) {
  const raw = rawConfig();
  const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
  const fees = { version: 'test', makerRate: 0, takerRate: 0.07, roundTo: 0.01 };
  const kalshi = { fees, latency, hosts: { rest }, rest: { spacingMs: SPACING_MS, burst: 1 } };
  const strategies = (raw['strategies'] as object[]).map((one) => ({
    ...one,
    instruments: [`kalshi:${ticker}`],
  }));
  return { ...raw, venues: { ...(raw['venues'] as object), kalshi }, strategies };
}
