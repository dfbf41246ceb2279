import { systemClock } from '../../adapters/clock.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { isoTime } from '../../core/time.ts';
import { stackErrorOf } from '../stack-view/stack-error.ts';
import type { CommonOptions } from './cli.ts';
import { personName } from './person.ts';
import { refuseWhatWouldHaltAgain } from './refuse-resume.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';
import { requireStage } from './with-desk.ts';

interface StackOption {
  readonly stack: string;
}

/**
 * `kill` on a stack: stores the halted mode, which every order and fill checks in its own transaction. It needs the table,
 * and CloudFormation to tell the table's name unless `DECKLE_TABLE` does. The alert goes out from the table's stream. 0 only
 * when the mode is stored.
 */
export async function killStack(
  options: CommonOptions & StackOption & { readonly reason: string },
  terminal: Terminal,
): Promise<number> {
  const stage = requireStage(options.stack);
  const { withTable, commandOf, titleOf } = await import('../stack-view/stack-view.ts');
  const { haltStack } = await import('../stack-view/halt-stack.ts');
  return withTable(stage, process.env, async ({ store, place, table }) => {
    const { mode, isNew } = await haltStack({
      modes: createModeStore(store, systemClock),
      clock: systemClock,
      reason: options.reason,
      author: personName(),
      isPassing: (error) => {
        if (!(error instanceof StoreError)) return false;
        const fault = stackErrorOf(error, place, 'write the mode')?.fault;
        return fault === undefined || fault === 'no_answer';
      },
    });
    const { stackName: stack } = place;
    if (options.json)
      terminal.stdout(
        `${JSON.stringify({ halted: true, stack, table, version: mode.version, reason: mode.reason, author: mode.author, already: !isNew })}\n`,
      );
    else
      terminal.stdout(
        `halted: nothing is admitted and nothing fills in ${titleOf(place)}.${
          isNew
            ? ` The mode is stored; the alert goes out from the stream of the table.${place.table !== undefined && mode.version === 1 ? ' Trading was never begun on that table: make sure that it is the one of the stack.' : ''}`
            : ` It was halted already, since ${isoTime(mode.changedAt)} by ${mode.author}: ${mode.reason}.`
        }\nOnly a person resumes: ${commandOf(stage.name)} resume --reason "..."\n`,
      );
    return 0;
  });
}

/** `resume` on a stack: as on a session, by the table alone as {@link killStack}; the news goes out from its stream. */
export async function resumeStack(
  options: CommonOptions & StackOption & { readonly reason: string; readonly rebasePeak?: true },
  terminal: Terminal,
): Promise<number> {
  const stage = requireStage(options.stack);
  const { withTableView } = await import('../stack-view/stack-view.ts');
  return withTableView(stage, process.env, async (view) => {
    const mode = await view.modes.mode();
    if (mode.mode === 'active') {
      say(options, terminal, `trading is active already in ${view.title}`, mode);
      return 0;
    }
    await refuseWhatWouldHaltAgain(mode, view, options);
    const next: Omit<ModeState, 'version'> = {
      mode: 'active',
      cause: 'person',
      reason: options.reason,
      author: personName(),
      changedAt: systemClock.now(),
      until: null,
    };
    if ((await view.modes.setMode(mode, next)) === 'conflict')
      throw new CommandError(
        `the trading mode changed at this very moment; look at it with ${view.command} status, and try again`,
      );
    say(options, terminal, `trading is active again in ${view.title}`, await view.modes.mode());
    return 0;
  });
}

function say(options: CommonOptions, terminal: Terminal, words: string, mode: ModeState): void {
  if (options.json)
    terminal.stdout(
      `${JSON.stringify({ mode: mode.mode, version: mode.version, changedAt: isoTime(mode.changedAt) })}\n`,
    );
  else terminal.stdout(`${words}\n`);
}
