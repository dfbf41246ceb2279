import { formatIssues, loadConfig } from '../../adapters/config/load-config.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { CommonOptions } from './cli.ts';
import type { Terminal } from './terminal.ts';

/** `config validate`: 0 when the file is valid, 2 with every issue when it is not. */
export async function configValidate(
  path: string,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const result = loadConfig(path, sha256);
  if (options.json) {
    const { kind } = result;
    const document =
      result.kind === 'valid'
        ? { valid: true, file: path, hash: result.config.hash, defaulted: result.config.defaulted }
        : { valid: false, file: path, issues: result.issues };
    terminal.stdout(`${JSON.stringify(document)}\n`);
    return kind === 'valid' ? 0 : 2;
  }
  if (result.kind === 'invalid') {
    terminal.stderr(`${formatIssues(path, result.issues)}\n`);
    return 2;
  }
  const { config } = result;
  terminal.stdout(
    `${path} is valid: ${config.accounts.length} accounts, ${config.strategies.length} strategies, hash ${config.hash.slice(0, 12)}\n`,
  );
  if (config.defaulted.length > 0)
    terminal.stdout(`defaults in force (docs/configuration.md): ${config.defaulted.join(', ')}\n`);
  return 0;
}
