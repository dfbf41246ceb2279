import { epochMs } from '../../../core/time.ts';
import { createOutbox } from '../../../local/watch/outbox.ts';

/** A process that appends alerts: `append-alerts.ts <path> <name> <count>`. */
const [path = '', name = '', count = '0'] = process.argv.slice(2);
const outbox = createOutbox({ path });
for (let i = 0; i < Number(count); i += 1)
  await outbox.send({
    id: `${name}/${i}`,
    key: name,
    kind: 'feed_down',
    severity: 'critical',
    cleared: false,
    at: epochMs(0),
    title: name,
    text: name.repeat(500),
  });
