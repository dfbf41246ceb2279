import { loadConfig } from '../../adapters/config/load-config.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { Finding } from '../deploy-check/finding.ts';
import type { CommonOptions } from './cli.ts';
import type { Terminal } from './terminal.ts';
import { requireStage } from './with-desk.ts';

/** `deploy-check`: 0 when a stack has all it needs, 1 with a numbered list of what to fix. */
export async function deployCheck(
  options: CommonOptions & { readonly stack: string; readonly config: string },
  terminal: Terminal,
): Promise<number> {
  const stage = requireStage(options.stack);
  const { gatherDeployFacts } = await import('../deploy-check/gather.ts');
  const { deployChecks } = await import('../deploy-check/checks.ts');
  const configFile = { path: options.config, result: loadConfig(options.config, sha256) };
  const findings = deployChecks(await gatherDeployFacts(stage, process.env, configFile));
  if (options.json) terminal.stdout(`${JSON.stringify(findings)}\n`);
  else terminal.stdout(`${lines(findings).join('\n')}\n`);
  return findings.every((one) => one.ok) ? 0 : 1;
}

function lines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map((one) => one.check.length));
  const amiss = findings.filter((one) => !one.ok);
  return [
    ...findings.filter((one) => one.ok).map((one) => `ok  ${one.check.padEnd(width)}  ${one.detail}`),
    ...(amiss.length === 0
      ? ['nothing to fix']
      : ['', amiss.length === 1 ? 'One thing to fix:' : `${amiss.length} things to fix:`]),
    ...amiss.flatMap((one, i) => [`${i + 1}. ${one.check}: ${one.detail}`, `   fix: ${one.fix}`]),
  ];
}
