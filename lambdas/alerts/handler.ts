import { SNSClient } from '@aws-sdk/client-sns';
import { systemClock } from '../../adapters/clock.ts';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { createSnsAlertSender } from '../../adapters/sns/sns-alert-sender.ts';
import { alerts } from './alerts.ts';

const door = openDoor('alerts');
const sender = createSnsAlertSender({
  stage: door.environment.DECKLE_STAGE,
  client: new SNSClient({}),
  critical: required('DECKLE_TOPIC_CRITICAL'),
  notice: required('DECKLE_TOPIC_NOTICE'),
});

/** Woken by the news that people are told of. */
export const handler = door.onEvent(async (event, { desk, metrics, log }) => {
  const command = `npx deckle --stack ${door.environment.DECKLE_STAGE}`;
  await alerts(event, { records: desk.records, sender, command, metrics, log, clock: systemClock });
});
