import { beforeAll, expect, test } from 'vitest';
import { asMoney, money } from '../../../core/amounts.ts';
import type { EquityRecord } from '../../../core/ledger/equity.ts';
import type { Lane } from '../../../core/paper/order.ts';
import { LANES } from '../../../core/paper/order.ts';
import type { ReportInput } from '../../../core/report/daily.ts';
import { dailyReport } from '../../../core/report/daily.ts';
import { reportJson, reportMarkdown, reportSummary } from '../../../core/report/markdown.ts';
import { dailyReportSchema } from '../../../core/report/schema.ts';
import { DAY_MS, dayStart, epochMs, plusMs } from '../../../core/time.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../../support/values.ts';

let session: ReportInput;
beforeAll(async () => {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 60, [COIN, GEM])));
  const [account] = desk.config.accounts;
  if (!account) throw new Error('there is an account');
  const equity: Partial<Record<Lane, EquityRecord>> = {};
  const fills: Partial<Record<Lane, ReportInput['fills'][Lane]>> = {};
  for (const lane of LANES) {
    const record = await desk.stored.equity(account.id, lane);
    if (record) equity[lane] = record.value;
    fills[lane] = await Array.fromAsync(desk.stored.fills(account.id, lane));
  }
  session = {
    account,
    dayAt: T0,
    mode: 'active',
    equity: equity as ReportInput['equity'],
    fills: fills as ReportInput['fills'],
    decisions: await Array.fromAsync(desk.stored.decisions(account.id)),
    orders: await Array.fromAsync(desk.stored.orders(account.id)),
  };
});
const onBase = (change: Partial<EquityRecord>): ReportInput => ({
  ...session,
  equity: { ...session.equity, base: { ...session.equity.base, ...change } },
});

test('counts what is stored: signals are accepted or denied, denials by rule add up', () => {
  const report = dailyReport(session);
  expect(report).toMatchObject({
    accountId: 'alpha',
    day: '2023-11-14',
    currency: 'USDT',
    late: 0,
    mode: 'active',
  });
  expect(report.signals).toBe(session.decisions.length);
  expect(report.accepted + report.denied).toBe(report.signals);
  expect(report.accepted).toBe(session.orders.length);
  expect(report.denials.reduce((total, one) => total + one.count, 0)).toBe(report.denied);
  const counts = report.denials.map((one) => one.count);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  const ended = session.orders.filter((one) => one.lanes.base.status === 'filled').length;
  expect(report.rejected + report.expired + report.canceled + report.openOrders + ended).toBe(
    session.orders.length,
  );
});

test('the lanes of a day: fills, fees and realized gain are the sums of the fills', () => {
  const report = dailyReport(session);
  for (const lane of LANES) {
    const fills = session.fills[lane];
    expect(report.lanes[lane].fills).toBe(fills.length);
    expect(report.lanes[lane].feesDay).toBe(fills.reduce((total, one) => total + one.fee.inQuote, 0n));
    expect(report.lanes[lane].realizedDay).toBe(fills.reduce((total, one) => total + one.realized, 0n));
    expect(report.lanes[lane].makerFills).toBe(fills.filter((one) => one.liquidity === 'maker').length);
  }
  expect(report.lanes.base.fills).toBeGreaterThan(0);
});

test('PnL is equity less what the day and the account began with', () => {
  const report = dailyReport(onBase({ equity: money('5100'), dayOpen: money('5040') }));
  expect(report.lanes.base).toMatchObject({
    equity: money('5100'),
    pnlDay: money('60'),
    pnlCumulative: money('100'),
  });
});

test('the day before is reported from what was kept of it, without an unrealized part', () => {
  const next = plusMs(dayStart(T0), DAY_MS);
  const rolled = onBase({
    day: next,
    lastDay: { day: dayStart(T0), open: money('5000'), close: money('4990') },
  });
  expect(dailyReport(rolled).lanes.base).toMatchObject({
    equity: money('4990'),
    pnlDay: money('-10'),
    unrealized: null,
  });
});

test('a day that nothing is known of is unknown, not zero', () => {
  const report = dailyReport({ ...session, dayAt: epochMs(T0 - 3 * DAY_MS) });
  expect(report.lanes.base).toMatchObject({
    equity: null,
    pnlDay: null,
    pnlCumulative: null,
    unrealized: null,
    fills: 0,
    feesDay: 0n,
  });
  expect(report.signals).toBe(0);
});

test('a missing mark makes what rests on it unknown and names the instrument', () => {
  const report = dailyReport(onBase({ blind: [GEM.id, COIN.id] }));
  expect(report.lanes.base).toMatchObject({ equity: null, pnlDay: null, unrealized: null });
  expect(report.lanes.base.feesDay).toBeGreaterThan(0n);
  expect(report.blind).toEqual([COIN.id, GEM.id]);
  const text = reportMarkdown(report);
  expect(text).toContain('- PnL of the day unknown, since the start unknown');
  expect(text).toContain(`**Unknown values**: no mark younger than 60 s for ${COIN.id}, ${GEM.id}.`);
});

test('the report as text shows the account of record first and the band beside it', () => {
  const report = dailyReport(
    onBase({ equity: money('5100.005'), dayOpen: money('5040'), drawdownBps: 125, blind: [] }),
  );
  const text = reportMarkdown(report);
  expect(text).toContain('# Daily report: account alpha, 2023-11-14\n');
  expect(text).toContain('- PnL of the day 60.01 USDT, since the start 100.01 USDT');
  expect(text).toContain('- Drawdown now 1.25 %');
  expect(text).toContain('| | optimistic (touch) | base (queue) | pessimistic (through) |');
  expect(text).toContain(
    `${report.signals} signals: ${report.accepted} accepted, ${report.denied} denied, 0 decided late.`,
  );
  for (const { rule, count } of report.denials) expect(text).toContain(`| ${rule} | ${count} |`);
  expect(text.endsWith('\n')).toBe(true);
});

test('the band of the mail holds the number of record, whichever rule did best', () => {
  const report = dailyReport(onBase({ blind: [] }));
  const lanes = (optimistic: string | null, base: string, pessimistic: string): string => {
    const day = (lane: Lane, pnl: string | null) => ({
      ...report.lanes[lane],
      pnlDay: pnl === null ? null : money(pnl),
    });
    return reportSummary({
      ...report,
      lanes: {
        optimistic: day('optimistic', optimistic),
        base: day('base', base),
        pessimistic: day('pessimistic', pessimistic),
      },
    });
  };
  expect(lanes('-34.73', '-28.94', '-30.96')).toContain(
    '-28.94 USDT (between -34.73 and -28.94 by the fill rule)',
  );
  expect(lanes('5', '2.5', '1')).toContain('2.50 USDT (between 1.00 and 5.00 by the fill rule)');
  expect(lanes(null, '2.5', '1')).toContain('2.50 USDT (unknown by the fill rule)');
});

test('a day without denials says so', () => {
  expect(reportMarkdown(dailyReport({ ...session, decisions: [] }))).toContain('No denials.');
});

test('the report as JSON reads back as it was, unknown values included', () => {
  for (const input of [session, onBase({ blind: [COIN.id] }), onBase({ equity: asMoney(-1n) })]) {
    const report = dailyReport(input);
    expect(dailyReportSchema.parse(JSON.parse(reportJson(report)))).toEqual(report);
  }
});
