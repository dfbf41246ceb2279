import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../adapters/make-folder.ts';
import { EndpointError } from './endpoint-error.ts';
import { runCommand, tail } from './run-command.ts';

/** The one version that the stack tests have run on; behavior differs between versions. */
export const MINISTACK_VERSION = '1.5.33';

export interface InstallOptions {
  /** The virtual environment is made in `venv` below it. */
  readonly directory: string;
  /** The Python to make it with. */
  readonly python?: string;
  readonly say: (line: string) => void;
}

/** What MiniStack asks for. */
const PYTHON_MIN = [3, 10] as const;
const PYTHON_MS_MAX = 20_000;
const VENV_MS_MAX = 120_000;
const PIP_MS_MAX = 600_000;
const ELSEWHERE =
  'or run a LocalStack-compatible endpoint another way (docker compose up, or AWS_ENDPOINT_URL=http://...)';

/**
 * The path of an installed MiniStack, which it installs from the package index first where need be: a virtual environment
 * of its own, so that nothing outside the directory is changed.
 * @throws EndpointError in words: no Python, too old a Python, no venv module, no network.
 */
export async function installMinistack({
  directory,
  python = 'python3',
  say,
}: InstallOptions): Promise<string> {
  const venv = join(directory, 'venv');
  const executable = join(venv, 'bin', 'ministack');
  // Written last: an installation that was cut short has none and is made anew.
  const marker = join(venv, 'deckle-installed');
  if (existsSync(executable) && existsSync(marker) && readFileSync(marker, 'utf8') === MINISTACK_VERSION)
    return executable;
  await requirePython(python);
  makeFolder(directory);
  say(`installing MiniStack ${MINISTACK_VERSION} into ${venv} (once, a minute or so)`);
  const made = await runCommand(python, ['-m', 'venv', '--clear', venv], { timeoutMs: VENV_MS_MAX });
  if (made.code !== 0)
    throw new EndpointError(
      `${python} cannot make a virtual environment: ${tail(made.output, 3)}\nInstall its venv module (Debian and Ubuntu: apt install python3-venv), ${ELSEWHERE}`,
    );
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  const installed = await runCommand(
    join(venv, 'bin', 'python'),
    [...pip, `ministack==${MINISTACK_VERSION}`],
    { timeoutMs: PIP_MS_MAX },
  );
  if (installed.code !== 0)
    throw new EndpointError(
      `pip could not install ministack==${MINISTACK_VERSION}:\n${tail(installed.output, 5)}\nCheck the network and pip's index (pip config list), ${ELSEWHERE}`,
    );
  writeFileSync(marker, MINISTACK_VERSION);
  return executable;
}

async function requirePython(python: string): Promise<void> {
  const asked = 'import sys; print(sys.version_info[0], sys.version_info[1])';
  const wanted = `Python ${PYTHON_MIN.join('.')} or newer`;
  const install = `Install ${wanted} (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python), ${ELSEWHERE}`;
  const answer = await runCommand(python, ['-c', asked], { timeoutMs: PYTHON_MS_MAX }).catch(() => null);
  if (answer === null || answer.code !== 0)
    throw new EndpointError(
      `${python} is not there or does not run, and the local endpoint needs it. ${install}`,
    );
  const [major = 0, minor = 0] = answer.stdout.trim().split(' ').map(Number);
  if (major < PYTHON_MIN[0] || (major === PYTHON_MIN[0] && minor < PYTHON_MIN[1]))
    throw new EndpointError(`${python} is ${major}.${minor}; the local endpoint needs ${wanted}. ${install}`);
}
