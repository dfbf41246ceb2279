import { constants, copyFileSync, existsSync, linkSync, rmSync } from 'node:fs';

const SUFFIXES = ['', '-wal', '-shm'];

/** Files of a store under a second name; `release` then takes the first name away. */
export interface KeptAside {
  readonly path: string;
  release(): void;
}

/**
 * Gives a store's file (and SQLite's two companions) a second name, `<path>.corrupt-<n>` with the first free n. Never
 * overwrites: the name is taken with an exclusive link. At every moment the bytes have at least one name, so a process
 * killed in between loses nothing; `release` is called once the file is closed.
 */
export function keepAside(path: string): KeptAside {
  const aside = takeName(path);
  for (const suffix of SUFFIXES.slice(1)) {
    if (existsSync(path + suffix)) copyName(path + suffix, aside + suffix);
  }
  return {
    path: aside,
    release: () => {
      for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
    },
  };
}

function takeName(path: string): string {
  for (let n = 1; ; n += 1) {
    const aside = `${path}.corrupt-${n}`;
    if (SUFFIXES.some((suffix) => existsSync(aside + suffix))) continue;
    try {
      copyName(path, aside);
      return aside;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

// A hard link needs no room and no time, but not every file system has them.
function copyName(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (isTaken(error)) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
