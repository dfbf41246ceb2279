import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { SeededRandom } from '../../local/demo-market/random.ts';

/** A way to spoil one frame's content; undefined where it does not apply to this frame. */
type Wound = (raw: string, random: SeededRandom) => string | undefined;

/** Numbers that no venue means. */
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '1E3',
  '0x10',
  'NaN',
  'Infinity',
  'null',
  '9007199254740993',
  '184467440737095516160',
  '0.00000000000000000001',
  '00012',
  '1.',
  '.5',
  '1,5',
  '+1',
  '',
  ' 1',
] as const;
/** Values of another type than the one that stood there. */
const VALUES = [
  'null',
  'true',
  '0',
  '-1',
  '""',
  '"x"',
  '[]',
  '{}',
  '[[]]',
  '[{}]',
  '{"a":1}',
  '{"toString":0}',
  '1e999',
] as const;
const LETTERS = [
  '0',
  '9',
  '"',
  '}',
  ']',
  '[',
  '{',
  '.',
  '-',
  'x',
  ':',
  ',',
  '\\',
  '\u0000',
  '\ud800',
  'é',
  '\ufeff',
];
const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'x'.repeat(5_000),
  '\u202e',
  '\ud800',
];
const LONG = 20_000;

const place = (raw: string, random: SeededRandom): number => random.integer(0, raw.length);

/** One of the pattern's matches near a chance place, replaced. Looks at a part of a long text only. */
function replaced(
  raw: string,
  pattern: RegExp,
  random: SeededRandom,
  by: (found: string) => string,
): string | undefined {
  const found = new RegExp(pattern, 'g');
  found.lastIndex = place(raw, random);
  const match = found.exec(raw) ?? pattern.exec(raw);
  if (match === null) return undefined;
  return raw.slice(0, match.index) + by(match[0]) + raw.slice(match.index + match[0].length);
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const VALUE = /(?<=[:[,])(?:"[^"\\]*"|-?\d[\d.eE+-]*|true|false|null|\{[^{}[\]]*\}|\[[^{}[\]]*\])/;
const PAIR = /"[^"\\]*":(?:"[^"\\]*"|-?\d[\d.eE+-]*|true|false|null),?/;
const KEY = /"[^"\\]*"(?=:)/;
const TEXT = /"[^"\\]*"(?!:)/;
/** A key and the beginning of its list, which has entries. */
const LIST = /"[^"\\]*":\[(?!\])/;

const COMMON: readonly Wound[] = [
  (raw, random) => raw.slice(0, place(raw, random)),
  (raw, random) => raw.slice(place(raw, random)),
  (raw, random) => {
    const at = place(raw, random);
    return raw.slice(0, at) + random.pick(LETTERS) + raw.slice(at + 1);
  },
  (raw, random) => {
    const at = place(raw, random);
    return raw.slice(0, at) + random.pick(LETTERS) + raw.slice(at);
  },
  (raw, random) => {
    const from = place(raw, random);
    return raw.slice(0, from) + raw.slice(from, from + random.integer(1, 60)) + raw.slice(from);
  },
  (raw, random) => {
    const from = place(raw, random);
    return raw.slice(0, from) + raw.slice(from + random.integer(1, 60));
  },
];

const OF_TEXT: readonly Wound[] = [
  ...COMMON,
  (raw, random) => replaced(raw, NUMBER, random, () => random.pick(NUMBERS)),
  (raw, random) => replaced(raw, NUMBER, random, (one) => `${one}${random.integer(0, 99)}`),
  (raw, random) => replaced(raw, NUMBER, random, (one) => one.slice(0, -1) + random.integer(0, 9)),
  (raw, random) => replaced(raw, NUMBER, random, (one) => `-${one}`),
  (raw, random) => replaced(raw, NUMBER, random, (one) => `${one}e${random.integer(-9, 9)}`),
  (raw, random) => replaced(raw, VALUE, random, () => random.pick(VALUES)),
  (raw, random) =>
    replaced(raw, VALUE, random, (one) => (one.startsWith('"') ? one.slice(1, -1) : `"${one}"`)),
  (raw, random) => replaced(raw, PAIR, random, () => ''),
  (raw, random) => replaced(raw, PAIR, random, (one) => `${one}${one.endsWith(',') ? '' : ','}${one}`),
  // The same key twice with two values: whoever reads the first one differs from whoever reads the last.
  (raw, random) =>
    replaced(raw, PAIR, random, (one) => {
      const pair = one.endsWith(',') ? one : `${one},`;
      return (
        pair +
        pair
          .replace(NUMBER, () => String(random.integer(1, 9_999)))
          .replace(/,$/, one.endsWith(',') ? ',' : '')
      );
    }),
  (raw, random) => replaced(raw, KEY, random, () => JSON.stringify(random.pick(WORDS))),
  (raw, random) => replaced(raw, TEXT, random, () => JSON.stringify(random.pick(WORDS))),
  (raw, random) => replaced(raw, /[:,]/, random, (one) => `${one} \n\t`),
  (raw, random) =>
    random.pick([
      '',
      'null',
      '[]',
      '{}',
      '0',
      '"x"',
      `[${raw}]`,
      `{"data":${raw}}`,
      `${raw}${raw}`,
      ` ${raw}`,
    ]),
];

