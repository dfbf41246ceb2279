/** What keeps the local endpoint, or the desk on it, from running; the message is written for a person and says what to do. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}
