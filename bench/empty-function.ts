import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';

/** The floor of a hop: a function that does nothing but tell when it was called, behind the bus that is measured. */
export interface EmptyFunction {
  /** Wall clock of its calls in milliseconds, by the id of the event in the detail. */
  readonly receivedAt: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const NAME = 'deckle-bench-empty';

/** Tells its moment to the listener after it was taken, so that telling it costs the figure nothing. */
const source = (listener: string): string => `
const { request } = require('node:http');
exports.handler = async (event) => {
  const at = Date.now();
  const id = event.detail?.id ?? '';
  await new Promise((resolve, reject) => {
    const call = request(${JSON.stringify(listener)}, { method: 'POST' }, (answer) => answer.resume().on('end', resolve));
    call.on('error', reject);
    call.end(JSON.stringify({ id, at }));
  });
};`;

/** Makes the function and its rule on the bus, and calls it once, so that its first figure is no cold start. */
export async function createEmptyFunction(
  { lambda, bus }: { readonly lambda: LambdaClient; readonly bus: EventBridgeClient },
  busName: string,
  detailType: string,
): Promise<EmptyFunction> {
  const receivedAt = new Map<string, number>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { id, at } = JSON.parse(text) as { readonly id: string; readonly at: number };
      receivedAt.set(id, at);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/bench',
      Handler: 'index.handler',
      Timeout: 10,
      Code: { ZipFile: zipOf('index.js', source(`http://127.0.0.1:${port}/`)) },
    }),
  );
  await lambda.send(new InvokeCommand({ FunctionName: NAME, Payload: '{}' }));
  await bus.send(
    new PutRuleCommand({
      Name: NAME,
      EventBusName: busName,
      EventPattern: JSON.stringify({ source: ['deckle'], 'detail-type': [detailType] }),
    }),
  );
  await bus.send(
    new PutTargetsCommand({ Rule: NAME, EventBusName: busName, Targets: [{ Id: '1', Arn: FunctionArn }] }),
  );
  return {
    receivedAt,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A zip archive of one file, not compressed: what Lambda takes as code. */
function zipOf(name: string, text: string): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(text)];
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0); // version needed to read it: 2.0
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, file, data]);
  const attributes = Buffer.alloc(14);
  // A plain file that everyone may read; upper half of the attributes, as Unix keeps them.
  attributes.writeUInt32LE((0o100_644 << 16) >>> 0, 6);
  const madeBy = Buffer.from([20, 3]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, fields, attributes, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}
