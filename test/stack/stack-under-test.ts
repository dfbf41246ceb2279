import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import type { FunctionName } from '../../lambdas/topology.ts';
import { bootstrap, deployLocal, endpointEnvironment } from '../../local/endpoint/deploy-stage.ts';
import { feedsEnvironment } from '../../local/endpoint/feeds-on-host.ts';
import { installMinistack } from '../../local/endpoint/install-ministack.ts';
import { findMinistack, startMinistack, stopMinistack } from '../../local/endpoint/ministack.ts';
import { ENDPOINT_DIRECTORY, loopbackUrl, ROOT } from '../../local/endpoint/places.ts';
import type { EndpointClients } from '../../local/endpoint/stack-outputs.ts';
import { clientsOf, localOutputs } from '../../local/endpoint/stack-outputs.ts';
import type { AwsClients } from './aws-clients.ts';
import { openClients } from './aws-clients.ts';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import { freePort } from './free-port.ts';
import type { LogLine } from './function-logs.ts';
import { functionLogs } from './function-logs.ts';
import type { Leash } from './leash.ts';
import { createLeash } from './leash.ts';

/** What a command of the command line gave. */
export interface Command {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface StartedEndpoint {
  readonly directory: string;
  readonly port: number;
  readonly pid: number;
  readonly leash: Leash;
}

/**
 * Stage `local` on an endpoint of its own: a free port, its own state, nothing shared with one that runs already. Whatever
 * it started is ended by `stop`, and by force when the test process dies without it.
 */
export class StackUnderTest {
  readonly directory: string;
  readonly port: number;
  /** Of the endpoint itself. */
  readonly pid: number;
  readonly clients: EndpointClients;
  readonly aws: AwsClients;
  readonly env: NodeJS.ProcessEnv;
  /** Every program started so far. */
  readonly children: Child[] = [];
  readonly #leash: Leash;
  readonly #logGroups = new Map<FunctionName, string>();
  #outputs: Readonly<Record<string, string | undefined>> = {};

  private constructor({ directory, port, pid, leash }: StartedEndpoint) {
    this.directory = directory;
    this.port = port;
    this.pid = pid;
    this.#leash = leash;
    const bare = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(AWS_|DECKLE_|NODE_OPTIONS$|VITEST|NODE_ENV$)/.test(name),
      ),
    );
    this.env = endpointEnvironment(loopbackUrl(port), bare);
    this.clients = clientsOf(this.env);
    this.aws = openClients(this.clients);
  }

  /** Starts the endpoint; nothing is deployed yet. */
  static async start(): Promise<StackUnderTest> {
    const executable = await installMinistack({
      directory: ENDPOINT_DIRECTORY,
      say: (line) => process.stderr.write(`${line}\n`),
    });
    const directory = mkdtempSync(join(tmpdir(), 'deckle-stack-'));
    const port = await freePort();
    // A burst of duplicates leaves many idle workers behind, each a process with its memory.
    const env = { ...process.env, LAMBDA_WARM_TTL_SECONDS: '20' };
    const leash = createLeash(directory);
    const { pid } = await startMinistack({ executable, directory, port, env });
    // Its workers are in its group.
    leash.hold(-pid);
    return new StackUnderTest({ directory, port, pid, leash });
  }

  /** Deploys this tree, or a copy of it. */
  async deploy(root: string = ROOT): Promise<void> {
    await bootstrap(this.env);
    await deployLocal(this.env, { output: join(this.directory, 'cdk.out'), root });
    this.#outputs = await localOutputs(this.clients);
  }

  output(name: string): string {
    const value = this.#outputs[name];
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  }

  /** Runs `deckle --stack local ...` as a person would. */
  deckle(...args: readonly string[]): Promise<Command> {
    return this.child(process.execPath, ['bin/deckle.ts', '--stack', 'local', ...args]).ended;
  }

  /** Starts the feeds process from its sources. */
  feeds(...args: readonly string[]): Child {
    return this.child(process.execPath, ['bin/feeds.ts', 'run', '--port', '0', ...args], {
      env: this.feedsEnv(),
    });
  }

  feedsEnv(): NodeJS.ProcessEnv {
    return feedsEnvironment(this.#outputs, this.env);
  }

  child(
    command: string,
    args: readonly string[],
    { env = this.env, cwd = ROOT, uid }: { env?: NodeJS.ProcessEnv; cwd?: string; uid?: number } = {},
  ): Child {
    const child = startChild(command, args, { env, cwd, ...(uid === undefined ? {} : { uid }) });
    this.children.push(child);
    this.#leash.hold(child.pid);
    return child;
  }

  functionName = (name: FunctionName): string => `deckle-local-${name}`;

  /** Calls a function and waits for its answer. @throws Error with what it said when it failed. */
  async invoke(name: FunctionName, payload: unknown): Promise<void> {
    const answer = await this.aws.lambda.send(
      new InvokeCommand({ FunctionName: this.functionName(name), Payload: JSON.stringify(payload) }),
    );
    if (answer.FunctionError)
      throw new Error(`${name} failed: ${Buffer.from(answer.Payload ?? []).toString('utf8')}`);
  }

  /** What a function logged since a wall time. */
  async logs(name: FunctionName, since: number): Promise<readonly LogLine[]> {
    let group = this.#logGroups.get(name);
    if (group === undefined) {
      const { LoggingConfig } = await this.aws.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: this.functionName(name) }),
      );
      group = LoggingConfig?.LogGroup ?? `/aws/lambda/${this.functionName(name)}`;
      this.#logGroups.set(name, group);
    }
    return functionLogs(this.clients, group, since);
  }

  /** Ends everything that was started, whatever state it is in; may be called again. */
  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
    this.aws.destroy();
    if (findMinistack(this.directory)) await stopMinistack(this.directory);
    this.#leash.release();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