/** Costly to read, and so rare: what may take time that grows faster than the text. */
const HEAVY: readonly Wound[] = [
  (raw, random) => replaced(raw, VALUE, random, () => '['.repeat(LONG) + ']'.repeat(LONG)),
  (raw, random) => replaced(raw, VALUE, random, () => '{"a":'.repeat(LONG)),
  // Lists of the wire within themselves: whoever looks for one of their entries looks no deeper than entries are.
  (raw, random) =>
    replaced(raw, LIST, random, (one) => `${one}${`{${one}`.repeat(LONG)}${']}'.repeat(LONG)},`),
  (raw, random) => replaced(raw, NUMBER, random, () => '9'.repeat(LONG)),
  (raw, random) => replaced(raw, NUMBER, random, () => `0.${'0'.repeat(LONG)}1`),
  (raw, random) => replaced(raw, TEXT, random, () => `"${'y'.repeat(LONG * 5)}"`),
  (raw, random) => replaced(raw, TEXT, random, () => `"${'\\u0041'.repeat(LONG)}"`),
  (raw, random) => replaced(raw, /\[[^{}[\]]*\]/, random, (one) => `${`${one},`.repeat(LONG / 2)}${one}`),
  (raw, random) => replaced(raw, /\{[^{}[\]]*\}/, random, (one) => `${`${one},`.repeat(LONG / 10)}${one}`),
  (raw, random) => `${' '.repeat(LONG * 5)}${raw.slice(random.integer(0, 1))}`,
];

const HEAVY_SHARE = 0.002;

/** A frame with its content spoiled in one to three ways. Text stays text, and base64 is spoiled in its bytes or its letters. */
export function wounded(frame: Frame, random: SeededRandom): Frame {
  if (frame.encoding === 'base64') return { ...frame, raw: woundedBytes(frame.raw, random) };
  let { raw } = frame;
  for (let times = random.integer(1, 3); times > 0; times -= 1) {
    const wound = random.pick(random.chance(HEAVY_SHARE) ? HEAVY : OF_TEXT);
    raw = wound(raw, random) ?? raw;
  }
  return { ...frame, raw };
}

function woundedBytes(raw: string, random: SeededRandom): string {
  if (random.chance(0.1)) return random.pick(COMMON)(raw, random) ?? raw;
  let bytes = Buffer.from(raw, 'base64');
  for (let times = random.integer(1, 3); times > 0; times -= 1) {
    const at = random.integer(0, Math.max(0, bytes.length - 1));
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.integer(0, 6)) {
      case 0:
        bytes = before;
        break;
      case 1:
        bytes = Buffer.concat([before, Buffer.from([random.integer(0, 255)]), after.subarray(1)]);
        break;
      case 2:
        bytes = Buffer.concat([before, after.subarray(random.integer(1, 20))]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(0, 30), after]);
        break;
      case 4:
        bytes = Buffer.concat([
          before,
          Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
          after,
        ]);
        break;
      case 5:
        bytes = Buffer.concat([bytes, bytes]);
        break;
      default:
        bytes = digitChanged(bytes, at, random);
    }
    if (random.chance(HEAVY_SHARE) && bytes.length > 0)
      bytes = Buffer.concat([bytes, Buffer.alloc(LONG, bytes)]);
  }
  return bytes.toString('base64');
}

/** Changes a digit of a price, a size or a version, so that the message stays readable and says something else. */
function digitChanged(bytes: Buffer, from: number, random: SeededRandom): Buffer<ArrayBuffer> {
  const copy = Buffer.from(bytes);
  for (let at = from; at < copy.length; at += 1) {
    const byte = copy[at] ?? 0;
    if (byte < 48 || byte > 57) continue;
    copy[at] = 48 + random.integer(0, 9);
    break;
  }
  return copy;
}
