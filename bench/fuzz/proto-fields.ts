/** One field of a binary message. `bytes` is empty for what is no text, no bytes and no message. */
export interface ProtoField {
  readonly field: number;
  readonly bytes: Uint8Array;
}

/** The fields of a protobuf message in their order. @throws RangeError where it ends too early or has a type that nobody uses. */
export function protoFields(bytes: Uint8Array): ProtoField[] {
  const fields: ProtoField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('ends within a number');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number of more than ten bytes');
  };
  const NONE = new Uint8Array();
  let groups = 0;
  while (at < bytes.length) {
    const tag = varint() & 0xffffffffn;
    const field = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) varint();
    const length = type === 2 ? Number(varint() & 0xffffffffn) : type === 1 ? 8 : type === 5 ? 4 : 0;
    if (type > 5) throw new RangeError(`type ${type}`);
    if (type === 3) groups += 1;
    if (type === 4) groups -= 1;
    if (groups < 0) throw new RangeError('ends a group that did not begin');
    if (at + length > bytes.length) throw new RangeError('ends within a field');
    // What is in a group is nobody's.
    if (groups === 0 && type !== 4)
      fields.push({ field, bytes: type === 2 ? bytes.subarray(at, at + length) : NONE });
    at += length;
  }
  return fields;
}

/** A text, or the last text under a field of a message; empty where there is none, as the format has it. */
export function protoText(from: ProtoField | Uint8Array, field?: number): string {
  const bytes = from instanceof Uint8Array ? from : from.bytes;
  if (field === undefined) return Buffer.from(bytes).toString('utf8');
  return Buffer.from(protoFields(bytes).findLast((one) => one.field === field)?.bytes ?? []).toString('utf8');
}
