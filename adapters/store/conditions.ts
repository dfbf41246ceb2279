import type { Condition, Item } from './item-store.ts';

/** Whether a condition holds for the item found at its key. */
export function holds(condition: Condition, found: Item | undefined): boolean {
  if (condition.kind === 'absent') return found === undefined;
  if (found === undefined) return false;
  switch (condition.kind) {
    case 'version': {
      const { version } = found;
      return version === condition.version;
    }
    case 'attribute':
      // Own attributes only: an item that has none called `constructor` must not answer with JavaScript's.
      return Object.hasOwn(found, condition.name) && found[condition.name] === condition.equals;
  }
}
