// The command line with somebody standing at its seams: at the n-th time of a moment it sends itself a signal, or waits
// forever in a publication. Without a point it writes how often each moment came:
// `desk-process.ts SIGKILL inside-transaction 12 start --once ...`, `desk-process.ts wait before-publish 12 start ...`, or
// `desk-process.ts count FILE start --once ...`.
import { writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Publisher } from '../../core/ports.ts';
import { runCli } from '../../local/cli/cli.ts';
import { POINT_KINDS, type PointKind } from './points.ts';

const [action = '', ...rest] = process.argv.slice(2);
const isCounting = action === 'count';
const [target = '', nth = ''] = rest;
const args = rest.slice(isCounting ? 1 : 2);
/** Readings of the mode that a new order or a fill was then written on. */
const readingsBeforeTrade = new Set<number>();
const counts = new Map<PointKind, number>(POINT_KINDS.map((kind) => [kind, 0]));

/** Whether this is the moment at which it is to wait. */
function reach(kind: PointKind): boolean {
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  if (isCounting || kind !== target || count !== Number(nth)) return false;
  writeSync(2, `${action} at the ${nth}. ${kind}\n`);
  if (action === 'wait') return true;
  process.kill(process.pid, action);
  return false;
}

const forever = new Promise<never>(() => {});

class WatchedDatabase extends DatabaseSync {
  #hasFill = false;

  override exec(sql: string): void {
    if (sql === 'COMMIT') reach('before-commit');
    if (sql === 'COMMIT' && this.#hasFill) reach('before-fill-commit');
    super.exec(sql);
    this.#hasFill = false;
    if (sql === 'COMMIT') reach('after-commit');
    else if (sql !== 'BEGIN IMMEDIATE' && this.isTransaction) reach('inside-transaction');
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql);
    const run = statement.run.bind(statement);
    const get = statement.get.bind(statement);
    const isOf = (parameters: readonly SQLInputValue[], prefix: string): boolean =>
      String(parameters[1]).startsWith(prefix);
    Object.defineProperty(statement, 'run', {
      value: (...parameters: SQLInputValue[]): ReturnType<StatementSync['run']> => {
        const result = run(...parameters);
        if (this.isTransaction) reach('inside-transaction');
        if (!this.isTransaction || !sql.startsWith('INSERT INTO items')) return result;
        if (isOf(parameters, 'FILL#')) {
          this.#hasFill = true;
          reach('inside-fill');
        }
        if (isOf(parameters, 'FILL#') || isOf(parameters, 'OPEN#'))
          readingsBeforeTrade.add(counts.get('after-mode-read') ?? 0);
        return result;
      },
    });
    Object.defineProperty(statement, 'get', {
      value: (...parameters: SQLInputValue[]): ReturnType<StatementSync['get']> => {
        const row = get(...parameters);
        if (!this.isTransaction && isOf(parameters, 'MODE')) reach('after-mode-read');
        return row;
      },
    });
    return statement;
  }
}

const watched = (bus: Publisher): Publisher => ({
  async publish(events) {
    if (reach('before-publish')) await forever;
    await bus.publish(events);
    reach('after-publish');
  },
});

process.exitCode = await runCli(args, undefined, {
  connect: (path) => new WatchedDatabase(path),
  aroundPublish: watched,
});
if (isCounting)
  writeFileSync(
    target,
    JSON.stringify({ counts: Object.fromEntries(counts), readingsBeforeTrade: [...readingsBeforeTrade] }),
  );
