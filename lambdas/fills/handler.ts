import { openDoor } from '../../adapters/lambda/door.ts';
import { byConfiguration, configHashOf } from '../../core/market/window.ts';
import { fills } from './fills.ts';

/** Woken by `market.window`. */
export const handler = openDoor('fills').onEvent(async (event, { desk }) => {
  if (event.type !== 'market.window') return;
  // Each window fills under its own configuration, also one that a later event brings: so does a replay of the session.
  for (const windows of byConfiguration(event.windows))
    await fills({ ...event, windows }, await desk.under(configHashOf(windows)));
});
