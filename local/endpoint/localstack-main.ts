import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { Terminal } from '../cli/terminal.ts';
import { processTerminal } from '../cli/terminal.ts';
import { down } from './down.ts';
import { EndpointError } from './endpoint-error.ts';
import { ENDPOINT_DIRECTORY, ENDPOINT_PORT, ROOT } from './places.ts';
import { up } from './up.ts';

/** Runs the desk on a local endpoint, or ends it; gives the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function runLocalstack(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { stdout, stderr }: Terminal = processTerminal,
  directory: string = ENDPOINT_DIRECTORY,
): Promise<number> {
  const say = (line: string): void => stderr(`${line}\n`);
  const program = new Command('localstack')
    .description(
      'The desk as Lambdas on this machine: a LocalStack-compatible endpoint, stage local of the CDK app, and the feeds process with the demo market.',
    )
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr });
  program
    .command('up')
    .description('starts what is not running yet: endpoint, stack, configuration, feeds')
    .option('--config <file>', 'the configuration to push', resolve(ROOT, 'deckle.yaml'))
    .addHelpText(
      'after',
      `
The endpoint is the one that AWS_ENDPOINT_URL names, else one that answers on 127.0.0.1:${ENDPOINT_PORT}, else MiniStack, which is
installed below .deckle/ministack (Python 3.10 or newer, once) and started there.`,
    )
    .action(async ({ config }: { config: string }) => {
      const file = resolve(config);
      if (!existsSync(file))
        throw new EndpointError(`there is no configuration ${file}; name one with --config`);
      await up({ env, directory, port: ENDPOINT_PORT, say }, file);
    });
  program
    .command('down')
    .description('ends what up started; an endpoint that was running before is left alone')
    .option('--forget', 'also forget what was deployed and traded there')
    .action(({ forget }: { forget?: true }) => down({ directory, forget: forget ?? false, say }));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof EndpointError)) throw error;
    say(`localstack: ${error.message}`);
    return 1;
  }
}
