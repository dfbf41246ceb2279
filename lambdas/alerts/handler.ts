import { SNSClient } from '@aws-sdk/client-sns';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { createSnsAlertSender } from '../../adapters/sns/sns-alert-sender.ts';
import { alerts } from './alerts.ts';

const sender = createSnsAlertSender({
  client: new SNSClient({}),
  critical: required('DECKLE_TOPIC_CRITICAL'),
  notice: required('DECKLE_TOPIC_NOTICE'),
});

/** Woken by the news that people are told of. */
export const handler = openDoor('alerts').onEvent(async (event, { desk, metrics, log }) => {
  await alerts(event, { records: desk.records, sender, metrics, log });
});
