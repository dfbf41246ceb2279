import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';

/** A server on loopback for one test; gives its port. */
export async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** What LocalStack and its like answer to a question for their health. */
export const asEndpoint: RequestListener = (request, response) => {
  const isHealth = request.url === '/_localstack/health';
  response.writeHead(isHealth ? 200 : 404, { 'content-type': 'application/json' });
  response.end(isHealth ? '{"services":{"s3":"available"},"edition":"light","version":"1.2.3"}' : '{}');
};
