import { SECOND_MS } from '../../../core/time.ts';

/** How often books are asked for where there is no stream. */
export const POLL_EVERY_MS = 2 * SECOND_MS;
