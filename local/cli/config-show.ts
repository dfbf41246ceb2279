import { stringify } from 'yaml';
import { isoTime } from '../../core/time.ts';
import type { CommonOptions } from './cli.ts';
import type { Terminal } from './terminal.ts';
import { requireStage } from './with-desk.ts';

/** `config show`: the configuration in force, as YAML that `config push` takes back. */
export async function configShow(
  options: CommonOptions & { readonly stack: string },
  terminal: Terminal,
): Promise<number> {
  const { withStackView } = await import('../stack-view/stack-view.ts');
  const { stored, title } = await withStackView(
    requireStage(options.stack),
    process.env,
    async (view) => view,
  );
  const { hash, document, pushedAt, pushedBy } = stored;
  if (options.json)
    terminal.stdout(`${JSON.stringify({ hash, pushedAt: isoTime(pushedAt), pushedBy, document })}\n`);
  else
    terminal.stdout(
      `# In force at ${title}: hash ${hash},\n# pushed at ${isoTime(pushedAt)} by ${pushedBy}.\n${stringify(document)}`,
    );
  return 0;
}
