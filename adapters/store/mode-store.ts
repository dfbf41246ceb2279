import type { Clock, ModeStore } from '../../core/ports.ts';
import { MODE_MISSING } from '../../core/risk/trading-mode.ts';
import { modeSchema } from '../../core/schemas.ts';
import { isoDay } from '../../core/time.ts';
import type { ItemStore } from './item-store.ts';
import { create, keys, replace } from './table.ts';

/** The {@link ModeStore} over the item store. A mode that is missing or not readable is halted. */
export function createModeStore(store: ItemStore, clock: Clock): ModeStore {
  return {
    async mode() {
      const item = await store.get(keys.mode);
      if (!item) return MODE_MISSING;
      const parsed = modeSchema.safeParse(item);
      if (parsed.success) return parsed.data;
      const version = typeof item['version'] === 'number' ? item['version'] : 0;
      return { ...MODE_MISSING, version, reason: 'the stored trading mode is not readable' };
    },
    async setMode(expected, next) {
      const at = clock.now();
      const version = expected.version + 1;
      const audited = { ...next, was: expected.mode, recordedAt: at };
      const result = await store.transact([
        replace(keys.mode, 'mode', next, expected.version),
        create(keys.audit(isoDay(at), at, `mode-${version}`), 'audit', audited),
      ]);
      return result.kind;
    },
  };
}
