import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseReceiveTime } from '../../../adapters/recordings/receive-time.ts';
import { RecordingError } from '../../../adapters/recordings/recorded-line.ts';
import { recordingSource } from '../../../adapters/recordings/recording-source.ts';
import { type Frame, isFrame, type SourceFault } from '../../../adapters/venues/frame-source.ts';

const START = 1_700_000_000_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const line = (ms: number, raw = 'x', venue = 'binance-spot'): string =>
  `${JSON.stringify({ receivedAt: START + ms, unit: 'ms', venue, channel: 'c', raw })}\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, n) => line(n, `${n}`)).join('');

async function read(...paths: string[]): Promise<{ frames: Frame[]; faults: SourceFault[] }> {
  const frames: Frame[] = [];
  const faults: SourceFault[] = [];
  for await (const one of recordingSource(paths).frames(new AbortController().signal)) {
    if ('reason' in one) faults.push(one);
    else if (isFrame(one)) frames.push(one);
    // A slow reader must not lose what was already unpacked.
    if (frames.length % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { frames, faults };
}
const raws = (frames: readonly Frame[]): string[] => frames.map((frame) => frame.raw);

test.each([
  { text: '1723161254087891268', unit: 'ns', ms: 1_723_161_254_087 },
  { text: '1723161253999999999', unit: 'ns', ms: 1_723_161_253_999 }, // as a double it is ...254000000000
  { text: '1633998512063356900', unit: 'ns', ms: 1_633_998_512_063 },
  { text: '1.7231612539999999e18', unit: 'ns', ms: 1_723_161_253_999 },
  { text: '1723161254087.9', unit: 'ms', ms: 1_723_161_254_087 },
  { text: '1723161254087', unit: 'ms', ms: 1_723_161_254_087 },
  { text: '1723161254087891', unit: 'us', ms: 1_723_161_254_087 },
  { text: '1723161254087', unit: 'ns', ms: undefined },
  { text: '1723161254087891268', unit: 'ms', ms: undefined },
  { text: '1723161254087', unit: 'h', ms: undefined },
  { text: 'null', unit: 'ms', ms: undefined },
  { text: '-1723161254087', unit: 'ms', ms: undefined },
  { text: '"1723161254087"', unit: 'ms', ms: undefined },
])('reads the receive stamp $text in $unit as $ms', ({ text, unit, ms }) => {
  expect(parseReceiveTime(text, unit)).toBe(ms);
});

test('a line becomes a frame, its raw text untouched', async () => {
  const raw = '{"a":"\\u00e9 \\"receivedAt\\":5"}';
  const path = file(
    'one.jsonl',
    `{"venue":"binance-spot","url":"https://x","raw":${JSON.stringify(raw)},"channel":"rest","unit":"ns","receivedAt": 1700000000123999999}\n`,
  );
  expect(await read(path)).toEqual({
    frames: [{ wire: 'binance-spot', receivedAt: START + 123, channel: 'rest', raw, url: 'https://x' }],
    faults: [],
  });
});

test.each(['plain', 'gzip', 'gzip in two members'])('a %s file gives its lines in order', async (kind) => {
  const content = {
    plain: lines(900),
    gzip: gzipSync(lines(900)),
    'gzip in two members': Buffer.concat([
      gzipSync(lines(900).slice(0, 7_000)),
      gzipSync(lines(900).slice(7_000)),
    ]),
  };
  const { frames, faults } = await read(file('many.jsonl.gz', content[kind as keyof typeof content]));
  expect(raws(frames)).toEqual(Array.from({ length: 900 }, (_, n) => `${n}`));
  expect(faults).toEqual([]);
});

test('a last line without its newline is read', async () => {
  expect(raws((await read(file('open.jsonl', lines(2).trimEnd()))).frames)).toEqual(['0', '1']);
});

test.each([
  { what: 'garbage', bad: 'hello\n' },
  { what: 'a list', bad: '[1]\n' },
  { what: 'a line cut short', bad: `${line(1).slice(0, 40)}\n` },
  {
    what: 'a missing raw text',
    bad: `{"receivedAt":${START},"unit":"ms","venue":"binance-spot","channel":"c"}\n`,
  },
  {
    what: 'no receive time',
    bad: '{"receivedAt":null,"unit":"ms","venue":"binance-spot","channel":"c","raw":""}\n',
  },
  { what: 'a stamp ten years ahead', bad: line(10 * 365 * 86_400_000) },
])('$what is one fault with its line number, and the lines around it are read', async ({ bad }) => {
  const { frames, faults } = await read(file('bad.jsonl', line(0, 'a') + bad + line(2, 'b') + line(3, 'c')));
  expect(raws(frames)).toEqual(['a', 'b', 'c']);
  expect(faults).toMatchObject([
    { reason: 'corrupt_line', detail: expect.stringMatching(/^bad\.jsonl line 2: /) },
  ]);
});

test('a recording that really goes on days later loses one line and is believed', async () => {
  const days = 5 * 86_400_000;
  const { frames, faults } = await read(
    file('hole.jsonl', line(0, 'a') + line(days, 'b') + line(days + 1, 'c') + line(days + 2, 'd')),
  );
  expect(raws(frames)).toEqual(['a', 'c', 'd']);
  expect(faults).toHaveLength(1);
});

test('a stamp that goes back is told and the frame kept: the order of lines is authoritative', async () => {
  const { frames, faults } = await read(file('back.jsonl', line(5, 'a') + line(1, 'b') + line(6, 'c')));
  expect(raws(frames)).toEqual(['a', 'b', 'c']);
  expect(faults).toEqual([
    { reason: 'clock_back', detail: 'back.jsonl line 2: receivedAt goes back by 4 ms' },
  ]);
});

test.each([1, 8, 9, 500, 9_000])(
  'a gzip that lacks its last %i bytes gives every whole line and one fault',
  async (cut) => {
    // Text that does not compress, so that the archive is longer than what is cut off.
    const text = Array.from({ length: 3_000 }, (_, n) =>
      line(n, `${n} ${(n * 2_654_435_761) % 4_294_967_296}`),
    ).join('');
    const whole = gzipSync(text);
    const { frames, faults } = await read(file('cut.jsonl.gz', whole.subarray(0, whole.length - cut)));
    expect(faults).toMatchObject([{ reason: 'truncated', detail: expect.stringContaining('breaks off') }]);
    expect(frames.length).toBeGreaterThan(cut > 9 ? 1_000 : 2_999);
    expect(frames.map((frame) => frame.receivedAt)).toEqual(Array.from(frames, (_, n) => START + n));
  },
);

test.each([
  { what: 'an empty file', content: '', words: 'is empty' },
  { what: 'an empty gzip', content: gzipSync(''), words: 'is empty' },
  { what: 'a text', content: 'hello\nworld\n', words: 'is not a recording' },
  { what: 'a long text', content: 'hello\n'.repeat(1_000), words: 'is not a recording' },
  {
    what: 'another venue',
    content: line(0, 'x', 'kraken'),
    words: "holds frames of 'kraken'; recordings of these can be read: binance-spot, coinbase-advanced",
  },
])('$what is refused in words', async ({ content, words }) => {
  const path = file('odd.jsonl', content);
  await expect(read(path)).rejects.toThrow(RecordingError);
  await expect(read(path)).rejects.toThrow(words);
});

test('a missing file and a folder are refused in words', async () => {
  await expect(read(join(folder, 'none.jsonl'))).rejects.toThrow(/there is no recording at .*none\.jsonl/);
  await expect(read(folder)).rejects.toThrow('is a folder, not a recording');
});

test('several files are merged by receive time, the first named first at equal times', async () => {
  const a = file('a.jsonl', line(1, 'a1') + line(3, 'a3') + line(4, 'a4'));
  const b = file('b.jsonl', `${line(0, 'b0')}${line(3, 'b3')}odd\n${line(9, 'b9')}`);
  const { frames, faults } = await read(a, b);
  expect(raws(frames)).toEqual(['b0', 'a1', 'a3', 'b3', 'a4', 'b9']);
  expect(faults).toHaveLength(1);
  expect(recordingSource([a, b]).name).toBe('recording a.jsonl + b.jsonl');
});

test('a recording cannot answer a request for a snapshot', () => {
  const need = {
    kind: 'snapshot',
    wire: 'binance-spot',
    connection: undefined,
    symbol: 'OAKUSDT',
    why: '',
  } as const;
  expect(recordingSource(['x']).need(need)).toBe(false);
});

test('an aborted reader stops and closes its file', async () => {
  const path = file('long.jsonl.gz', gzipSync(lines(20_000)));
  const abort = new AbortController();
  let read = 0;
  for await (const _ of recordingSource([path]).frames(abort.signal)) {
    read += 1;
    if (read === 10) abort.abort();
  }
  expect(read).toBeLessThan(20_000);
});
