import { systemClock } from '../../adapters/clock.ts';
import { formatIssues } from '../../adapters/config/load-config.ts';
import type { ConfigChange } from '../stack-view/config-changes.ts';
import type { PushResult } from '../stack-view/push-config.ts';
import type { CommonOptions } from './cli.ts';
import { requireDocument } from './load.ts';
import { personName } from './person.ts';
import type { Terminal } from './terminal.ts';
import { requireStage } from './with-desk.ts';

/** `config push`: 0 when the configuration is in force, 1 when the ledger does not allow it, 2 when it is not valid. */
export async function configPush(
  path: string,
  options: CommonOptions & { readonly stack: string },
  terminal: Terminal,
): Promise<number> {
  const stage = requireStage(options.stack);
  const { config, document } = requireDocument(path);
  const { commandOf, withStack } = await import('../stack-view/stack-view.ts');
  const { pushConfig } = await import('../stack-view/push-config.ts');
  const { result, stack } = await withStack(stage, process.env, async ({ store, place }) => ({
    result: await pushConfig({ store, config, document, author: personName(), clock: systemClock }),
    stack: place.stackName,
  }));
  if (options.json) terminal.stdout(`${JSON.stringify({ stack, file: path, ...result })}\n`);
  else if (result.kind === 'refused') terminal.stderr(`${formatIssues(path, result.issues)}\n`);
  else terminal.stdout(`${words(result, path, stack, commandOf(stage.name)).join('\n')}\n`);
  return result.kind === 'pushed' ? 0 : 1;
}

function words(
  result: PushResult & { readonly kind: 'pushed' },
  path: string,
  stack: string,
  command: string,
): string[] {
  const { hash, before, unchanged, changes, opened, begins, mode } = result;
  return [
    unchanged
      ? `unchanged: ${path} is in force at ${stack} already, hash ${hash}`
      : `${path} is in force at ${stack}, hash ${hash}${before === null ? '' : `, instead of ${before.slice(0, 12)}`}`,
    ...changes.map((one) => `  ${changeWords(one)}`),
    ...(opened.length === 0
      ? []
      : [`opened ${opened.length === 1 ? 'account' : 'accounts'} ${opened.join(', ')}`]),
    begins
      ? 'trading begins: it is active now'
      : mode.mode === 'halted'
        ? `trading is halted: ${mode.reason}. When it is safe: ${command} resume --reason "..."`
        : `trading is ${mode.mode}`,
  ];
}

const changeWords = ({ path, before, after }: ConfigChange): string =>
  before === null
    ? `${path} is new: ${after}`
    : after === null
      ? `${path} is left out; it was ${before}`
      : `${path} ${before} -> ${after}`;
