import { Logger } from '@aws-lambda-powertools/logger';
import { formatUnits } from '../../core/amounts.ts';
import type { Log } from '../../core/metrics.ts';

/** Structured logs of a function: one JSON line per decision, with the request id that its items carry. */
export interface CloudLog extends Log {
  /** Lines from now on carry this request. */
  begin(requestId: string): void;
}

export function createCloudLog(service: string): CloudLog {
  const logger = new Logger({ serviceName: service });
  return {
    begin: (requestId) => logger.appendKeys({ requestId }),
    info: (event, fields = {}) => logger.info(event, plain(fields)),
    warn: (event, fields = {}) => logger.warn(event, plain(fields)),
    error: (event, fields = {}) => logger.error(event, plain(fields)),
  };
}

/** Amounts are bigint in memory and decimal text on every wire. */
const plain = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? formatUnits(value) : value,
    ]),
  );
