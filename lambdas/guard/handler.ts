import { openDoor } from '../../adapters/lambda/door.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import { guard } from './guard.ts';
import { guardFeed } from './guard-feed.ts';

/** Woken each minute. Before a configuration was pushed there is nothing to guard. */
export const handler = openDoor('guard').onSchedule(async ({ desk, now }) => {
  const services = await desk.inForce();
  if (!services) return;
  const sign = await services.feeds.sign(services.config.feed.id);
  await guardFeed(sign, now, services);
  const eventTime = feedTime(sign, now);
  if (eventTime !== null) await guard(eventTime, services);
});
