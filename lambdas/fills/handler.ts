import { openDoor } from '../../adapters/lambda/door.ts';
import { configHashOf } from '../../core/market/window.ts';
import { fills } from './fills.ts';

/** Woken by `market.window`. */
export const handler = openDoor('fills').onEvent(async (event, { desk }) => {
  if (event.type !== 'market.window') return;
  await fills(event, await desk.under(configHashOf(event.windows)));
});
