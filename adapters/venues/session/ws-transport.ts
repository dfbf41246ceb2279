import { fetchAnswer } from './rest-fetch.ts';
import type { Transport } from './transport.ts';
import { WsSocket } from './ws-socket.ts';

/** The network: `ws` for sockets, Node's `fetch` for REST. A request under way keeps the process alive, a socket does not. */
export const wsTransport: Transport = {
  connect: (request, handlers) => new WsSocket(request, handlers),
  fetch: fetchAnswer,
};
