/** What is kept of whatever can be reached from one object. */
export interface Census {
  /** Letters of all texts. */
  letters: number;
  /** The biggest collection: how many entries, and the way to it. */
  entries: number;
  where: string;
}

/** Counts what an object holds on to. Numbers in typed arrays are left out: books grow and shrink with the market. */
export function census(root: object): Census {
  const found: Census = { letters: 0, entries: 0, where: '' };
  const seen = new Set<unknown>();
  const waiting: [value: unknown, path: string][] = [[root, '']];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, path] = next;
    if (typeof value === 'string') found.letters += value.length;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
      const entries = value instanceof Map ? [...value].flat(1) : [...value];
      note(found, Array.isArray(value) ? value.length : value.size, path);
      for (const entry of entries) waiting.push([entry, `${path}[]`]);
    }
    const keys = Object.keys(value);
    if (!Array.isArray(value)) note(found, keys.length, path);
    for (const key of keys) {
      if (Array.isArray(value)) break;
      found.letters += key.length;
      waiting.push([Reflect.get(value, key), `${path}.${key.slice(0, 30)}`]);
    }
  }
  return found;
}

function note(found: Census, entries: number, where: string): void {
  if (entries <= found.entries) return;
  found.entries = entries;
  found.where = where;
}
