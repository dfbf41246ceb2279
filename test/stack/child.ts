import { spawn } from 'node:child_process';

/** A program that a stack test started; all of them are ended with the stack. */
export interface Child {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  isRunning(): boolean;
  /** Ends it in order, and by force when it does not end within 20 s; gives its exit code. */
  stop(): Promise<number | null>;
  kill(): void;
}

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Runs it as another user; only root can. */
  readonly uid?: number;
}

const STOP_MS_MAX = 20_000;

export function startChild(command: string, args: readonly string[], options: ChildOptions): Child {
  const { env, cwd, uid } = options;
  const child = spawn(command, args, {
    env,
    cwd,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  let isOver = false;
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('error', (error) => {
      isOver = true;
      resolve({ code: null, stdout: said.stdout, stderr: `${said.stderr}${error.message}` });
    });
    child.once('close', (code) => {
      isOver = true;
      resolve({ code, ...said });
    });
  });
  const kill = (): void => {
    if (!isOver) child.kill('SIGKILL');
  };
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    ended,
    isRunning: () => !isOver,
    async stop() {
      if (!isOver) child.kill('SIGTERM');
      const timer = setTimeout(kill, STOP_MS_MAX);
      const { code } = await ended;
      clearTimeout(timer);
      return code;
    },
    kill,
  };
}
