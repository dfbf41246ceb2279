import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { command, type Said } from '../../lifecycle/in-process.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';
import { depth, halted, heartbeat, recordingOf, snapshot, T0, touch, trade } from './lines.ts';

/** A book from a picture at update 100; one change; a gap; a new picture; two prints with two trades lost between. */
const BTC: readonly string[] = [
  depth(0, 'BTCUSDT', [95, 99], { b: [['1', '1']] }),
  snapshot(100, 'BTCUSDT', 100, {
    b: [
      ['99', '2'],
      ['98', '1'],
    ],
    a: [['101', '3']],
  }),
  depth(200, 'BTCUSDT', [101, 102], { b: [['99.5', '0.25']] }),
  touch(300, 'BTCUSDT', 102, [
    ['99.50000000', '0.25000000'],
    ['101', '3'],
  ]),
  trade(400, 'BTCUSDT', 7, '101', '0.5'),
  trade(500, 'BTCUSDT', 10, '101', '0.125'),
  depth(1_000, 'BTCUSDT', [105, 106], { b: [['99.5', '0']] }),
  snapshot(3_000, 'BTCUSDT', 110, { b: [['97', '1']], a: [['102', '1']] }),
  touch(3_100, 'BTCUSDT', 110, [
    ['97', '1'],
    ['102', '1'],
  ]),
];

const check = (...args: readonly string[]): Promise<Said> => command('feed-check', ...args);

async function found(...args: readonly string[]) {
  const said = await check('--json', ...args);
  expect([said.code, said.stderr]).toEqual([0, '']);
  return JSON.parse(said.stdout);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const FINAL = {
  receivedAt: T0 + 3_100,
  status: 'live',
  bids: [['97', '1']],
  asks: [['102', '1']],
  levels: { bids: 1, asks: 1 },
  sha256: sha256('bid 97 1\nask 102 1\n'),
};

test('an instrument that the venue does not trade is closed', async () => {
  const file = recordingOf(temporaryDirectory(), 'halted.jsonl', [...BTC, halted(4_000, 'BTCUSDT')]);
  const { instruments } = await found(file);
  expect(instruments['BTCUSDT'].final.status).toBe('closed');
});

test('--json is one document, whose fields mean what the page says', async () => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', BTC);
  expect(await found(file)).toEqual({
    venue: 'binance-spot',
    files: 1,
    frames: 9,
    malformed: 0,
    unknown: {},
    instruments: {
      BTCUSDT: {
        frames: 9,
        messages: { bookTicker: 2, depth: 3, snapshot: 2, trade: 2 },
        gaps: 2, // updates 103 and 104; trades 8 and 9
        repeated: 0,
        disordered: 0,
        resyncs: 1,
        droppedBeforeSnapshot: 2, // updates 95 to 99, and 105 to 106, which the second picture holds
        refused: 0,
        locked: 0,
        crossed: 0,
        staleMs: 100 + 2_000, // until the first picture, and from the gap to the second
        prints: 2,
        printsFromHistory: 0,
        tradesMissing: 2,
        printedQuantity: '0.625',
        hash: { points: 0, equal: 0 },
        firstAt: T0,
        lastAt: T0 + 3_100,
        compare: { with: 'bookTicker', points: 2, equal: 2 },
        final: FINAL,
        at: [],
      },
    },
  });
});

test('the table says the same to a person', async () => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl', BTC);
  expect(await check(file)).toEqual({
    code: 0,
    stderr: '',
    stdout: `binance-spot: 9 frames in one file

instrument      frames  gaps  resyncs  locked  crossed  stale s  prints  quantity  compared      equal
BTCUSDT (live)       9     2        1       0        0        2       2     0.625  2 bookTicker      2

BTCUSDT at ${T0 + 3_100}: live, bid 97 x 1, ask 102 x 1, 1 and 1 levels, ${FINAL.sha256.slice(0, 12)}
`,
  });
});

test('best prices that differ at the same update are not equal, and the book is no longer believed', async () => {
  const differing = touch(3_100, 'BTCUSDT', 110, [
    ['97', '4'],
    ['102', '1'],
  ]);
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', [...BTC.slice(0, -1), differing]);
  expect((await found(file)).instruments.BTCUSDT).toMatchObject({
    compare: { points: 2, equal: 1 },
    final: { status: 'stale' },
  });
});

