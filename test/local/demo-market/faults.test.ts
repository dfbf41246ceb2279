import { expect, test } from 'vitest';
import type { Frame } from '../../../adapters/venues/frame-source.ts';
import { epochMs } from '../../../core/time.ts';
import { demoMarket } from '../../../local/demo-market/demo-market.ts';
import type { Fault } from '../../../local/demo-market/faults.ts';
import { dataOf, framesOn } from './rebuilt-book.ts';

const START = epochMs(1_790_000_040_000);
const AT = 5_000;
const DEPTH = 'oakusdt@depth@100ms';

async function run(faults: readonly Fault[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  const source = demoMarket({ seed: 7, startAt: START, durationMs: 15_000, scenario: 'fair', faults });
  for await (const frame of source.frames(new AbortController().signal))
    if ('raw' in frame) frames.push(frame);
  return frames;
}

/** The frame that a fault at `AT` strikes, in the undisturbed run. */
function struck(frames: readonly Frame[]): number {
  const index = frames.findIndex((frame) => frame.channel === DEPTH && dataOf(frame).E >= START + AT);
  expect(index).toBeGreaterThan(0);
  return index;
}

test('a gap loses one depth frame and nothing else', async () => {
  const whole = await run([]);
  const at = struck(whole);
  expect(await run([{ kind: 'gap', symbol: 'OAKUSDT', atMs: AT }])).toEqual(whole.toSpliced(at, 1));
});

test('a duplicate repeats one depth frame and nothing else', async () => {
  const whole = await run([]);
  const at = struck(whole);
  const [twice] = whole.slice(at);
  expect(await run([{ kind: 'duplicate', symbol: 'OAKUSDT', atMs: AT }])).toEqual(
    whole.toSpliced(at, 0, ...(twice ? [twice] : [])),
  );
});

test('garbage adds one frame that is not JSON and nothing else', async () => {
  const whole = await run([]);
  const at = struck(whole);
  const spoiled = await run([{ kind: 'garbage', symbol: 'OAKUSDT', atMs: AT }]);
  expect(spoiled.toSpliced(at + 1, 1)).toEqual(whole);
  expect(spoiled[at + 1]?.channel).toBe(DEPTH);
  expect(() => JSON.parse(spoiled[at + 1]?.raw ?? '{}')).toThrow(SyntaxError);
});

test('a freeze loses every stream frame of its symbol for its time and nothing else', async () => {
  const whole = await run([]);
  const frozen = await run([{ kind: 'freeze', symbol: 'OAKUSDT', atMs: AT, forMs: 3_000 }]);
  const lost = whole.filter((frame) => !frozen.some((other) => other.raw === frame.raw));
  expect(frozen).toEqual(whole.filter((frame) => !lost.includes(frame)));
  expect(lost.length).toBeGreaterThan(30);
  for (const frame of lost) {
    expect(frame.channel.startsWith('oakusdt@')).toBe(true);
    expect(frame.receivedAt - START).toBeGreaterThanOrEqual(AT);
    expect(frame.receivedAt - START).toBeLessThanOrEqual(AT + 3_040);
  }
  // 40 ms is the longest that a message sent before the freeze can be on the way.
  const inside = frozen.filter(
    ({ receivedAt }) => receivedAt > START + AT + 40 && receivedAt < START + AT + 3_000,
  );
  expect(inside.filter((frame) => frame.channel.startsWith('oakusdt@'))).toEqual([]);
  expect(inside.some((frame) => frame.channel.startsWith('elmusdt@'))).toBe(true);
  const sent = framesOn(frozen, DEPTH).map((frame) => dataOf(frame).E - START);
  expect(sent.filter((ms) => ms >= AT && ms < AT + 3_000)).toEqual([]);
  expect(sent.some((ms) => ms >= AT + 3_000)).toBe(true);
});

test('a cross adds one bid above the best ask to one depth frame and nothing else', async () => {
  const whole = await run([]);
  const at = struck(whole);
  const crossed = await run([{ kind: 'cross', symbol: 'OAKUSDT', atMs: AT }]);
  expect(crossed.toSpliced(at, 1)).toEqual(whole.toSpliced(at, 1));
  const [before, after] = [dataOf(whole[at] ?? raise()), dataOf(crossed[at] ?? raise())];
  const added = after.b.at(-1);
  expect(after).toEqual({ ...before, b: [...before.b, added] });
  const ticker = dataOf(framesOn(whole.slice(0, at), 'oakusdt@bookTicker').at(-1) ?? raise());
  expect(Number(added[0])).toBeCloseTo(Number(ticker.a) + 0.01, 8);
  expect(Number(added[1])).toBeGreaterThan(0);
});

test('each fault of a script strikes once, at its own time', async () => {
  const whole = await run([]);
  const script: readonly Fault[] = [
    { kind: 'gap', symbol: 'OAKUSDT', atMs: 3_000 },
    { kind: 'gap', symbol: 'OAKUSDT', atMs: 6_000 },
    { kind: 'gap', symbol: 'ELMUSDT', atMs: 6_000 },
  ];
  const spoiled = await run(script);
  const lost = whole.filter((frame) => !spoiled.some((other) => other.raw === frame.raw));
  expect(lost.map((frame) => frame.channel).sort()).toEqual(['elmusdt@depth@100ms', DEPTH, DEPTH]);
  expect(spoiled).toHaveLength(whole.length - 3);
});

test('a fault due while its symbol is frozen strikes the first depth frame after the thaw', async () => {
  const freeze = { kind: 'freeze', symbol: 'OAKUSDT', atMs: AT, forMs: 3_000 } as const;
  const frozen = await run([freeze]);
  const both = await run([{ kind: 'gap', symbol: 'OAKUSDT', atMs: AT + 500 }, freeze]);
  const at = frozen.findIndex((frame) => frame.channel === DEPTH && dataOf(frame).E >= START + AT);
  expect(both).toEqual(frozen.toSpliced(at, 1));
});

test('a symbol frozen for good does not keep the run from ending', async () => {
  const frozen = await run([
    { kind: 'freeze', symbol: 'OAKUSDT', atMs: 2_000, forMs: 1e9 },
    { kind: 'freeze', symbol: 'ELMUSDT', atMs: 2_000, forMs: 1e9 },
  ]);
  expect(Math.max(...frozen.map((frame) => frame.receivedAt)) - START).toBeLessThan(2_100);
});

const raise = (): never => {
  throw new Error('there is no such frame');
};
