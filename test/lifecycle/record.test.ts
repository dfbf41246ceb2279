import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import type { SimServer } from '../../local/venue-simulator/sim-server.ts';
import { command } from './in-process.ts';
import { deckle, type Running, startDeckle, until } from './processes.ts';
import {
  itemOf,
  liveConfig,
  livePictures,
  membersOf,
  replayed,
  serveVenue,
  wholeBlocks,
  windowsOf,
} from './recorded-feed.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const IDS: readonly InstrumentId[] = [
  instrumentId('binance', 'BTCUSDT'),
  instrumentId('binance', 'ETHUSDT'),
  instrumentId('coinbase', 'BTC-USD'),
];
const DECKLE = fileURLToPath(new URL('../../bin/deckle.ts', import.meta.url));

let servers: readonly SimServer[];
let directory: string;
let config: string;
beforeAll(async () => {
  const [binance, coinbase] = await Promise.all([serveVenue('binance'), serveVenue('coinbase')]);
  servers = [binance, coinbase];
  directory = temporaryDirectory();
  config = liveConfig(directory, { binance: binance.hosts, coinbase: coinbase.hosts });
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));

const blocksIn = (folder: string): number =>
  filesIn(folder).reduce((sum, file) => sum + membersOf(readFileSync(file)).length, 0);

/** A recorder of its own process that has written some blocks. */
async function recorder(folder: string, ...more: readonly string[]): Promise<Running> {
  mkdirSync(folder);
  const running = startDeckle('record', ...IDS, '--config', config, '--out', folder, ...more);
  await until('some blocks of the recording', () => blocksIn(folder) >= 3);
  return running;
}

test('killed at any moment, it leaves whole blocks that replay to the windows of whoever saw the same frames', async () => {
  const killed = [0, 170, 390, 610, 880].map(async (afterMs) => {
    const folder = join(directory, `killed-${afterMs}`);
    const running = await recorder(folder);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    running.signal('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    return folder;
  });
  for (const folder of await Promise.all(killed)) {
    const [file = '', ...others] = filesIn(folder);
    expect(others).toEqual([]);
    const { blocks, torn } = wholeBlocks(readFileSync(file));
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    const observed = windowsOf(blocks.flat().map(itemOf), IDS);
    const { windows, faults } = await replayed([file], IDS);
    expect(windows.slice(0, observed.length)).toEqual(observed);
    if (torn === 0) expect([windows.length, faults]).toEqual([observed.length, []]);
    expect((await replayed([file], IDS)).windows).toEqual(windows);
    // Books were built, and not only promised.
    expect(livePictures(observed)).toBeGreaterThan(observed.length);
  }
}, 60_000);

test('torn in its last block, or as a new file begins, it loses no whole block', async () => {
  const folder = join(directory, 'torn');
  const running = await recorder(folder);
  running.signal('SIGKILL');
  await running.ended;
  const [file = ''] = filesIn(folder);
  const { blocks } = wholeBlocks(readFileSync(file));
  const whole = windowsOf(blocks.flat().map(itemOf), IDS);
  const last = membersOf(readFileSync(file))[blocks.length - 1]?.length ?? 0;
  const prefix = windowsOf(blocks.slice(0, -1).flat().map(itemOf), IDS);
  const end = statSync(file).size;
  for (const cut of [1, 8, last >> 1, last - 12, last - 1]) {
    truncateSync(file, end - cut);
    const { windows, faults } = await replayed([file], IDS);
    expect(windows.slice(0, prefix.length)).toEqual(prefix);
    expect(windows).toEqual(whole.slice(0, windows.length));
    expect(faults.map(({ reason }) => reason)).toEqual(['truncated']);
  }
  for (const begun of [Buffer.alloc(0), readFileSync(file).subarray(0, 11)]) {
    const next = join(folder, 'next.jsonl.gz');
    writeFileSync(next, begun);
    const { windows, faults } = await replayed([file, next], IDS);
    expect(windows.slice(0, prefix.length)).toEqual(prefix);
    expect(faults.map(({ detail }) => detail)).toContain('next.jsonl.gz is empty: no recorded frame in it');
    await expect(replayed([next], IDS)).rejects.toThrow('next.jsonl.gz is empty: no recorded frame in it');
    await expect(replayed([next, next], IDS)).rejects.toThrow('is empty');
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it with everything written, and it says what',
  async (signal) => {
    const folder = join(directory, signal);
    const running = await recorder(folder, '--json', '--name', 'mine');
    running.signal(signal);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stderr]).toEqual([
      0,
      `recording live: Binance Spot, market-data; Coinbase Advanced Trade, live into ${folder}; Ctrl+C ends it\n`,
    ]);
    const files = filesIn(folder);
    const { blocks, torn } = wholeBlocks(readFileSync(files[0] ?? ''));
    const lines = blocks.flat();
    expect(files[0]).toMatch(/mine-\d{8}T\d{6}-\d{3}Z\.jsonl\.gz$/);
    expect(JSON.parse(stdout)).toEqual({
      files,
      frames: lines.filter((line) => !line.includes('"channel":"deckle:')).length,
      lines: lines.length,
      blocks: blocks.length,
      bytes: statSync(files[0] ?? '').size,
    });
    expect(torn).toBe(0);
  },
);

test('it ends by itself after --for seconds and says what it wrote', async () => {
  const folder = join(directory, 'for');
  const before = Date.now();
  const where = ['--config', config, '--out', folder];
  const { code, stdout } = await deckle('record', 'binance:BTCUSDT', ...where, '--for', '2');
  expect(code).toBe(0);
  expect(Date.now() - before).toBeGreaterThanOrEqual(2_000);
  const files = filesIn(folder);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  expect(stdout).toBe(
    `${framesIn(files)} frames in ${bytes} bytes:\n${files.map((file) => `  ${file}\n`).join('')}`,
  );
});

const framesIn = (files: readonly string[]): number =>
  files
    .flatMap((file) => wholeBlocks(readFileSync(file)).blocks.flat())
    .filter((line) => !line.includes('"channel":"deckle:')).length;

/** A recorder whose files may not be larger than so many blocks of 512 bytes. */
const onSmallDisk = (
  blocks: number,
  folder: string,
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const args = ['record', 'binance:BTCUSDT', '--config', config, '--out', folder, '--for', '25'];
    const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
    execFile('sh', ['-c', script, process.execPath, DECKLE, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    );
  });

test('a disk that fills ends it in words, with the whole blocks kept and no half of one', async () => {
  const folder = join(directory, 'full');
  const full = await onSmallDisk(16, folder);
  const [file = '', ...others] = filesIn(folder);
  const { blocks, torn } = wholeBlocks(readFileSync(file));
  expect([full.code, full.stdout, others, torn]).toEqual([1, '', [], 0]);
  expect(blocks.length).toBeGreaterThan(0);
  expect(full.stderr).toContain(
    `deckle: the recording cannot be written on: EFBIG: file too large, write; ${blocks.flat().length} lines are kept in ${file}\n`,
  );
});

test('a disk without room for the first block is left without a file', async () => {
  const folder = join(directory, 'fuller');
  const full = await onSmallDisk(1, folder);
  expect([full.code, full.stdout, filesIn(folder)]).toEqual([1, '', []]);
  expect(full.stderr).toContain('file too large, write; 0 lines are kept in no file\n');
});

test('a folder that cannot be written is said before anything is asked of a venue', async () => {
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  const said = await command('record', 'binance:BTCUSDT', '--config', config, '--out', join(file, 'under'));
  expect(said).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^deckle: --out .*a-file\/under cannot be written: ENOTDIR: .*\n$/),
  });
});

