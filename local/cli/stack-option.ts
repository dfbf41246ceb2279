import type { Command } from 'commander';
import type { CommonOptions } from './cli.ts';
import { CommandError } from './terminal.ts';

/** Commands that are about a file on this machine only. */
const WITHOUT_STACK = new Set(['start', 'reset', 'validate']);
/** Options that name a file on this machine, by command line spelling. */
const OF_SESSIONS: Readonly<Record<string, string>> = {
  dir: '--dir',
  session: '--session',
  recording: '--recording',
};

/** Refuses what does not go with `--stack`. @throws CommandError with exit code 2. */
export function checkStackOption(command: Command): void {
  const { stack } = command.optsWithGlobals<{ readonly stack?: string }>();
  if (stack === undefined) return;
  if (WITHOUT_STACK.has(command.name()))
    throw new CommandError(
      `${command.name()} works on files of this machine; it does not go with --stack`,
      2,
    );
  for (const [name, flag] of Object.entries(OF_SESSIONS))
    if (command.getOptionValueSource(name) === 'cli')
      throw new CommandError(`${flag} is about sessions on this machine; it does not go with --stack`, 2);
}

/** The options of a command that is about a stack only. @throws CommandError when none is named. */
export function requireStack<T extends CommonOptions>(options: T): T & { readonly stack: string } {
  if (options.stack === undefined) throw new CommandError('name the stack it is about, e.g. --stack dev', 2);
  return { ...options, stack: options.stack };
}
