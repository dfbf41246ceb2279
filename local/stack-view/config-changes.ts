/** One field that differs between two configurations; null where one of them does not have it. */
export interface ConfigChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * What a new document changes, by path, in the order of the paths. Items of lists that have ids are compared by id, so that
 * a strategy put first is not a change of all that follow.
 */
export function configChanges(before: unknown, after: unknown): readonly ConfigChange[] {
  const was = fields(before, '');
  const is = fields(after, '');
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .sort()
    .map((path) => ({ path, before: was.get(path) ?? null, after: is.get(path) ?? null }));
}

/** Every value of a document that is not a group, by its path. */
function fields(value: unknown, path: string): ReadonlyMap<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[path, JSON.stringify(value) ?? 'null']]);
  const children: (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((one: unknown, i) => [`${path}[${idOf(one) ?? i}]`, one])
    : Object.entries(value).map(([name, one]) => [path === '' ? name : `${path}.${name}`, one]);
  // An empty group or list is a value of its own: it differs from one that is left out.
  if (children.length === 0) return new Map([[path, Array.isArray(value) ? '[]' : '{}']]);
  return new Map(children.flatMap(([name, one]) => [...fields(one, name)]));
}

const idOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : undefined;
