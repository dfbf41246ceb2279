import type { EndpointClients } from '../../local/endpoint/stack-outputs.ts';

/** A line of a function's log group. */
export interface LogLine {
  readonly timestamp: number;
  readonly message: string;
}

interface Page {
  readonly events?: readonly LogLine[];
  readonly nextToken?: string;
}

/** All lines of a log group since a wall time. One request of the API, so that no further client of the SDK is needed. */
export async function functionLogs(
  { endpoint, region, credentials }: EndpointClients,
  group: string,
  since: number,
): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        // The endpoint checks no signature; it reads the account and the region from here.
        authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${region}/logs/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify({ logGroupName: group, startTime: since, limit: 10_000, nextToken }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`log group ${group}: HTTP ${response.status} ${text.slice(0, 300)}`);
    const page = JSON.parse(text) as Page;
    lines.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return lines;
}

/** Request ids of the invocations that the platform itself says it started. */
export const startedRequests = (lines: readonly LogLine[]): readonly string[] =>
  lines.flatMap(({ message }) => /START RequestId: (\S+)/.exec(message)?.slice(1) ?? []);

/** Sum of a metric in lines of the embedded metric format. */
export function metricTotal(lines: readonly LogLine[], name: string): number {
  let total = 0;
  for (const { message } of lines) {
    if (!message.includes('CloudWatchMetrics') || !message.includes(`"${name}"`)) continue;
    const value = (JSON.parse(message) as Record<string, unknown>)[name];
    for (const one of Array.isArray(value) ? value : [value]) total += Number(one ?? 0);
  }
  return total;
}
