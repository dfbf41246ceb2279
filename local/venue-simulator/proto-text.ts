/**
 * Writes protobuf messages as texts whose letters are the bytes: joined as any text, and turned into bytes once, at the end.
 * Only what MEXC's messages need: texts in ASCII, whole numbers, and messages within messages.
 */
export type ProtoText = string;

const CONTINUES = 0x80;

export function varint(value: number): ProtoText {
  let text = '';
  let rest = value;
  while (rest >= CONTINUES) {
    text += String.fromCharCode((rest % CONTINUES) + CONTINUES);
    rest = Math.floor(rest / CONTINUES);
  }
  return text + String.fromCharCode(rest);
}

/** How a field of texts or messages begins: number and wire type 2. */
export const tagOfText = (field: number): ProtoText => varint(field * 8 + 2);
/** How a field of whole numbers begins: number and wire type 0. */
export const tagOfNumber = (field: number): ProtoText => varint(field * 8);

/** A text or a message behind its tag. An empty text is left out, as the third version of protobuf has it. */
export const textField = (tag: ProtoText, text: ProtoText): ProtoText =>
  text === '' ? '' : `${tag}${varint(text.length)}${text}`;

/** A message that is there though it may be empty. */
export const messageField = (tag: ProtoText, text: ProtoText): ProtoText =>
  `${tag}${varint(text.length)}${text}`;

export const numberField = (tag: ProtoText, value: number): ProtoText =>
  value === 0 ? '' : `${tag}${varint(value)}`;

export const protoBytes = (text: ProtoText): Uint8Array => Buffer.from(text, 'latin1');
