import { openDoor } from '../../adapters/lambda/door.ts';
import { risk } from './risk.ts';

/** Woken by `signals.raised`. */
export const handler = openDoor('risk').onEvent(async (event, { desk, aside }) => {
  if (event.type !== 'signals.raised') return;
  await risk(event, { ...(await desk.under(event.window.configHash)), aside });
});