test('changes that come again, that lock and that cross are counted each by its name', async () => {
  const begin = snapshot(0, 'BTCUSDT', 100, { b: [['99', '1']], a: [['101', '1']] });
  const lines = [
    begin,
    depth(100, 'BTCUSDT', [101, 101], { b: [['101', '1']] }), // locks
    depth(200, 'BTCUSDT', [102, 102], { b: [['101', '0']] }),
    depth(300, 'BTCUSDT', [102, 102], { b: [['101', '0']] }), // again
    depth(450, 'BTCUSDT', [103, 103], { b: [['102', '1']] }), // crosses
    depth(500, 'BTCUSDT', [104, 104], { b: [['102', '0']] }),
  ];
  const file = recordingOf(temporaryDirectory(), 'odd.jsonl.gz', lines);
  expect((await found(file)).instruments.BTCUSDT).toMatchObject({
    frames: 6,
    messages: { depth: 5, snapshot: 1 },
    gaps: 0,
    repeated: 1,
    locked: 1,
    crossed: 1,
    staleMs: 100 + 50, // until a change joins the first picture, and from the crossing to the end
  });
});

const BEFORE_GAP = {
  status: 'live',
  bids: [
    ['99.5', '0.25'],
    ['99', '2'],
    ['98', '1'],
  ],
  asks: [['101', '3']],
  levels: { bids: 3, asks: 1 },
  sha256: sha256('bid 99.5 0.25\nbid 99 2\nbid 98 1\nask 101 3\n'),
};

test.each([
  { at: `${T0 + 999}`, shows: T0 + 999 },
  { at: `${T0 + 999}500`, shows: (T0 + 999) * 1_000 + 500 },
  { at: new Date(T0 + 999).toISOString(), shows: new Date(T0 + 999).toISOString() },
  { at: '2026-09-21T14:13:20.999999Z', shows: '2026-09-21T14:13:20.999999Z' },
])('--at $at shows the book as it was then', async ({ at, shows }) => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', BTC);
  const { instruments } = await found(file, '--at', at);
  expect(instruments.BTCUSDT.at).toEqual([{ receivedAt: shows, ...BEFORE_GAP }]);
  expect(instruments.BTCUSDT.final).toEqual(FINAL);
});

test('--at in nanoseconds keeps all its digits', async () => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', BTC);
  const said = await check('--json', file, '--at', `${T0 + 999}000001`);
  expect(said.stdout).toContain(`"at":[{"receivedAt":${T0 + 999}000001,"status":"live"`);
});

test('several --at come in the order asked: at a line it is applied, in a gap the book is stale, behind the end it is the last', async () => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', BTC);
  const moments = [60_000, 1_000, 100].flatMap((ms) => ['--at', `${T0 + ms}`]);
  const { instruments } = await found(file, ...moments);
  expect(
    instruments.BTCUSDT.at.map(({ receivedAt, status, levels }: typeof FINAL) => [
      receivedAt - T0,
      status,
      levels.bids,
    ]),
  ).toEqual([
    [60_000, 'live', 1],
    [1_000, 'stale', expect.any(Number)],
    [100, 'live', 2],
  ]);
});

test('--at before an instrument was met shows a book of which nothing is known, in its place', async () => {
  const file = recordingOf(temporaryDirectory(), 'btc.jsonl.gz', BTC);
  const { instruments } = await found(file, '--at', `${T0 + 999}`, '--at', '2020-01-01T00:00:00Z');
  const nothing = { status: 'stale', bids: [], asks: [], levels: { bids: 0, asks: 0 }, sha256: sha256('') };
  expect(instruments.BTCUSDT.at).toEqual([
    { receivedAt: T0 + 999, ...BEFORE_GAP },
    { receivedAt: '2020-01-01T00:00:00Z', ...nothing },
  ]);
});

test('--at shows nothing of lines whose recorder kept no times, whatever moment is asked for', async () => {
  const unstamped = BTC.map((line) => line.replace(/"receivedAt":\d+/, '"receivedAt":null'));
  const file = recordingOf(temporaryDirectory(), 'unstamped.jsonl', unstamped);
  const { instruments } = await found(file, '--at', '2020-01-01T00:00:00Z', '--at', '2030-01-01T00:00:00Z');
  expect(instruments.BTCUSDT.final).toEqual({ ...FINAL, receivedAt: null });
  expect(instruments.BTCUSDT.at).toMatchObject([
    { receivedAt: '2020-01-01T00:00:00Z', status: 'stale', levels: { bids: 0, asks: 0 } },
    { receivedAt: '2030-01-01T00:00:00Z', status: 'stale', levels: { bids: 0, asks: 0 } },
  ]);
});

