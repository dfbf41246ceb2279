import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createEventBridgePublisher } from '../../adapters/eventbridge/event-bridge-publisher.ts';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { configHashOf } from '../../core/market/window.ts';
import { signals } from './signals.ts';

const door = openDoor('signals');
const bus = createEventBridgePublisher({
  // The publisher has its own tries.
  client: new EventBridgeClient({ maxAttempts: 1 }),
  busName: required('DECKLE_BUS'),
  metrics: door.metrics,
});

/** Woken by `market.window`. */
export const handler = door.onEvent(async (event, { desk, counted }) => {
  if (event.type !== 'market.window') return;
  const services = await desk.under(configHashOf(event.windows));
  await signals(event, { ...services, publisher: counted(bus) });
});
