import type { DeployFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { amiss, judged, well } from './finding.ts';

const OUTPUTS = ['LedgerTableName', 'BusName', 'BucketName', 'CriticalTopicArn', 'NoticeTopicArn'];
const DEPLOYED = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE']);

export const deployCommand = ({ stage, place }: Pick<DeployFacts, 'stage' | 'place'>): string =>
  stage.name === 'local' && place.endpoint !== null
    ? 'npm run localstack'
    : `npx cdk deploy --context stage=${stage.name}`;

export function configurationCheck({ configFile: { path, result } }: DeployFacts): Finding {
  const check = 'configuration file';
  if (result.kind === 'valid')
    return well(check, `${path} is valid, hash ${result.config.hash.slice(0, 12)}`);
  const [first] = result.issues;
  const more = result.issues.length > 1 ? `, and ${result.issues.length - 1} more` : '';
  return amiss(
    check,
    `${path}: ${first?.path} ${first?.message}${more}`,
    `npx deckle config validate ${path}`,
  );
}

export function stackCheck(facts: DeployFacts): Finding {
  const { stackName, region } = facts.place;
  const deploy = deployCommand(facts);
  return judged('stack', facts.stack, (stack) => {
    if (stack === null) return amiss('stack', `there is no ${stackName} in ${region}`, deploy);
    const { status } = stack;
    if (DEPLOYED.has(status)) return well('stack', `${stackName} in ${region} is ${status}`);
    if (status.endsWith('_IN_PROGRESS'))
      return amiss('stack', `${stackName} is ${status}`, 'Wait until it is done, and run deploy-check again');
    if (status === 'UPDATE_ROLLBACK_COMPLETE')
      return amiss(
        'stack',
        `${stackName} is ${status}: its last deployment failed, and what was there before still runs`,
        `See why: aws cloudformation describe-stack-events --region ${region} --stack-name ${stackName}; then ${deploy}`,
      );
    return amiss(
      'stack',
      `${stackName} is ${status}: it did not come up`,
      `See why: aws cloudformation describe-stack-events --region ${region} --stack-name ${stackName}; then npx cdk destroy --context stage=${facts.stage.name} and ${deploy}`,
    );
  });
}

export function bootstrapCheck(facts: DeployFacts): readonly Finding[] {
  const { bootstrap, place, stage } = facts;
  if (bootstrap === null) return [];
  const check = 'bootstrap';
  return [
    judged(check, bootstrap, (isThere) =>
      isThere
        ? well(check, `the CDK is bootstrapped in ${place.region}`)
        : amiss(
            check,
            `the CDK is not bootstrapped in ${place.region}: there is no stack CDKToolkit, so that nothing can be deployed`,
            stage.name === 'local'
              ? deployCommand(facts)
              : `npx cdk bootstrap aws://ACCOUNT/${place.region} (once per account and region; aws sts get-caller-identity tells ACCOUNT)`,
          ),
    ),
  ];
}

export function outputsCheck(facts: DeployFacts): readonly Finding[] {
  if (facts.stack.kind === 'unknown' || facts.stack.value === null) return [];
  const { outputs, status } = facts.stack.value;
  // A stack that did not come up has none, and that is its own finding.
  if (Object.keys(outputs).length === 0 && !DEPLOYED.has(status)) return [];
  const missing = OUTPUTS.filter((name) => outputs[name] === undefined);
  return [
    missing.length === 0
      ? well('outputs', 'table, bus, bucket and both topics are named')
      : amiss(
          'outputs',
          `the stack does not name ${missing.join(', ')}: it is of another version, or did not come up`,
          deployCommand(facts),
        ),
  ];
}