test('several files are read as if one, in the order in which they are named', async () => {
  const folder = temporaryDirectory();
  const [whole, first, second] = [
    recordingOf(folder, 'whole.jsonl.gz', BTC),
    recordingOf(folder, 'first.jsonl', BTC.slice(0, 4)),
    recordingOf(folder, 'second.jsonl.gz', BTC.slice(4)),
  ];
  expect(await found(first, second)).toEqual({ ...(await found(whole)), files: 2 });
  const head = (await check(first, second)).stdout.split('\n')[0];
  expect(head).toBe('binance-spot: 9 frames in 2 files');
});

test('venues side by side are told apart, and --venue reads one of them', async () => {
  const folder = temporaryDirectory();
  const mixed = recordingOf(folder, 'mixed.jsonl.gz', [
    ...BTC.slice(0, 5),
    heartbeat(600, 0),
    ...BTC.slice(5),
    heartbeat(3_200, 1),
  ]);
  const alone = recordingOf(folder, 'alone.jsonl.gz', BTC);
  expect(await found(mixed)).toMatchObject({ venue: 'binance-spot+coinbase-advanced', frames: 11 });
  expect(await found(mixed, '--venue', 'binance-spot')).toEqual(await found(alone));
  expect((await check(mixed)).stdout).toContain('binance-spot and coinbase-advanced: 11 frames in one file');
  expect(await check(alone, '--venue', 'kalshi')).toEqual({
    code: 1,
    stdout: '',
    stderr: `deckle: there are no frames of kalshi in ${alone}\n`,
  });
});

test('a symbol that two wires have keeps the findings of both, each by its wire; other symbols stay as they are', async () => {
  const mexc = JSON.stringify({
    receivedAt: T0 + 150,
    unit: 'ms',
    venue: 'mexc-spot',
    channel: 'rest:depth:BTCUSDT',
    url: 'https://api.mexc.com/api/v3/depth?symbol=BTCUSDT&limit=1000',
    raw: JSON.stringify({ lastUpdateId: 9, bids: [['98', '3']], asks: [['103', '4']], timestamp: T0 + 150 }),
  });
  const other = snapshot(100, 'ETHUSDT', 1, { b: [['9', '1']], a: [['10', '1']] });
  const folder = temporaryDirectory();
  const both = recordingOf(folder, 'both.jsonl', [...BTC.slice(0, 2), mexc, other, ...BTC.slice(2)]);
  const alone = recordingOf(folder, 'alone.jsonl', BTC);
  const { instruments } = await found(both);
  expect(Object.keys(instruments)).toEqual(['ETHUSDT', 'binance-spot:BTCUSDT', 'mexc-spot:BTCUSDT']);
  expect(instruments['binance-spot:BTCUSDT']).toEqual((await found(alone)).instruments.BTCUSDT);
  expect(instruments['mexc-spot:BTCUSDT']).toMatchObject({ frames: 1, prints: 0 });
  expect((await check(both)).stdout).toMatch(/\nmexc-spot:BTCUSDT \(/);
  expect(Object.keys((await found(both, '--venue', 'mexc-spot')).instruments)).toEqual(['BTCUSDT']);
});

test('one instrument over two wires of its venue is found once for each', async () => {
  const book = (ms: number, bid: string): string =>
    JSON.stringify({
      receivedAt: T0 + ms,
      unit: 'ms',
      venue: 'coinbase-exchange',
      channel: 'level2',
      raw: JSON.stringify({
        type: 'snapshot',
        product_id: 'BTC-USD',
        bids: [[bid, '1']],
        asks: [['101', '1']],
      }),
    });
  const advanced = (ms: number, number: number, price: string): string =>
    JSON.stringify({
      receivedAt: T0 + ms,
      unit: 'ms',
      venue: 'coinbase-advanced',
      channel: 'l2_data',
      raw: JSON.stringify({
        channel: 'l2_data',
        timestamp: new Date(T0 + ms).toISOString(),
        sequence_num: number,
        events: [
          {
            type: 'snapshot',
            product_id: 'BTC-USD',
            updates: [{ side: 'bid', price_level: price, new_quantity: '1' }],
          },
        ],
      }),
    });
  const lines = [book(0, '98'), advanced(5_000, 0, '97'), book(6_000, '99')];
  const { instruments } = await found(recordingOf(temporaryDirectory(), 'two.jsonl', lines));
  expect(instruments).toMatchObject({
    'coinbase-exchange:BTC-USD': {
      frames: 2,
      firstAt: T0,
      lastAt: T0 + 6_000,
      final: { bids: [['99', '1']] },
    },
    'coinbase-advanced:BTC-USD': {
      frames: 1,
      firstAt: T0 + 5_000,
      lastAt: T0 + 5_000,
      final: { bids: [['97', '1']] },
    },
  });
});

test('books by REST alone are met: a picture of each, live while nothing says otherwise', async () => {
  const book = (market: string, venue: string, channel: string, raw: object) =>
    JSON.stringify({
      receivedAt: T0,
      unit: 'ms',
      venue,
      channel,
      kalshiTicker: market,
      raw: JSON.stringify(raw),
    });
  const levels = { bids: [{ price: '0.4', size: '7' }], asks: [{ price: '0.6', size: '5' }] };
  const about = { market: `0x${'ab'.repeat(32)}`, asset_id: '77', timestamp: `${T0}`, hash: '' };
  const file = recordingOf(temporaryDirectory(), 'pairs.jsonl', [
    book('KX-A', 'kalshi', 'rest:orderbook', {
      orderbook_fp: { yes_dollars: [['0.4000', '7.00']], no_dollars: [['0.3000', '5.00']] },
    }),
    book('KX-A', 'polymarket', 'rest:book', { ...about, ...levels }),
  ]);
  const { instruments } = await found(file);
  expect(instruments).toMatchObject({
    'KX-A': {
      messages: { orderbook: 1 },
      final: { status: 'live', bids: [['0.4', '7']], asks: [['0.7', '5']] }, // no at 0.30 is an ask at 0.70
    },
    77: {
      messages: { 'rest:book': 1 },
      final: { status: 'live', bids: [['0.4', '7']], asks: [['0.6', '5']] },
    },
  });
});

test('a venue without an instrument is said', async () => {
  const file = recordingOf(temporaryDirectory(), 'quiet.jsonl', [heartbeat(0, 0), heartbeat(1_000, 1)]);
  expect((await check(file)).stdout).toBe('coinbase-advanced: 2 frames in one file\nno instrument was met\n');
});

test('lines that cannot be read are counted beside those that can', async () => {
  const folder = temporaryDirectory();
  const file = recordingOf(folder, 'bad.jsonl.gz', [
    'not json',
    ...BTC,
    '{"receivedAt":"soon","unit":"ms","venue":"binance-spot","channel":"btcusdt@trade","raw":"{}"}',
    '{"receivedAt":1790000004000,"unit":"ms","venue":"nasdaq","channel":"trades","raw":"{}"}',
  ]);
  const whole = recordingOf(folder, 'whole.jsonl.gz', BTC);
  expect(await found(file)).toEqual({ ...(await found(whole)), malformed: 3 });
  expect((await check(file)).stdout).toContain('9 frames in one file; 3 could not be read\n');
});

test('a file cut in its middle is read as far as it goes, and the break counted', async () => {
  const folder = temporaryDirectory();
  const path = recordingOf(folder, 'cut.jsonl.gz', BTC);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 9));
  const { frames, malformed } = await found(path);
  expect(frames).toBeGreaterThan(5);
  expect(malformed).toBe(1);
});

