import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createEventBridgePublisher } from '../../adapters/eventbridge/event-bridge-publisher.ts';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { relayRecords } from '../../adapters/lambda/relay-records.ts';
import { newsOf } from './relay.ts';

const door = openDoor('relay');
const bus = createEventBridgePublisher({
  // The publisher has its own tries.
  client: new EventBridgeClient({ maxAttempts: 1 }),
  busName: required('DECKLE_BUS'),
  metrics: door.metrics,
});

/** Woken by the table's stream; answers with the record to go on from when news of it could not be told. */
export const handler = door.onInput((input, invocation) =>
  relayRecords(input, {
    newsOf,
    publisher: bus,
    log: door.log,
    putAside: (id, reason, given) => door.putAside(invocation, id, reason, given, invocation.now),
  }),
);
