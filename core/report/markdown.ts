import type { Money } from '../amounts.ts';
import { formatRounded, formatUnits, max, min } from '../amounts.ts';
import { LANES } from '../paper/order.ts';
import { isoTime } from '../time.ts';
import type { DailyReport, LaneDay } from './daily.ts';

/** The day in one paragraph, for the mail that says the report is ready. */
export function reportSummary(report: DailyReport): string {
  const { base } = report.lanes;
  const amount = (of: Money | null): string => (of === null ? 'unknown' : formatRounded(of, 2));
  return [
    `PnL of the day ${amount(base.pnlDay)} ${report.currency} (${bandOf(report)} by the fill rule), since the start ${amount(base.pnlCumulative)}.`,
    `${base.fills} fills (${base.makerFills} as maker), fees ${amount(base.feesDay)}; ${report.accepted} signals accepted, ${report.denied} denied, ${report.late} decided late.`,
    `Drawdown ${(base.drawdownBps / 100).toFixed(2)} %. Trading mode: ${report.mode}. As of ${isoTime(report.asOf)}; all amounts are paper money.`,
  ].join(' ');
}

/** No rule always does best: joining a queue that fills late may be the luckier way. */
function bandOf({ lanes }: DailyReport): string {
  const days = LANES.map((lane) => lanes[lane].pnlDay).filter((one) => one !== null);
  if (days.length < LANES.length) return 'unknown';
  const [least, most] = [days.reduce((a, b) => min(a, b)), days.reduce((a, b) => max(a, b))];
  return `between ${formatRounded(least, 2)} and ${formatRounded(most, 2)}`;
}

/** The daily report as Markdown: the account of record first, then the band it lies in. */
export function reportMarkdown(report: DailyReport): string {
  const { base } = report.lanes;
  const { currency } = report;
  const amount = (of: Money | null): string =>
    of === null ? 'unknown' : `${formatRounded(of, 2)} ${currency}`;
  const row = (name: string, of: (lane: LaneDay) => string): string =>
    `| ${name} | ${LANES.map((lane) => of(report.lanes[lane])).join(' | ')} |`;
  const lines = [
    `# Daily report: account ${report.accountId}, ${report.day}`,
    '',
    `As of ${isoTime(report.asOf)}. Trading mode: ${report.mode}. All amounts are paper money.`,
    '',
    `- PnL of the day ${amount(base.pnlDay)}, since the start ${amount(base.pnlCumulative)}`,
    `- Equity ${amount(base.equity)}, of ${amount(report.openingEquity)} at the start`,
    `- ${base.fills} fills (${base.makerFills} as maker), fees ${amount(base.feesDay)}`,
    `- Drawdown now ${(base.drawdownBps / 100).toFixed(2)} %, largest so far ${amount(base.drawdownMax)}`,
    `- Open orders ${report.openOrders}; rejected ${report.rejected}, canceled ${report.canceled}, expired ${report.expired}`,
    '',
    '## The band',
    '',
    'The same orders under three fill rules. If the sign of a result depends on the rule, do not believe the result.',
    '',
    '| | optimistic (touch) | base (queue) | pessimistic (through) |',
    '|---|---:|---:|---:|',
    row('PnL of the day', (lane) => amount(lane.pnlDay)),
    row('PnL since the start', (lane) => amount(lane.pnlCumulative)),
    row('realized today', (lane) => amount(lane.realizedDay)),
    row('unrealized', (lane) => amount(lane.unrealized)),
    row('fees today', (lane) => amount(lane.feesDay)),
    row('fills (maker)', (lane) => `${lane.fills} (${lane.makerFills})`),
    '',
    '## Decisions',
    '',
    `${report.signals} signals: ${report.accepted} accepted, ${report.denied} denied, ${report.late} decided late.`,
    '',
    ...(report.denials.length === 0
      ? ['No denials.']
      : [
          '| denied by | count |',
          '|---|---:|',
          ...report.denials.map((one) => `| ${one.rule} | ${one.count} |`),
        ]),
  ];
  if (report.blind.length > 0)
    lines.push('', `**Unknown values**: no mark younger than 60 s for ${report.blind.join(', ')}.`);
  return `${lines.join('\n')}\n`;
}

/** The report as JSON: amounts as decimal text, unknown ones as null. */
export const reportJson = (report: DailyReport): string =>
  `${JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? formatUnits(value) : value), 2)}\n`;
