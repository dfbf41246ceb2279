import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createObjectReader } from '../../../adapters/s3/object-reader.ts';
import { readS3WindowLog } from '../../../adapters/s3/read-s3-window-log.ts';
import { keys } from '../../../adapters/store/table.ts';
import type { MarketWindow } from '../../../core/market/window.ts';
import { encodeWindow } from '../../../core/market/window-codec.ts';
import { epochMs, isoTime } from '../../../core/time.ts';
import { LOCAL_CREDENTIALS, openLoopback } from '../../adapters/loopback-server.ts';
import { openLoopbackBucket, xmlError } from '../../adapters/s3/loopback-bucket.ts';
import { configOf, embeddedWindows, MAIN, shippedConfig } from '../../fargate/feeds-world.ts';
import { until } from '../../lifecycle/processes.ts';
import { type FeedsChild, startFeedsChild } from './feeds-child.ts';
import { openLoopbackStage, stageEnv } from './loopback-stage.ts';

const unfenced = (window: MarketWindow): object => ({ ...encodeWindow(window), epoch: 0 });

type Stage = Awaited<ReturnType<typeof openLoopbackStage>>;

const push = (stage: Stage, raw: unknown): Promise<void> =>
  stage.configs.push({ hash: configOf(raw).hash, document: raw, pushedAt: epochMs(0), pushedBy: 'test' });

async function loggedIn({ bucket }: Stage): Promise<MarketWindow[]> {
  const client = new S3Client({
    endpoint: bucket.url,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    forcePathStyle: true,
  });
  try {
    return await Array.fromAsync(readS3WindowLog(createObjectReader({ client, bucket: 'bucket' }), MAIN));
  } finally {
    client.destroy();
  }
}

const saysInTime = (child: FeedsChild, text: string): Promise<void> =>
  until(text, () => child.stdout.includes(text));

test('lockstep publishes the windows of the embedded run, logs them, and sums up in JSON', async () => {
  const stage = await openLoopbackStage();
  const raw = shippedConfig();
  await push(stage, raw);
  const child = startFeedsChild(
    ['run', '--lockstep', '--windows', '120', '--port', '0', '--json'],
    stage.env,
  );
  expect(await child.code, child.stderr).toBe(0);
  const embedded = await embeddedWindows(configOf(raw), 120);
  const published = stage.events.flatMap((one) => one.windows.slice(-1));
  expect(published.map(unfenced)).toEqual(embedded.map(unfenced));
  expect(await loggedIn(stage)).toEqual(published);
  expect(JSON.parse(child.stdout)).toMatchObject({
    end: 'finished',
    windows: 120,
    through: isoTime(embedded.at(-1)?.closedAt ?? epochMs(0)),
    feedId: 'main',
    epoch: 1,
    configHash: configOf(raw).hash,
    publishFailed: 0,
  });
  const hop = await stage.store.get(keys.trace(stage.events[0]?.id ?? '', 'feeds'));
  expect(hop).toMatchObject({ writer: 'feeds', publishedAt: expect.any(Number) });
  expect(stage.faults).toEqual([]);
});

/** Values of metrics on lines that CloudWatch takes for some, by name. */
function sentMetrics(stdout: string): Record<string, number[]> {
  const sent = new Map<string, number[]>();
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const { _aws, service, ...values } = JSON.parse(line) as Record<string, unknown>;
    if (_aws === undefined) continue;
    expect(_aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: 'Deckle', Dimensions: [['service']] }] });
    expect(service).toBe('deckle-local');
    for (const [name, value] of Object.entries(values))
      sent.set(name, [...(sent.get(name) ?? []), Number(value)]);
  }
  return Object.fromEntries(sent);
}

