import { isoTime } from '../../core/time.ts';
import type { CommonOptions } from './cli.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';
import { requireStage } from './with-desk.ts';

/** `replay --windows` on a stack, each window under the configuration it was published under; 0 when the ledger hash is the same. */
export async function replayOnStack(
  stack: string,
  options: CommonOptions & { readonly windows?: true },
  terminal: Terminal,
): Promise<number> {
  if (!options.windows)
    throw new CommandError('a stack is replayed from its window log only: add --windows', 2);
  const stage = requireStage(stack);
  const { withStackView } = await import('../stack-view/stack-view.ts');
  const { replayStack } = await import('../stack-view/replay-stack.ts');
  return withStackView(stage, process.env, async (view) => {
    const result = await replayStack(view);
    const { stored, replayed, windows, gaps, versions, readOtherwise } = result;
    const same = stored === replayed;
    const through = isoTime(result.through);
    if (options.json) {
      const document = { stack: view.connection.place.stackName, ...result, through, same };
      terminal.stdout(`${JSON.stringify(document)}\n`);
      return same ? 0 : 1;
    }
    const notes = [
      ...(gaps === 0
        ? []
        : [
            `the window log lacks ${gaps} ${gaps === 1 ? 'stretch' : 'stretches'} that the feed had published`,
          ]),
      ...(versions.length <= 1
        ? []
        : [
            `the windows were published under ${versions.length} versions of the configuration, one after the other: ${versions.map(short).join(', ')}`,
          ]),
      ...readOtherwise.map(
        (hash) =>
          `this version of Deckle reads configuration ${short(hash)} otherwise than the one that pushed it, and may make something else of it`,
      ),
    ];
    terminal.stdout(
      [
        `${same ? 'the same ledger' : 'ANOTHER LEDGER'} from ${windows} logged windows and the recorded decisions, through ${through}: stored ${stored}, replayed ${replayed}`,
        ...notes.map((note) => `  note: ${note}`),
        '',
      ].join('\n'),
    );
    return same ? 0 : 1;
  });
}

const short = (hash: string): string => hash.slice(0, 12);
