/** What was found at a URL. A `stranger` answers, but not as a LocalStack-compatible endpoint does. */
export type Probe =
  | { readonly kind: 'endpoint'; readonly name: string }
  | { readonly kind: 'stranger'; readonly answer: string }
  | { readonly kind: 'silent'; readonly reason: string };

const ANSWER_MS_MAX = 3_000;
/** The health path of LocalStack, which compatible endpoints serve as well. */
const HEALTH_PATH = '/_localstack/health';

/** Asks once what answers at the URL. Never throws: not being there is an answer too. */
export async function probeEndpoint(url: string, answerMsMax = ANSWER_MS_MAX): Promise<Probe> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(HEALTH_PATH, url), { signal: AbortSignal.timeout(answerMsMax) });
    text = await response.text();
  } catch (error) {
    return { kind: 'silent', reason: reasonOf(error) };
  }
  const health = parseJson(text);
  if (response.ok && typeof health === 'object' && health !== null && 'services' in health) {
    const { edition, version } = { edition: '', version: '', ...health };
    return { kind: 'endpoint', name: `LocalStack-compatible ${edition} ${version}`.trim() };
  }
  return { kind: 'stranger', answer: `HTTP ${response.status} to GET ${HEALTH_PATH}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why nothing was heard: the system's own code where there is one, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? 'it takes too long' : error.message;
}
