/** The desk cannot run as asked; the message is written for a person. */
export class DeskError extends Error {
  override readonly name = 'DeskError';
}
