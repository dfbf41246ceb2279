import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../adapters/make-folder.ts';
import { invariant } from '../../core/invariant.ts';
import type { ReportSink } from '../../core/ports.ts';
import { reportJson } from '../../core/report/markdown.ts';

const SAFE = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/** Puts reports into a folder as `<account>_<day>.md` and `.json`; a file is there whole or not at all, and newer ones replace older. */
export function createReportSink(directory: string): ReportSink {
  return {
    async write(report, markdown) {
      const { accountId, day } = report;
      invariant(SAFE.test(accountId) && SAFE.test(day), `'${accountId}_${day}' is no name for a file`);
      makeFolder(directory);
      const path = join(directory, `${accountId}_${day}`);
      replaceFile(`${path}.md`, markdown);
      replaceFile(`${path}.json`, reportJson(report));
    },
  };
}

function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { flush: true });
  renameSync(draft, path);
}
