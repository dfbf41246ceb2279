import { envCredentials } from '../../adapters/aws/env-credentials.ts';
import { openDoor } from '../../adapters/lambda/door.ts';
import { required } from '../../adapters/lambda/environment.ts';
import { createObjectWriter } from '../../adapters/s3/object-writer.ts';
import { createS3ReportSink } from '../../adapters/s3/s3-report-sink.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import { report } from './report.ts';
import { reportedDay } from './reported-day.ts';

const door = openDoor('report');
const sink = createS3ReportSink(
  createObjectWriter({
    bucket: required('DECKLE_BUCKET'),
    region: door.environment.AWS_REGION,
    credentials: envCredentials,
  }),
);

/** Woken at five past midnight about the day before, or called by hand with `{"day":"2026-11-20"}`. */
export const handler = door.onInput(async (input, { desk, now }) => {
  const services = await desk.inForce();
  if (!services) return;
  const sign = await services.feeds.sign(services.config.feed.id);
  const reported = reportedDay(input, feedTime(sign, now) ?? now);
  if (reported.kind === 'bad') throw new Error(reported.problem);
  const written = await report(reported.dayAt, { ...services, sink });
  services.metrics.add('report_written_total', written.length);
});
