import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { ListingPeer } from '../../support/listing-peer.ts';

/** The made-up venues' lists, and scoreboards, over HTTP on this machine. */
export interface ListingServer {
  readonly peer: ListingPeer;
  /** By league; one without has no games. */
  readonly boards: Map<string, string>;
  /** The host of scores. */
  readonly host: string;
  /** The `venues` of a configuration that asks this server, as YAML. */
  readonly venuesYaml: string;
  close(): Promise<void>;
}

const ASSETS = ['binance', 'coinbase', 'mexc'];
const CONTRACTS = ['polymarket', 'kalshi'];

export async function openListingServer(): Promise<ListingServer> {
  const peer = new ListingPeer(systemTimers);
  const boards = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = `http://${request.headers.host}${request.url}`;
    peer.asked.push(url);
    const trouble = [...peer.troubles].find(([piece]) => url.includes(piece))?.[1];
    const isAnswer = typeof trouble === 'object' && 'status' in trouble;
    const [, league] = /\/([a-z]+)\/scoreboard\?/.exec(url) ?? [];
    if (league !== undefined && !isAnswer) {
      response.end(boards.get(league) ?? '{"events":[]}');
      return;
    }
    const { status, body } = peer.answer({ url }, isAnswer ? trouble : undefined);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const latency = 'latency: { minMs: 1, medianMs: 1, p99Ms: 1 }';
  const venue = (name: string, fees: string): string =>
    `  ${name}: { hosts: { rest: 'http://127.0.0.1:${port}/${name}' }, rest: { spacingMs: 20 }, ${latency}, fees: ${fees} }`;
  const venuesYaml = [
    'venues:',
    ...ASSETS.map((name) => venue(name, '{ version: test, makerBps: 10, takerBps: 10, charge: quote }')),
    ...CONTRACTS.map((name) =>
      venue(name, '{ version: test, makerRate: 0, takerRate: 0.07, roundTo: 0.01 }'),
    ),
  ].join('\n');
  return {
    peer,
    boards,
    host: `http://127.0.0.1:${port}`,
    venuesYaml,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
