import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../adapters/config/load-config.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Changes } from '../lifecycle/demo-config.ts';
import { configFile } from '../lifecycle/demo-config.ts';

/** A configuration as a file to push and as what it means. */
export interface ConfigOnDisk {
  readonly file: string;
  readonly config: DeskConfig;
}

/** The shipped configuration with some fields changed. */
export function writeConfig(directory: string, name: string, changes: Changes): ConfigOnDisk {
  const folder = join(directory, 'config', name);
  mkdirSync(folder, { recursive: true });
  const file = configFile(folder, changes);
  const loaded = loadConfig(file, sha256);
  if (loaded.kind === 'invalid') throw new Error(`${name}: ${JSON.stringify(loaded.issues)}`);
  return { file, config: loaded.config };
}

/** Strategies that trade every few seconds: a minute of the clock then shows what an hour of patience would. */
export const BUSY: Changes = [0, 1, 2].flatMap((n) => [
  [['strategies', n, 'params', 'interval'], '1s'],
  [['strategies', n, 'params', 'fast'], 2],
  [['strategies', n, 'params', 'slow'], 4],
  [['strategies', n, 'params', 'minConfidence'], 0],
]);

/** The smallest drawdown limit there is: any loss is too much. */
export const NO_LOSS_ALLOWED: Changes = [
  [['accounts', 0, 'limits', 'drawdownBpsMax'], 1],
  [['accounts', 1, 'limits', 'drawdownBpsMax'], 1],
];
