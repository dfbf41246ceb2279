import { UpgradeSigner } from './kalshi/signing.ts';
import type { VenueKeys } from './protocols.ts';

/** Why keys cannot be used, in words without any of them; null when they can, or there are none. */
export function keyFault({ kalshi }: VenueKeys): string | null {
  if (kalshi === undefined) return null;
  try {
    new UpgradeSigner(kalshi);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'they cannot be used';
  }
}