test('a file without a newline is said to be no recording, whatever its size', async () => {
  const path = join(temporaryDirectory(), 'endless.jsonl');
  writeFileSync(path, '');
  truncateSync(path, 80 * 1_024 ** 2); // zeros
  const said = {
    code: 1,
    stdout: '',
    stderr: 'deckle: endless.jsonl is not a recording: a line has no end within 64 MB\n',
  };
  expect(await check(path)).toEqual(said);
});

const words = { missing: 'there is no recording at', folder: 'is a folder, not a recording' };

test.each([
  { name: 'missing.jsonl.gz', bytes: undefined, says: words.missing },
  { name: 'empty.jsonl.gz', bytes: '', says: 'empty.jsonl.gz is empty: no recorded frame in it' },
  { name: 'text.jsonl', bytes: 'dear diary\nnothing\n', says: 'text.jsonl is not a recording: none of its' },
  {
    name: 'kraken.jsonl',
    bytes: '{"receivedAt":1789999800000,"unit":"ms","venue":"kraken","channel":"book","raw":"{}"}\n',
    says: "kraken.jsonl holds frames of 'kraken'; recordings of these can be read: binance-spot, coinbase-advanced",
  },
  { name: 'json.jsonl', bytes: '{"a":1}\n', says: 'json.jsonl is not a recording: none of its lines' },
  {
    name: 'noise.jsonl',
    bytes: '\x00\xff\xfe\x80\x0a\x1b\x9d',
    says: 'noise.jsonl is not a recording: none of its lines',
  },
  { name: 'noise.gz', bytes: '\x1f\x8b\x08 not gzip', says: 'noise.gz is empty: no recorded frame in it' },
])('$name ends it with 1, in words', async ({ name, bytes, says }) => {
  const folder = temporaryDirectory();
  const path = join(folder, name);
  if (bytes !== undefined) writeFileSync(path, bytes, 'latin1');
  const said = await check('--json', path);
  expect([said.code, said.stdout]).toEqual([1, '']);
  expect(said.stderr).toMatch(/^deckle: [^\n]*\n$/);
  expect(said.stderr).toContain(says);
});

