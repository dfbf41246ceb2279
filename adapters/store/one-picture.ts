import type { AccountId, Lane } from '../../core/paper/order.ts';
import { LANES } from '../../core/paper/order.ts';
import type { Holding } from '../../core/paper/step.ts';
import type { AccountView, Ledger, Versioned } from '../../core/ports.ts';

/** A picture that keeps changing under the reader is given up after so many attempts. */
const ATTEMPTS_MAX = 8;

/** An account changes faster than it can be read; the message is written for a person. */
export class BooksBusyError extends Error {
  override readonly name = 'BooksBusyError';
}

/** What every change of an account moves at least one version of. */
export interface Moment {
  readonly view: AccountView;
  readonly holdings: ReadonlyMap<Lane, readonly Versioned<Holding>[]>;
}

/**
 * Reads something of an account as one picture: when anything was committed meanwhile it is read again. Undefined when
 * the account was never opened.
 * @throws BooksBusyError when the account changes faster than it can be read.
 */
export async function onePicture<T>(
  ledger: Ledger,
  accountId: AccountId,
  read: (moment: Moment) => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const before = await readMoment(ledger, accountId);
    if (!before) return undefined;
    const picture = await read(before);
    const after = await readMoment(ledger, accountId);
    if (after && versionsOf(before) === versionsOf(after)) return picture;
  }
  throw new BooksBusyError(`account ${accountId} changed ${ATTEMPTS_MAX} times while it was read; try again`);
}

export async function readMoment(ledger: Ledger, accountId: AccountId): Promise<Moment | undefined> {
  const view = await ledger.load(accountId);
  if (!view) return undefined;
  const holdings = new Map<Lane, readonly Versioned<Holding>[]>();
  for (const lane of LANES) holdings.set(lane, await ledger.holdings(accountId, lane));
  return { view, holdings };
}

/** Two moments with the same versions are one picture. */
export const versionsOf = ({ view, holdings }: Moment): string =>
  JSON.stringify([
    view.cursor.version,
    LANES.map((lane) => view.lanes[lane].entries),
    view.working.map((one) => [one.value.id, one.version]),
    LANES.map((lane) => holdings.get(lane)?.map((one) => one.version)),
  ]);
