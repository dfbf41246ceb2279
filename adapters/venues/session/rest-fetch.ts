import { short } from './http-words.ts';
import { AnswerTooLarge, type RestAnswer, type RestRequest } from './transport.ts';

/** Some hosts refuse callers without a name. */
const CALLER = { 'user-agent': 'deckle' };

/** Asks by HTTP: calls back once with the answer, or why there is none, unless the returned function ended it before. */
export function fetchAnswer(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
  const abort = new AbortController();
  let isOver = false;
  const finish = (answer: RestAnswer | Error): void => {
    clearTimeout(alarm);
    if (isOver) return;
    isOver = true;
    abort.abort();
    done(answer);
  };
  const { timeoutMs } = request;
  const alarm = setTimeout(() => finish(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
  void answerOf(request, abort.signal).then(finish);
  return () => {
    isOver = true;
    clearTimeout(alarm);
    abort.abort();
  };
}

async function answerOf(request: RestRequest, signal: AbortSignal): Promise<RestAnswer | Error> {
  const { method, url, headers, body, bytesMax } = request;
  try {
    const response = await fetch(url, {
      method,
      headers: { ...CALLER, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      // A host that sends us elsewhere would get what was meant for it alone.
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    });
    const text = await bodyOf(response, bytesMax);
    return text instanceof Error
      ? text
      : { status: response.status, headers: Object.fromEntries(response.headers), body: text };
  } catch (error) {
    return new Error(failureWords(error));
  }
}

/** The limit holds for what a compressed answer unfolds to. */
async function bodyOf(response: Response, bytesMax: number): Promise<string | AnswerTooLarge> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes > bytesMax) return new AnswerTooLarge(`its answer has more than ${bytesMax} bytes`);
  }
  return Buffer.concat(parts, bytes).toString();
}

/** `fetch failed` says nothing; what lies under it names the host or the network. */
function failureWords(error: unknown): string {
  if (!(error instanceof Error)) return short(String(error));
  const { cause } = error;
  if (!(cause instanceof Error)) return short(error.message);
  const code = 'code' in cause ? String(cause.code) : '';
  return short(cause.message === '' ? code || error.message : cause.message);
}