test.skipIf(process.platform === 'win32')(
  'what may never end is not begun: a device, and a pipe into which nobody writes',
  async () => {
    const pipe = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of ['/dev/zero', '/dev/urandom', pipe])
      expect(await check(path)).toEqual({
        code: 1,
        stdout: '',
        stderr: `deckle: ${path} is a pipe or a device, not a file\n`,
      });
  },
);

test('garbage is not read to its end, and a recording with a bad beginning is', async () => {
  const folder = temporaryDirectory();
  const path = recordingOf(folder, 'late.jsonl', [...Array<string>(20).fill('dear diary'), ...BTC]);
  expect((await check(path)).stderr).toContain('late.jsonl is not a recording: none of its lines');
  const other = recordingOf(folder, 'soon.jsonl', [...Array<string>(19).fill('dear diary'), ...BTC]);
  expect((await found(other)).malformed).toBe(19);
});

test('a line that unfolds to more than any recorder writes is no recording', async () => {
  const path = join(temporaryDirectory(), 'bomb.jsonl.gz');
  const bomb = gzipSync(Buffer.alloc(200 * 1_024 ** 2, 'a'));
  expect(bomb.length).toBeLessThan(1_000_000);
  writeFileSync(path, bomb);
  const before = process.memoryUsage().rss;
  expect((await check(path)).stderr).toContain(
    'bomb.jsonl.gz is not a recording: a line has no end within 64 MB',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_024 ** 2);
});

test('a copy under another name, packed or not, gives the very same document', async () => {
  const folder = temporaryDirectory();
  const [one, other, plain] = ['one.jsonl.gz', 'quite another name.gz', 'plain.txt'].map((name) =>
    recordingOf(folder, name, BTC),
  );
  const document = await check('--json', one ?? '');
  expect(await check('--json', other ?? '')).toEqual(document);
  expect(await check('--json', plain ?? '')).toEqual(document);
});

test('a folder is no recording', async () => {
  const said = await check(temporaryDirectory());
  expect([said.code, said.stdout]).toEqual([1, '']);
  expect(said.stderr).toContain(words.folder);
});

test('garbage among several files ends it too; an empty file, as a killed recorder leaves it, does not', async () => {
  const folder = temporaryDirectory();
  const good = recordingOf(folder, 'good.jsonl.gz', ['not json', 'nor this', ...BTC]);
  const [empty, garbage] = [join(folder, 'empty.jsonl.gz'), join(folder, 'garbage.jsonl')];
  writeFileSync(empty, '');
  writeFileSync(garbage, 'dear diary\n');
  expect(await found(good, empty)).toEqual({ ...(await found(good)), files: 2 });
  expect((await check(good, garbage)).stderr).toContain('garbage.jsonl is not a recording');
  expect((await check(empty, empty)).stderr).toContain('empty.jsonl.gz is empty');
});

test('what one file lacks is not held against the next', async () => {
  const folder = temporaryDirectory();
  const bad = recordingOf(folder, 'bad.jsonl', ['not json', 'nor this', 'nor this', ...BTC]);
  const other = recordingOf(folder, 'other.jsonl', [heartbeat(4_000, 0)]);
  expect(await found(bad, other, '--venue', 'binance-spot')).toMatchObject({ frames: 9, malformed: 3 });
});

test.each([
  { args: ['--at', 'noon'], says: '--at noon is no moment: give a receive time' },
  { args: ['--at', '17900000'], says: '--at 17900000 is no moment' },
  { args: ['--at', '2026-09-21 14:13:20'], says: 'is no moment' },
  { args: ['--at', '2026-02-30T00:00:00Z'], says: '--at 2026-02-30T00:00:00Z is no moment' },
  { args: ['--at', '2026-02-28T24:00:00Z'], says: '--at 2026-02-28T24:00:00Z is no moment' },
  { args: ['--venue', 'nasdaq'], says: '--venue nasdaq is none of: ' },
  { args: ['--depth', '5'], says: "unknown option '--depth'" },
])('$args is a wrong call', async ({ args, says }) => {
  const said = await check(recordingOf(temporaryDirectory(), 'btc.jsonl', BTC), ...args);
  expect([said.code, said.stdout]).toEqual([2, '']);
  expect(said.stderr).toContain(says);
});

test('without a file it is a wrong call', async () => {
  expect((await check()).code).toBe(2);
});
