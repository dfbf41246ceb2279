import { openDoor } from '../../adapters/lambda/door.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import { reconcile } from './reconcile.ts';

/** Woken each quarter of an hour and at midnight. */
export const handler = openDoor('reconcile').onSchedule(async ({ desk, now }) => {
  const services = await desk.inForce();
  if (!services) return;
  const { config, ledger } = services;
  const sign = await services.feeds.sign(config.feed.id);
  await reconcile(feedTime(sign, now) ?? now, {
    ...services,
    accounts: config.accounts,
    books: (account) => loadBooks(ledger, account),
  });
});
