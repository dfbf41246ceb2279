import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../adapters/clock.ts';
import type { Costing, Place } from '../cost/cost-of.ts';
import { costOfDesk, costOfReference, costOfRun } from '../cost/cost-of.ts';
import { billText, lineDocument } from '../cost/cost-text.ts';
import type { Region } from '../cost/prices.ts';
import { REGIONS } from '../cost/prices.ts';
import type { ReferenceModel } from '../cost/reference-model.ts';
import { REFERENCE_MODELS } from '../cost/reference-model.ts';
import { demoInput, recordingInput } from '../input.ts';
import { requireConfig } from './load.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';

interface CostOptions {
  readonly fromRun?: true;
  readonly config: string;
  readonly recording?: readonly string[];
  readonly windows?: number;
  readonly model: 'desk' | ReferenceModel;
  readonly instruments: number;
  readonly windowsPerSecond: number;
  readonly accounts: number;
  readonly strategies: number;
  readonly ordersPerHour: number;
  readonly busySeconds: number;
  readonly candleSeconds: number;
  readonly universeSeries: number;
  readonly universeExchanges: number;
  readonly fillsPerInstrumentMonth: number;
  readonly task: '0.25' | '0.5';
  readonly spot?: true;
  readonly region: Region;
  readonly all?: true;
  readonly json?: true;
}

/** Options by the way of costing that reads them; every other one is refused there, since it would change nothing. */
const OF_RUN = ['config', 'recording', 'windows'];
const OF_DESK = [
  'accounts',
  'strategies',
  'ordersPerHour',
  'busySeconds',
  'candleSeconds',
  'universeSeries',
  'universeExchanges',
];
const OF_REFERENCE = ['fillsPerInstrumentMonth'];
const OF_ANY_MODEL = ['model', 'instruments', 'windowsPerSecond'];

const COST_HELP = `
Prices are dated and in dollars; docs/cost.md says where each one and each assumption comes from. The free allowances of AWS
are taken off as if nothing else used them. 'desk' is this desk as it is built; 'naive', 'batched' and 'gated' are reference
models with a single function behind the bus. With --json: {"subject", "notes", "region", "totalUsd", "variableUsd",
"services", "lines"}, and with --from-run "run": what was counted. Exits with 0, with 1 when a run failed, with 2 when called wrongly.`;

/** Adds the command `cost` to the program. */
export function addCost(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('cost')
    .description('what a month in the cloud costs, by service, from parameters or from a run')
    .option('--from-run', 'count in a run of the configured desk in memory: the demo, or --recording')
    .option('--config <file>', 'with --from-run: the configuration', 'deckle.yaml')
    .option('--recording <files...>', 'with --from-run: recorded frames instead of the demo')
    .option('--windows <n>', 'with --from-run: stop after so many windows', count)
    .addOption(
      new Option('--model <model>', 'what is priced').choices(['desk', ...REFERENCE_MODELS]).default('desk'),
    )
    .option('--instruments <n>', 'instruments of the feed', count, 10)
    .option('--windows-per-second <r>', '1000 / windowMs', rate, 1)
    .option('--accounts <n>', 'accounts', count, 1)
    .option('--strategies <n>', 'strategies', count, 1)
    .option('--orders-per-hour <n>', 'orders of all accounts', amount, 12)
    .option('--busy-seconds <s>', 'how long an order rests, or what it took is still displayed', amount, 30)
    .option('--candle-seconds <s>', 'the candle of the strategies', rate, 60)
    .option(
      '--universe-series <n>',
      'series, or rules that name symbols, that a universe follows',
      countOrNone,
      0,
    )
    .option('--universe-exchanges <n>', 'exchanges of which rules need the whole list', countOrNone, 0)
    .option('--fills-per-instrument-month <n>', 'of the reference models', amount, 2_000)
    .addOption(
      new Option('--task <vcpu>', 'size of the feeds container; a reference model chooses its own')
        .choices(['0.25', '0.5'])
        .default('0.25'),
    )
    .option('--spot', 'the feeds container on Spot capacity')
    .addOption(new Option('--region <region>', 'where it is paid').choices(REGIONS).default('us-east-1'))
    .option('--all', 'also lines that are free or below a cent')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', COST_HELP)
    .action(async (options: CostOptions, command: Command) => {
      checkOptions(options, command);
      done(await cost(options, terminal));
    });
}

async function cost(options: CostOptions, terminal: Terminal): Promise<number> {
  const costing = await costingOf(options);
  const { subject, bill, notes } = costing;
  if (options.json) {
    const document = { subject, notes, ...bill, lines: bill.lines.map(lineDocument) };
    terminal.stdout(
      `${JSON.stringify('run' in costing ? { ...document, run: costing.run } : document, asObject)}\n`,
    );
    return 0;
  }
  terminal.stdout(`A month of ${subject}\n\n${billText(bill, options.all === true)}\n`);
  for (const note of notes) terminal.stdout(`- ${note}\n`);
  terminal.stdout('- assumptions, dates and sources of the prices: docs/cost.md\n');
  return 0;
}

async function costingOf(options: CostOptions): Promise<Costing> {
  const { model, region, instruments, windowsPerSecond } = options;
  const place: Place = {
    region,
    task: options.task === '0.25' ? 'small' : 'large',
    spot: options.spot === true,
  };
  if (options.fromRun) {
    const config = requireConfig(options.config);
    const input = options.recording ? recordingInput(options.recording, config) : demoInput(config);
    return costOfRun(config, input, place, {
      clock: systemClock,
      signal: new AbortController().signal,
      ...(options.windows === undefined ? {} : { windowsMax: options.windows }),
    });
  }
  if (model === 'desk') {
    const universe = { series: options.universeSeries, exchanges: options.universeExchanges };
    return costOfDesk({ ...options, universe, busySecondsPerOrder: options.busySeconds }, place);
  }
  const { fillsPerInstrumentMonth } = options;
  const { spot } = place;
  return costOfReference(model, { instruments, windowsPerSecond, fillsPerInstrumentMonth, spot }, region);
}

/** Refuses options that the chosen way does not read. @throws CommandError with exit code 2. */
function checkOptions({ fromRun, model }: CostOptions, command: Command): void {
  if (command.optsWithGlobals<{ readonly stack?: string }>().stack !== undefined)
    throw new CommandError('cost works out a bill without a stack; it does not go with --stack', 2);
  const refuse = (names: readonly string[], why: string): void => {
    for (const { long, attribute } of command.options.map((one) => ({
      long: one.long,
      attribute: one.attributeName(),
    })))
      if (names.includes(attribute) && command.getOptionValueSource(attribute) === 'cli')
        throw new CommandError(`${long} ${why}`, 2);
  };
  if (fromRun) {
    refuse([...OF_ANY_MODEL, ...OF_DESK, ...OF_REFERENCE], 'does not go with --from-run, which counts it');
    return;
  }
  refuse(OF_RUN, 'needs --from-run');
  if (model === 'desk')
    refuse(OF_REFERENCE, 'is for --model naive, batched or gated; give --orders-per-hour');
  else refuse([...OF_DESK, 'task'], `is for --model desk, not for ${model}`);
}

const count = (text: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('must be a whole number from 1 to 9999999.');
  return Number(text);
};
const countOrNone = (text: string): number => (text === '0' ? 0 : count(text));
const amount = (text: string): number => {
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError('must be a number, zero or more.');
  return Number(text);
};
const rate = (text: string): number => {
  const value = amount(text);
  if (value === 0) throw new InvalidArgumentError('must be more than zero.');
  return value;
};

const asObject = (_name: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;
