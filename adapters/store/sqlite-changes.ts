import { type Change, type Changes, type Item, StoreError } from './item-store.ts';
import { column, type Prepare, parseItem, type Row, textColumn } from './sqlite-statements.ts';

/** Changes after a position; throws a StoreError when some of them were deleted, rather than skip them in silence. */
export function readChanges(prepare: Prepare, position: string | undefined, limit: number): Changes {
  const after = position === undefined ? 0 : parsePosition(position);
  const rows = prepare(
    'SELECT seq, pk, sk, before, after FROM changes WHERE seq > ? ORDER BY seq LIMIT ?',
  ).all(after, limit);
  const changes = rows.map(toChange);
  const first = changes[0];
  if (first === undefined) return { changes, position: position ?? lastPosition(prepare) };
  // Numbers have no holes (a transaction rolled back gives its own back), so a jump means deleted changes.
  if (position !== undefined && Number(first.position) !== after + 1) {
    throw new StoreError('unavailable', `The changes after position ${position} are no longer kept.`);
  }
  return { changes, position: changes.at(-1)?.position ?? first.position };
}

/** Deletes the changes before a position and returns how many; the one at the position itself stays. */
export function deleteChanges(prepare: Prepare, position: string): number {
  return Number(prepare('DELETE FROM changes WHERE seq < ?').run(parsePosition(position)).changes);
}

function lastPosition(prepare: Prepare): string {
  const row = prepare("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").get();
  return row === undefined ? '0' : textColumn(row, 'seq');
}

function toChange(row: Row): Change {
  return {
    position: textColumn(row, 'seq'),
    key: { pk: textColumn(row, 'pk'), sk: textColumn(row, 'sk') },
    before: image(row, 'before'),
    after: image(row, 'after'),
  };
}

function image(row: Row, name: 'before' | 'after'): Item | undefined {
  const body = column(row, name);
  return typeof body === 'string' ? parseItem(body) : undefined;
}

function parsePosition(position: string): number {
  const seq = /^\d{1,16}$/.test(position) ? Number(position) : Number.NaN;
  if (!Number.isSafeInteger(seq)) throw new RangeError(`${position} is not a position of this store`);
  return seq;
}
