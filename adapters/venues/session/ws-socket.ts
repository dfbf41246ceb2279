import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { WebSocket } from 'ws';
import { epochMs } from '../../../core/time.ts';
import { retryAfterMs, short } from './http-words.ts';
import {
  NOT_TEXT,
  type Socket,
  type SocketEnd,
  type SocketHandlers,
  type SocketRequest,
  TOO_LARGE,
} from './transport.ts';

/** A peer that does not answer our farewell is left. */
const FAREWELL_MS = 1_000;
/** Of the answer that refuses an upgrade. */
const REFUSAL_BYTES = 512;
const REFUSAL_MS = 1_000;
const NO_FAREWELL = 1006;
/** Some hosts refuse callers without a name. */
const CALLER = { 'user-agent': 'deckle' };

/** A socket of the `ws` package. It keeps no process alive, and tells its end exactly once. */
export class WsSocket implements Socket {
  private readonly request: SocketRequest;
  private readonly handlers: SocketHandlers;
  private readonly alarm: NodeJS.Timeout;
  private ws: WebSocket | undefined;
  private end: SocketEnd | undefined;
  private network: NetSocket | undefined;
  private farewell: NodeJS.Timeout | undefined;
  private isLeft = false;

  constructor(request: SocketRequest, handlers: SocketHandlers) {
    this.request = request;
    this.handlers = handlers;
    const { timeoutMs } = request;
    this.alarm = setTimeout(
      () => this.fail(NO_FAREWELL, `no answer within ${timeoutMs} ms`),
      timeoutMs,
    ).unref();
    try {
      this.ws = this.open();
    } catch (error) {
      // An address or a header that cannot be sent.
      this.end = { code: NO_FAREWELL, reason: this.words(error) };
      queueMicrotask(() => this.over(NO_FAREWELL, ''));
    }
  }

  get buffered(): number {
    return this.ws?.bufferedAmount ?? 0;
  }

  get received(): number {
    return this.network?.bytesRead ?? 0;
  }

  send(text: string): void {
    if (this.isOpen()) this.ws?.send(text);
  }

  ping(): void {
    if (this.isOpen()) this.ws?.ping();
  }

  close(): void {
    this.isLeft = true;
    if (!this.isOpen()) {
      this.ws?.terminate();
      return;
    }
    this.ws?.close(1000);
    this.farewell ??= setTimeout(() => this.ws?.terminate(), FAREWELL_MS).unref();
  }

  private isOpen(): boolean {
    return this.ws?.readyState === WebSocket.OPEN;
  }

  private open(): WebSocket {
    const { url, headers, messageBytesMax, compress = false } = this.request;
    const ws = new WebSocket(url, {
      headers: { ...CALLER, ...headers },
      maxPayload: messageBytesMax,
      perMessageDeflate: compress,
      followRedirects: false,
      finishRequest: (request) => {
        request.on('socket', (socket) => {
          this.network = socket;
          socket.unref();
        });
        request.end();
      },
    });
    ws.on('open', () => {
      clearTimeout(this.alarm);
      this.handlers.opened();
    });
    ws.on('message', (data, isBinary) => this.message(data, isBinary));
    ws.on('ping', () => this.isLeft || this.handlers.pinged());
    ws.on('pong', () => this.isLeft || this.handlers.ponged());
    ws.on('unexpected-response', (_request, response) => this.refused(response));
    ws.on('error', (error) => this.failed(error));
    ws.on('close', (code, reason) => this.over(code, reason.toString()));
    return ws;
  }

  private message(data: WebSocket.RawData, isBinary: boolean): void {
    if (this.isLeft || !Buffer.isBuffer(data)) return;
    this.handlers.message(isBinary ? data : data.toString());
  }

  /** Reads the beginning of what the server says instead of opening. */
  private refused(response: IncomingMessage): void {
    const parts: Buffer[] = [];
    let bytes = 0;
    const told = (): void => {
      this.end ??= this.refusal(response, Buffer.concat(parts).subarray(0, REFUSAL_BYTES).toString());
      this.ws?.terminate();
    };
    const patience = setTimeout(told, REFUSAL_MS).unref();
    response.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes >= REFUSAL_BYTES) told();
    });
    response.on('error', told);
    response.on('close', () => {
      clearTimeout(patience);
      told();
    });
  }

  private refusal({ statusCode: status = 0, headers }: IncomingMessage, body: string): SocketEnd {
    const end = { code: NO_FAREWELL, reason: this.withoutSecrets(body), status };
    const waitMs = retryAfterMs(headers['retry-after'], epochMs(Date.now()));
    return waitMs === null ? end : { ...end, retryAfterMs: waitMs };
  }

  /** A message that is too large or no text, a broken frame, or the network; `close` follows. */
  private failed(error: Error): void {
    const { messageBytesMax } = this.request;
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      this.fail(TOO_LARGE, `a message of more than ${messageBytesMax} bytes`);
    else if (code === 'WS_ERR_INVALID_UTF8') this.fail(NOT_TEXT, 'a text that is not UTF-8');
    else this.fail(NO_FAREWELL, this.words(error));
  }

  private fail(code: number, reason: string): void {
    this.end ??= { code, reason };
    this.ws?.terminate();
  }

  private over(code: number, reason: string): void {
    clearTimeout(this.alarm);
    clearTimeout(this.farewell);
    this.handlers.closed(this.end ?? { code, reason: this.withoutSecrets(reason) });
  }

  private words(error: unknown): string {
    return this.withoutSecrets(short(error instanceof Error ? error.message : String(error)));
  }

  /** A server may repeat what it was sent; signatures go into no log. */
  private withoutSecrets(text: string): string {
    return Object.values(this.request.headers).reduce(
      (rest, value) => (value.length < 4 ? rest : rest.replaceAll(value, '…')),
      text,
    );
  }
}