test('windows that S3 refuses are counted in the log, for CloudWatch, unless stdout is a document', async () => {
  const refused = await openLoopbackBucket(() => xmlError(403, 'AccessDenied', 'Access Denied'));
  const run = async (...args: readonly string[]): Promise<FeedsChild> => {
    const stage = await openLoopbackStage();
    await push(stage, shippedConfig());
    const child = startFeedsChild(['run', '--lockstep', '--windows', '12', '--port', '0', ...args], {
      ...stage.env,
      AWS_ENDPOINT_URL_S3: refused.url,
    });
    expect(await child.code).toBe(1);
    expect(child.stderr).toContain('feeds: 12 windows could not be logged: ');
    return child;
  };
  expect(sentMetrics((await run()).stdout)).toEqual({
    feed_frames_malformed_total: [0],
    feed_gaps_total: [0, 0],
    // Once at the end: each minute would be sooner than twelve windows take.
    feed_latency_ms: [expect.any(Number)],
    feed_messages_total: [543],
    window_age_ms: [expect.any(Number)],
    feed_windows_unlogged_total: [12],
  });
  expect(JSON.parse((await run('--json')).stdout)).toMatchObject({ end: 'finished', windows: 12 });
});

test('lockstep ends in words when a function does not answer', async () => {
  const stage = await openLoopbackStage({ dead: ['risk'] });
  await push(stage, shippedConfig());
  const args = ['run', '--lockstep', '--windows', '12', '--settle-timeout', '1', '--port', '0'];
  const child = startFeedsChild(args, stage.env);
  expect(await child.code).toBe(1);
  expect(child.stderr).toMatch(
    /^feeds: the window of 2026-01-05T09:00:10\.000Z was not settled within 1 s: risk did not answer to signals\/main\/\d+; is its rule enabled/,
  );
  expect(stage.events).toHaveLength(10);
});

test('in the pace of the clock it waits for a configuration, tells its health, and SIGTERM drains it', async () => {
  const stage = await openLoopbackStage();
  const child = startFeedsChild(['run', '--port', '0'], stage.env);
  await saysInTime(child, 'waiting for a configuration');
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/health/.exec(child.stdout) ?? [];
  expect(await (await fetch(url)).json()).toMatchObject({ status: 'ok', phase: 'waiting', lastWindow: null });
  await push(stage, { ...shippedConfig(), feed: { id: 'main', windowMs: 500, depth: 5 } });
  await until('three windows', () => stage.events.length >= 3);

  const health = startFeedsChild(['health', '--port', new URL(url).port], {});
  expect(await health.code, health.stderr).toBe(0);
  expect(JSON.parse(health.stdout)).toMatchObject({
    status: 'ok',
    phase: 'running',
    lease: { feedId: 'main', epoch: 1 },
    lives: 1,
    counts: {},
    feed: { connected: true },
  });
  child.signal('SIGTERM');
  expect(await child.code, child.stderr).toBe(0);
  const through = stage.events.at(-1)?.at;
  expect(await stage.feeds.sign(MAIN)).toMatchObject({ phase: 'stopped', eventTime: through });
  const published = stage.events.flatMap((one) => one.windows.slice(-1));
  expect(await loggedIn(stage)).toEqual(published);
  expect((await stage.feeds.rules(MAIN)).map((one) => one.id).sort()).toEqual([
    'binance:ELMUSDT',
    'binance:OAKUSDT',
  ]);
  const gone = startFeedsChild(['health', '--port', new URL(url).port], {});
  expect(await gone.code).toBe(1);
  expect(gone.stderr).toContain('no feeds process answers on http://127.0.0.1:');
});

test('a table that cannot be used is told with what to do, after some tries', async () => {
  const stage = await openLoopbackStage();
  const refusing = await openLoopback(() => ({
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({
      __type: 'com.amazon.coral.service#AccessDeniedException',
      message: 'not authorized',
    }),
  }));
  const cases = [
    [
      { ...stageEnv('t'), AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      /nothing answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\); start the endpoint/,
    ],
    [
      { ...stage.env, DECKLE_TABLE: 'other' },
      /there is no table other at AWS in eu-west-1; deploy the stack/,
    ],
    [{ ...stageEnv('t'), AWS_ENDPOINT_URL: refusing.url }, /these credentials may not use the table t at/],
    [
      { ...stageEnv('t'), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      /there are no AWS credentials; set AWS_PROFILE/,
    ],
  ] as const;
  const children = cases.map(([env]) => startFeedsChild(['run', '--port', '0'], env));
  for (const [n, child] of children.entries()) {
    expect(await child.code).toBe(1);
    expect(child.stderr).toMatch(cases[n]?.[1] ?? /never/);
    expect(child.stderr.trim().split('\n')).toHaveLength(1);
    expect(child.stdout.match(/store does not answer/g)).toHaveLength(3);
  }
});
