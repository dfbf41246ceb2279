import { expect, test } from 'vitest';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { keys, toItem } from '../../adapters/store/table.ts';
import { writeHop } from '../../adapters/store/trace-store.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';
import { tracePublication } from '../../fargate/publish-trace.ts';
import { waitSettled } from '../../fargate/settle-wait.ts';
import { T0, windowOf } from '../support/values.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const WINDOW = windowOf(1, []);
const WINDOW_ID = `market.window/${WINDOW.feedId}/${WINDOW.closedAt}`;
const SIGNALS_ID = `signals/${WINDOW.feedId}/${WINDOW.closedAt}`;

function world() {
  const time = new VirtualTime(T0);
  const store = openSqliteStore({ path: ':memory:' });
  const abort = new AbortController();
  return {
    time,
    store,
    abort,
    /** A function is through with an event, so many milliseconds after the publication. */
    hop: (ms: number, by: string, event: string, raised = 0, outcome: 'done' | 'failed' = 'done') =>
      time.start(plusMs(T0, ms), () =>
        writeHop(store, event, by, {
          requestId: `r-${by}`,
          receivedAt: time.now(),
          doneAt: time.now(),
          outcome,
          raised,
        }),
      ),
    /** When the window was found settled, after its publication; or why not. */
    settled: async (): Promise<number | string> => {
      let result: number | string = 'never';
      time.start(T0, async () => {
        try {
          await waitSettled(WINDOW, T0, { store, clock: time, timeoutMs: 30_000, signal: abort.signal });
          result = time.now() - T0;
        } catch (error) {
          result = error instanceof Error ? error.message : String(error);
        }
      });
      await time.run();
      return result;
    },
  };
}

test('a window without signals is settled when fills and signals are through with it', async () => {
  const { hop, settled } = world();
  hop(100, 'signals', WINDOW_ID);
  hop(900, 'fills', WINDOW_ID);
  expect(await settled()).toBe(900);
});

test('a window that raised signals is settled when risk has decided them', async () => {
  const { hop, settled } = world();
  hop(100, 'signals', WINDOW_ID, 1);
  hop(200, 'fills', WINDOW_ID);
  hop(5_000, 'risk', SIGNALS_ID);
  expect(await settled()).toBe(5_000);
});

test('traces of an earlier publication of the same window do not count', async () => {
  const { hop, settled, store } = world();
  const before: EpochMs = plusMs(T0, -1);
  for (const by of ['fills', 'signals'])
    await writeHop(store, WINDOW_ID, by, {
      requestId: 'old',
      receivedAt: before,
      doneAt: before,
      outcome: 'done',
      raised: 0,
    });
  hop(300, 'fills', WINDOW_ID);
  hop(340, 'signals', WINDOW_ID);
  expect(await settled()).toBe(340);
});

test.each([
  {
    missing: 'fills',
    there: ['signals'],
    says: /not settled within 30 s: fills did not answer to market\.window\/.*DECKLE_TRACE=on/,
  },
  { missing: 'signals', there: ['fills'], says: /: signals did not answer to market\.window\// },
  { missing: 'risk', there: ['fills', 'signals'], says: /: risk did not answer to signals\/main\// },
])('a window that $missing does not settle is told with its name', async ({ there, says }) => {
  const { hop, settled } = world();
  for (const by of there) hop(10, by, WINDOW_ID, 1);
  expect(await settled()).toMatch(says);
});

test('a function that failed may be called again; if it is not, its request is told', async () => {
  const retried = world();
  retried.hop(10, 'signals', WINDOW_ID);
  retried.hop(20, 'fills', WINDOW_ID, 0, 'failed');
  retried.hop(2_000, 'fills', WINDOW_ID);
  expect(await retried.settled()).toBe(2_000);
  const failed = world();
  failed.hop(10, 'signals', WINDOW_ID);
  failed.hop(20, 'fills', WINDOW_ID, 0, 'failed');
  expect(await failed.settled()).toMatch(
    /: fills failed on market\.window\/.* in request r-fills; its log says why$/,
  );
});

test('a stop ends the wait', async () => {
  const { time, abort, settled } = world();
  time.start(plusMs(T0, 500), async () => abort.abort());
  expect(await settled()).toBeLessThan(600);
});

test('a publication is traced beside the hops of the functions, and expires', async () => {
  const { store } = world();
  await tracePublication(store, WINDOW, T0);
  await tracePublication(store, WINDOW, plusMs(T0, 5));
  expect(await store.get(keys.trace(WINDOW_ID, 'feeds'))).toEqual(
    toItem(
      keys.trace(WINDOW_ID, 'feeds'),
      'trace',
      { publishedAt: T0 + 5, expiresAt: Math.ceil((T0 + 3_600_005) / 1_000), writer: 'feeds' },
      2,
    ),
  );
});
