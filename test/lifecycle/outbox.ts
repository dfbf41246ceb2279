import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert } from '../../core/ports.ts';

/** The alerts of trouble in the outbox of a directory, in the order in which they were sent; the news of a report is none. */
export function outboxAlerts(directory: string): readonly Alert[] {
  const path = join(directory, 'outbox.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).filter((one: Alert) => one.kind !== 'report_ready');
}