test.skipIf(process.platform !== 'linux')(
  'nor is one that the file system does not let anybody make',
  async () => {
    const said = await command('record', 'binance:BTCUSDT', '--config', config, '--out', '/proc/nobody');
    expect(said).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^deckle: --out \/proc\/nobody cannot be written: ENOENT: .*\n$/),
    });
  },
);

test.each([
  { id: 'BTCUSDT', says: "'BTCUSDT' is no instrument: name it <venue>:<symbol>, the venue one of " },
  { id: 'nasdaq:AAPL', says: "'nasdaq:AAPL' is no instrument: name it <venue>:<symbol>, the venue one of " },
])('$id is no instrument', async ({ id, says }) => {
  const said = await command('record', id, '--config', config, '--out', join(directory, 'never'));
  expect([said.code, said.stdout]).toEqual([2, '']);
  expect(said.stderr).toContain(says);
});

test('a venue that the configuration does not name is refused', async () => {
  const demo = fileURLToPath(new URL('../../deckle.yaml', import.meta.url));
  const said = await command('record', 'kalshi:KXBTC15M', '--config', demo, '--out', directory);
  expect([said.code, said.stderr]).toEqual([
    2,
    "deckle: the configuration has no venue 'kalshi': add it under 'venues'\n",
  ]);
});

test.each([
  { option: ['--for', '0'], says: 'must be at least 1.' },
  { option: ['--rotate', 'often'], says: 'must be a whole number.' },
  { option: ['--name', '../up'], says: 'must be letters, digits, dashes and underscores, at most 60.' },
])('record $option is a wrong call', async ({ option, says }) => {
  const said = await command('record', '--config', config, ...option);
  expect([said.code, said.stdout]).toEqual([2, '']);
  expect(said.stderr).toContain(says);
});

/** A venue that does not serve this place. */
function refusing(): Promise<{ readonly server: Server; readonly ws: string; readonly rest: string }> {
  const server = createServer((_, response) => {
    response.writeHead(451, { 'content-type': 'application/json' });
    response.end('{"code":0,"msg":"Service unavailable from a restricted location"}');
  });
  server.on('upgrade', (_, socket) => {
    socket.end(
      'HTTP/1.1 451 Unavailable For Legal Reasons\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ server, ws: `ws://127.0.0.1:${port}`, rest: `http://127.0.0.1:${port}` });
    });
  });
}

test('when nothing came it ends with 1 and says of each venue why', async () => {
  const { server, ws, rest } = await refusing();
  const folder = temporaryDirectory();
  const refused = liveConfig(folder, { binance: { ws, rest }, coinbase: { ws, rest } });
  const out = join(folder, 'out');
  const said = await command('record', ...IDS, '--config', refused, '--out', out, '--for', '4');
  server.close();
  expect([said.code, said.stdout]).toEqual([1, 'nothing was received\n']);
  const [, ...lines] = said.stderr.trimEnd().split('\n');
  for (const [n, name] of ['Binance Spot, market-data', 'Coinbase Advanced Trade, live'].entries())
    expect(lines.slice(-2)[n]).toMatch(
      new RegExp(`^ {2}${name}: .*HTTP 451 .*: it does not serve this location; .*name another host`),
    );
  expect(readdirSync(out)).toEqual([]);
});
