import { formatUnits } from '../../core/amounts.ts';
import { valuation } from '../../core/ledger/equity.ts';
import { averagePrice } from '../../core/ledger/position.ts';
import type { Lane, Order } from '../../core/paper/order.ts';
import { isWorking, LANES } from '../../core/paper/order.ts';
import { modeAt } from '../../core/risk/trading-mode.ts';
import { epochMs, isoTime } from '../../core/time.ts';
import { accountsTable, lookAtAccounts } from './accounts.ts';
import type { CommonOptions } from './cli.ts';
import { json } from './explain.ts';
import { openView } from './session-view.ts';
import { stackStatus } from './stack-status.ts';
import type { Terminal } from './terminal.ts';
import { CommandError, table } from './terminal.ts';
import { withDesk } from './with-desk.ts';

/** `status`: what the desk says of itself; 1 when trading is halted or a ledger does not reconcile. */
export async function status(options: CommonOptions, terminal: Terminal): Promise<number> {
  if (options.stack !== undefined) return stackStatus(options.stack, options, terminal);
  const view = await openView(options.dir, options.session);
  try {
    const settled = await view.runtime.settled(view.feedId);
    const heartbeat = await view.runtime.heartbeat();
    const mode = await view.modes.mode();
    const now = modeAt(mode, settled?.through ?? mode.changedAt);
    const accounts = await lookAtAccounts(view);
    const document = {
      session: view.name,
      input: view.identity.input,
      running: view.isRunning,
      phase: view.isRunning ? (heartbeat?.phase ?? 'starting') : settled?.finished ? 'finished' : 'stopped',
      mode: now,
      modeReason: mode.reason,
      settledThrough: settled ? isoTime(settled.through) : null,
      windows: settled?.windows ?? 0,
      accounts,
    };
    const well = now !== 'halted' && accounts.every((one) => (one.discrepancies ?? 0) === 0);
    if (options.json) terminal.stdout(`${json(document)}\n`);
    else {
      terminal.stdout(
        [
          `session  ${document.session} (${document.input})`,
          `desk     ${document.phase}${heartbeat && view.isRunning ? `, pid ${heartbeat.pid}` : ''}`,
          `mode     ${now}: ${mode.reason}`,
          `settled  ${document.windows} windows, through ${document.settledThrough ?? 'none yet'}`,
          accountsTable(accounts),
        ].join('\n'),
      );
      terminal.stdout('\n');
    }
    return well ? 0 : 1;
  } finally {
    await view.store.close();
  }
}

interface OrdersOptions extends CommonOptions {
  readonly open?: true;
  readonly fills?: true;
  readonly lane: string;
  readonly csv?: true;
}

/** `orders`: orders by decision time, or with `--fills` the fills, in one lane. */
export async function orders(options: OrdersOptions, terminal: Terminal): Promise<number> {
  const lane = LANES.find((one) => one === options.lane);
  if (!lane) throw new CommandError(`--lane must be one of ${LANES.join(', ')}`, 2);
  return withDesk(options, async (view) => {
    const rows: Record<string, unknown>[] = [];
    for (const account of view.accounts) {
      if (options.fills)
        for await (const fill of view.ledger.fills(account, lane))
          for (const [i, line] of fill.lines.entries())
            rows.push({
              time: isoTime(fill.closedAt),
              fill: fill.id,
              line: i + 1,
              instrument: fill.instrumentId,
              side: fill.side,
              quantity: line.quantity,
              price: line.price,
              liquidity: fill.liquidity,
              fee: i === 0 ? fill.fee.inQuote : 0n,
              strategy: fill.strategyId,
            });
      else
        for await (const order of view.ledger.orders(account))
          if (!options.open || isWorking(order)) rows.push(orderRow(order, lane));
    }
    rows.sort((a, b) => (String(a['time']) < String(b['time']) ? -1 : 1));
    printRows(rows, 'none', options, terminal);
    return 0;
  });
}

function orderRow(order: Order, of: Lane): Record<string, unknown> {
  const lane = order.lanes[of];
  return {
    time: isoTime(order.decidedAt),
    order: order.id,
    strategy: order.strategyId,
    instrument: order.instrumentId,
    side: order.side,
    type: order.type,
    tif: order.timeInForce,
    price: order.limitPrice,
    quantity: order.quantity,
    filled: lane.filled,
    status: lane.status,
    reason: lane.endReason ?? (lane.waiting ? 'waiting for a live book' : ''),
    queue: lane.queueAhead ?? '',
  };
}

/** `positions`: holdings of the base lane at cost and at the newest mark; a mark that is missing or old is unknown. */
export async function positions(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withDesk(options, async (view) => {
    const marks = (await view.feeds.marks(view.feedId))?.value;
    const now = marks?.at ?? epochMs(0);
    const rows: Record<string, unknown>[] = [];
    for (const account of view.accounts) {
      const loaded = await view.ledger.load(account);
      for (const { value } of await view.ledger.holdings(account, 'base')) {
        const { position } = value;
        if (position.quantity === 0n || !loaded) continue;
        const worth = valuation(loaded.lanes.base, [position], marks?.marks ?? [], now);
        const blind = worth.blind.length > 0;
        rows.push({
          account,
          instrument: position.instrumentId,
          quantity: position.quantity,
          averagePrice: averagePrice(position) ?? 0n,
          cost: position.cost,
          value: blind ? null : worth.exposure,
          unrealized: blind ? null : worth.unrealized,
          realized: position.realized,
        });
      }
    }
    printRows(rows, 'nothing is held', options, terminal);
    return 0;
  });
}

/** Rows of the same fields as JSON, as CSV with a header, or as a table. */
function printRows(
  rows: readonly Record<string, unknown>[],
  empty: string,
  options: { readonly json?: true; readonly csv?: true },
  terminal: Terminal,
): void {
  const head = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => head.map((name) => cell(row[name])));
  if (options.json) terminal.stdout(`${json(rows)}\n`);
  else if (rows.length === 0) terminal.stdout(`${empty}\n`);
  else if (options.csv)
    terminal.stdout(`${[head, ...cells].map((row) => row.map(csvCell).join(',')).join('\n')}\n`);
  else terminal.stdout(`${table(head, cells)}\n`);
}

const cell = (value: unknown): string =>
  value === null || value === undefined
    ? 'unknown'
    : typeof value === 'bigint'
      ? formatUnits(value)
      : String(value);
const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
