// Commits transactions of two items each and kills itself, as `kill -9` would, at the n-th COMMIT: before or after it.
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';

const [path = '', when = '', at = ''] = process.argv.slice(2);

class MortalDatabase extends DatabaseSync {
  commits = 0;
  override exec(sql: string): void {
    // The first COMMIT makes the tables.
    if (sql === 'COMMIT') this.commits += 1;
    const last = sql === 'COMMIT' && this.commits === Number(at) + 1;
    if (last && when === 'before') process.kill(process.pid, 'SIGKILL');
    super.exec(sql);
    if (last && when === 'after') process.kill(process.pid, 'SIGKILL');
  }
}

const store = openSqliteStore({ path, connect: (file) => new MortalDatabase(file) });
for (let n = 1; n <= 100; n += 1) {
  await store.transact(
    ['A', 'B'].map((side) => ({
      kind: 'put',
      item: { pk: `PAIR#${n}`, sk: side, version: 1, text: 'x'.repeat(2_000) },
      condition: { kind: 'absent' },
    })),
  );
}
