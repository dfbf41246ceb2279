import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installMinistack, MINISTACK_VERSION } from '../../../local/endpoint/install-ministack.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';

/** A program that stands for a Python of some kind: what it does when asked its version, and to make an environment. */
function python(directory: string, version: string, venv: string): string {
  const path = join(directory, 'python3');
  writeFileSync(
    path,
    `#!/bin/sh\necho "$@" >> ${directory}/calls\nif [ "$1" = -c ]; then echo "${version}"; else shift 3; ${venv}; fi\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/** Makes an environment whose own Python does this. */
const makes = (pip: string): string =>
  `mkdir -p "$1/bin"; printf '#!/bin/sh\\n${pip}\\n' > "$1/bin/python"; chmod +x "$1/bin/python"`;

const install = (directory: string, program: string) =>
  installMinistack({ directory: join(directory, 'endpoint'), python: program, say: () => undefined });

test('without Python the error says what to install and what to do instead', async () => {
  const installed = install(temporaryDirectory(), '/nowhere/python3');
  await expect(installed).rejects.toThrow('/nowhere/python3 is not there');
  await expect(installed).rejects.toThrow(/apt install python3 python3-venv.*docker compose up/);
});

test.each(['3 9', '2 7'])('Python %s is too old', async (version) => {
  const directory = temporaryDirectory();
  const installed = install(directory, python(directory, version, 'exit 0'));
  await expect(installed).rejects.toThrow(
    `is ${version.replace(' ', '.')}; the local endpoint needs Python 3.10 or newer`,
  );
});

test('a Python without its venv module is told in its own words, with the package that has it', async () => {
  const directory = temporaryDirectory();
  const installed = install(directory, python(directory, '3 11', 'echo ensurepip is not available; exit 1'));
  await expect(installed).rejects.toThrow(/ensurepip is not available\n.*apt install python3-venv/);
});

test('what pip says is told when it cannot install, and the next call tries again', async () => {
  const directory = temporaryDirectory();
  const program = python(directory, '3 11', makes('echo no network >&2; exit 1'));
  for (let attempt = 1; attempt <= 2; attempt++)
    await expect(install(directory, program)).rejects.toThrow(
      `pip could not install ministack==${MINISTACK_VERSION}:\nno network`,
    );
});

test('it is installed once; an installation that was cut short is made anew', async () => {
  const directory = temporaryDirectory();
  const calls = (): number => readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n').length;
  const program = python(directory, '3 11', makes('touch "$(dirname "$0")/ministack"'));
  const executable = await install(directory, program);
  expect(existsSync(executable)).toBe(true);
  expect(calls()).toBe(2);
  expect(await install(directory, program)).toBe(executable);
  expect(calls()).toBe(2);
  writeFileSync(join(directory, 'endpoint', 'venv', 'deckle-installed'), '');
  expect(await install(directory, program)).toBe(executable);
  expect(calls()).toBe(4);
});
