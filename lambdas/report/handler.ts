import { envCredentials } from '../../adapters/aws/env-credentials.ts';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { createObjectWriter } from '../../adapters/s3/object-writer.ts';
import { createS3ReportSink } from '../../adapters/s3/s3-report-sink.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import { HOUR_MS, plusMs } from '../../core/time.ts';
import { report } from './report.ts';

const door = openDoor('report');
const sink = createS3ReportSink(
  createObjectWriter({
    bucket: required('DECKLE_BUCKET'),
    region: door.environment.AWS_REGION,
    credentials: envCredentials,
  }),
);

/** Woken at five past midnight: it is about the day before. */
export const handler = door.onSchedule(async ({ desk, now }) => {
  const services = await desk.inForce();
  if (!services) return;
  const sign = await services.feeds.sign(services.config.feed.id);
  const written = await report(plusMs(feedTime(sign, now) ?? now, -HOUR_MS), { ...services, sink });
  services.metrics.add('report_written_total', written.length);
});
