import { openDoor } from '../../adapters/lambda/door.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { loadBooksFrom } from '../../adapters/store/books-since.ts';
import { createCheckpointStore } from '../../adapters/store/checkpoint-store.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import { reconcile } from './reconcile.ts';

/** Woken each quarter of an hour and at midnight; reads a whole history once a day, and else what was written since. */
export const handler = openDoor('reconcile').onSchedule(async ({ desk, store, now }) => {
  const services = await desk.inForce();
  if (!services) return;
  const { config, ledger, sha256 } = services;
  const sign = await services.feeds.sign(config.feed.id);
  await reconcile(feedTime(sign, now) ?? now, {
    ...services,
    accounts: config.accounts,
    books: (account) => loadBooks(ledger, account),
    goingOn: {
      checkpoints: createCheckpointStore(store, sha256),
      strategies: config.strategies,
      booksSince: (checkpoint) => loadBooksFrom(ledger, checkpoint),
    },
  });
});
