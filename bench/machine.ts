import { cpus, totalmem } from 'node:os';

const GIB = 1024 ** 3;

/** What the figures were measured on, in one line: without it they mean nothing. */
export function machine(): string {
  const all = cpus();
  const memory = `${(totalmem() / GIB).toFixed(0)} GiB`;
  return `${all[0]?.model ?? 'unknown cpu'}, ${all.length} cores, ${memory}, ${process.platform}, node ${process.version}`;
}

/** The value below which a share of the samples lies, by nearest rank. `share` is in (0, 1]; NaN of no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
