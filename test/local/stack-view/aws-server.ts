import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** One request as the services that are asked here send it: an action by name, whatever the protocol, and its input. */
export interface AwsRequest {
  /** `DescribeStacks`, `GetQueueUrl`, or `GET /bucket/key` for S3. */
  readonly action: string;
  readonly input: Readonly<Record<string, string>>;
  readonly host: string;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly body: string | Uint8Array;
  readonly type?: string;
}

export interface AwsServer {
  readonly endpoint: string;
  readonly requests: readonly AwsRequest[];
  stop(): Promise<void>;
}

/** A server on loopback that answers as the AWS services do, for the real clients of the SDK. */
export async function startAwsServer(answer: (request: AwsRequest) => AwsAnswer): Promise<AwsServer> {
  const requests: AwsRequest[] = [];
  const server = createServer((incoming, response) => {
    void respond(incoming, response, (request) => {
      requests.push(request);
      return answer(request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server's answer that refuses, in the form of the query services and of S3. */
export const refusal = (code: string, message: string, status = 400): AwsAnswer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});

/** The same in the form of the JSON services. */
export const jsonRefusal = (code: string, message: string, status = 400): AwsAnswer => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: code, message }),
});

/** DescribeStacks with one stack. */
export const stackAnswer = (
  name: string,
  outputs: Readonly<Record<string, string>>,
  status = 'CREATE_COMPLETE',
): AwsAnswer => ({
  body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackId>arn:aws:cloudformation:us-east-1:000000000000:stack/${name}/1</StackId><CreationTime>2026-11-20T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${Object.entries(
    outputs,
  )
    .map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
});

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: (request: AwsRequest) => AwsAnswer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { status = 200, body, type = 'text/xml' } = answer(parse(incoming, Buffer.concat(chunks).toString()));
  response.writeHead(status, { 'content-type': type }).end(body);
}

function parse(incoming: IncomingMessage, body: string): AwsRequest {
  const host = incoming.headers.host ?? '';
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string')
    return {
      action: target.split('.').at(-1) ?? '',
      input: JSON.parse(body || '{}') as Record<string, string>,
      host,
    };
  const form = Object.fromEntries(new URLSearchParams(body));
  if (form['Action']) return { action: form['Action'], input: form, host };
  const url = new URL(incoming.url ?? '/', `http://${host}`);
  return { action: `${incoming.method} ${url.pathname}`, input: Object.fromEntries(url.searchParams), host };
}
