import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { faultOfRequest, remedyOf } from './bus-faults.ts';
import { PublishError } from './event-bridge-publisher.ts';

/** A bus without an answer for so long is not there for us. */
const TIMEOUT_MS = 8_000;

/**
 * Makes sure that a bus exists, for whoever is about to publish under a name that the stack did not give it: PutEvents
 * answers that all went well for a bus that is not there, and drops the events.
 * @throws PublishError in words: `refused` when there is no such bus or we may not ask, else `unavailable`.
 */
export async function requireBus(
  client: EventBridgeClient,
  busName: string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  try {
    const command = new DescribeEventBusCommand({ Name: busName });
    await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const fault = faultOfRequest(error);
    throw new PublishError(
      `the bus ${busName} could not be found (${fault.code}: ${fault.message}). ${remedyOf(fault, 'events:DescribeEventBus')}`,
      fault.passing ? 'unavailable' : 'refused',
      [],
    );
  }
}
