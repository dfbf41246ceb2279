import { invariant } from '../../core/invariant.ts';
import type { ReportSink } from '../../core/ports.ts';
import { reportJson } from '../../core/report/markdown.ts';
import type { ObjectWriter } from './object-writer.ts';

/** Accounts and days as the configuration allows them; anything else could write outside of its folder. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/**
 * Puts reports into the bucket as `reports/<account>/<day>.json` and `.md`; newer ones replace older. The text for people
 * goes last: where it is, the numbers are too.
 */
export function createS3ReportSink(writer: ObjectWriter): ReportSink {
  return {
    async write(report, markdown) {
      const { accountId, day } = report;
      invariant(SAFE.test(accountId) && SAFE.test(day), `'${accountId}/${day}' is no place for a report`);
      const path = `reports/${accountId}/${day}`;
      await writer.put(`${path}.json`, reportJson(report), 'application/json');
      await writer.put(`${path}.md`, markdown, 'text/markdown; charset=utf-8');
    },
  };
}
