import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { money } from '../../../core/amounts.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { epochMs } from '../../../core/time.ts';
import type { Health, PartStatus } from '../../../local/watch/health.ts';
import { createMetrics } from '../../../local/watch/metrics.ts';
import type { StatusServerOptions } from '../../../local/watch/status-server.ts';
import { StatusServerError, startStatusServer } from '../../../local/watch/status-server.ts';

const AT = epochMs(Date.UTC(2026, 10, 21, 9));
const MAIN = 'main' as AccountId;
const health = (guard: PartStatus = 'ok'): Health => ({
  feeds: {
    status: 'ok',
    connected: true,
    freshnessMs: 40,
    quality: [],
    windowAgeMs: 900,
    instruments: [
      {
        instrumentId: instrumentId('binance', 'OAKUSDT'),
        status: 'live',
        quality: [],
        verdict: 'clean',
        lastMessageAt: AT,
        lastBookAt: AT,
        isOver: false,
        isAhead: false,
        trouble: null,
      },
    ],
    venues: [],
    hosts: [],
    candles: null,
  },
  signals: { status: 'ok', lastEvaluation: AT },
  risk: {
    status: 'ok',
    mode: 'active',
    accounts: [{ accountId: MAIN, drawdownBps: 12, dailyPnl: money('-1.5'), exposure: money('250') }],
  },
  fills: { status: 'ok', workingOrders: 2, lastFill: null, late: 0 },
  ledger: {
    status: 'ok',
    accounts: [{ accountId: MAIN, equity: money('9998.50000001'), lastReconciliation: AT, discrepancies: 0 }],
  },
  guard: { status: guard, lastCheck: AT },
});

async function start(options: Partial<StatusServerOptions> = {}) {
  const server = await startStatusServer({
    port: 0,
    health: () => health(),
    metrics: async () => 'm 1\n',
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

test('health is JSON with the status of each part and amounts as decimal text', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const body = await response.json();
  expect(body).toMatchObject({
    status: 'ok',
    feeds: {
      status: 'ok',
      connected: true,
      freshnessMs: 40,
      instruments: [{ instrumentId: 'binance:OAKUSDT' }],
    },
    risk: { mode: 'active', accounts: [{ dailyPnl: '-1.5', exposure: '250', drawdownBps: 12 }] },
    fills: { workingOrders: 2, lastFill: null, late: 0 },
    ledger: { accounts: [{ equity: '9998.50000001', discrepancies: 0 }] },
  });
  expect(Object.keys(body as object)).toEqual([
    'status',
    'feeds',
    'signals',
    'risk',
    'fills',
    'ledger',
    'guard',
  ]);
});

test.each(['warn', 'down'] as const)('a part that is %s makes it 503', async (status) => {
  const { url } = await start({ health: async () => health(status) });
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ status, guard: { status } });
});

test('health that cannot be told is down, in words', async () => {
  const { url } = await start({ health: () => Promise.reject(new Error('the store is closed')) });
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'down', error: 'the store is closed' });
});

test("metrics are Prometheus' text", async () => {
  const metrics = createMetrics();
  metrics.add('feed_windows_total', 3);
  const { url } = await start({ metrics: () => metrics.text() });
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect((await response.text()).split('\n')).toContain('feed_windows_total 3');
});

test('the root lists what there is', async () => {
  const { url } = await start();
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ health: '/health', metrics: '/metrics' });
});

test('another path is not found, and says what there is', async () => {
  const { url } = await start();
  for (const path of ['/nothing', '/health/feeds', '/%00', '/..%2fetc']) {
    const response = await fetch(url + path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.json()).toEqual({ error: 'there are /health and /metrics' });
  }
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not allowed', async (method) => {
  const { url } = await start();
  for (const path of ['/', '/health', '/metrics']) {
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    await response.arrayBuffer();
  }
});

test('HEAD tells the status without a body', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/health`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('it listens on this machine only', async () => {
  expect((await start()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a busy port is named, with the flag that changes it', async () => {
  const { port } = await start();
  const second = start({ port });
  await expect(second).rejects.toThrow(StatusServerError);
  await expect(second).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program; choose another with --port N`,
  );
});

test('an address that this machine does not have is said in words', async () => {
  await expect(start({ host: '192.0.2.1' })).rejects.toThrow(
    /^port 0 on 192\.0\.2\.1 cannot be opened \(.*\); /,
  );
});

test('a port that is no port is said in words', async () => {
  await expect(start({ port: 70_000 })).rejects.toThrow(/^port 70000 on 127\.0\.0\.1 cannot be opened /);
});

test('close ends open connections, and the port is free again', async () => {
  const server = await start();
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  const ended = once(idle, 'close');
  await (await fetch(`${server.url}/health`)).text();
  await server.close();
  await ended;
  await expect(fetch(server.url)).rejects.toThrow();
  expect((await start({ port: server.port })).port).toBe(server.port);
});

test('close does not wait for a request that never ends', async () => {
  const asked = Promise.withResolvers<void>();
  const server = await start({
    health: () => {
      asked.resolve();
      return new Promise<Health>(() => undefined);
    },
  });
  const answer = fetch(`${server.url}/health`).catch(() => 'cut off');
  await asked.promise;
  await server.close();
  expect(await answer).toBe('cut off');
});

test('closing twice is closing once', async () => {
  const server = await start();
  await Promise.all([server.close(), server.close()]);
  await server.close();
});
