import { relative } from 'node:path';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import { bootstrap, deployLocal, endpointEnvironment } from './deploy-stage.ts';
import { EndpointError } from './endpoint-error.ts';
import { feedsLog, startFeeds } from './feeds-on-host.ts';
import type { EndpointSearch, FoundEndpoint } from './find-endpoint.ts';
import { findOrStartEndpoint } from './find-endpoint.ts';
import { ministackLog } from './ministack.ts';
import { ROOT } from './places.ts';
import { runCommand, tail } from './run-command.ts';
import { clientsOf, localOutputs } from './stack-outputs.ts';

const PUSH_MS_MAX = 60_000;

/**
 * Brings the desk up on a local endpoint: endpoint, stage `local`, configuration, feeds process. Every step that is done
 * already is left as it is, so that it may be called again at any time.
 * @throws EndpointError in words; what was started until then stays, and `down` ends it.
 */
export async function up(search: EndpointSearch, configFile: string): Promise<void> {
  const { directory, say } = search;
  say('endpoint: looking for one, or starting MiniStack');
  const endpoint = await findOrStartEndpoint(search);
  say(`endpoint: ${endpoint.name} at ${endpoint.url} (${HOW[endpoint.how]})`);
  const env = endpointEnvironment(endpoint.url, search.env);
  say('stack: bootstrapping the endpoint for the CDK');
  await bootstrap(env);
  say('stack: deploying stage local');
  await deployLocal(env);
  const outputs = await localOutputs(clientsOf(env));
  say(`configuration: pushing ${relative(ROOT, configFile) || configFile}`);
  await pushConfig(configFile, env);
  const feeds = await startFeeds(directory, outputs, env);
  say(
    feeds.how === 'started'
      ? `feeds: running the demo market (pid ${feeds.process.pid})`
      : `feeds: running already (pid ${feeds.process.pid})`,
  );
  say(whatToWatch(endpoint, outputs, directory));
}

const HOW = {
  named: 'named by AWS_ENDPOINT_URL',
  there: 'was running already and is left alone by localstack:down',
  started: 'ended by localstack:down',
} as const;

/** Puts the configuration in force, with the command that a person would use. */
async function pushConfig(configFile: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['bin/deckle.ts', '--stack', 'local', 'config', 'push', configFile];
  const run = await runCommand(process.execPath, args, { cwd: ROOT, env, timeoutMs: PUSH_MS_MAX });
  if (run.code !== 0) throw new EndpointError(`the configuration could not be pushed:\n${tail(run.output)}`);
}

function whatToWatch(endpoint: FoundEndpoint, outputs: StackOutputs, directory: string): string {
  // The command line finds the usual place by itself; any other has to be named.
  const deckle = `${endpoint.how === 'named' ? `AWS_ENDPOINT_URL=${endpoint.url} ` : ''}npx deckle --stack local`;
  const log = (path: string): string => relative(process.cwd(), path) || path;
  return `
The desk runs on ${endpoint.url}. Watch it:
  ${deckle} status
  ${deckle} orders
  ${deckle} explain --all
  ${deckle} kill --reason "trying the switch"
  ${deckle} resume --reason "it works"
  tail -f ${log(feedsLog(directory))}${endpoint.how === 'started' ? `\n  tail -f ${log(ministackLog(directory))}    (the functions' own lines too)` : ''}
Table ${outputs['LedgerTableName']}, bus ${outputs['BusName']}, bucket ${outputs['BucketName']}.
End it: npm run localstack:down`;
}
