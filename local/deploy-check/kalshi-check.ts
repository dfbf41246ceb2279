import { liveVenues } from '../feeds/open-live-feed.ts';
import type { DeployFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { amiss, judged, well } from './finding.ts';

/** Looked at where a secret is named, or Kalshi is followed without one. */
export function kalshiCheck(facts: DeployFacts): readonly Finding[] {
  const { kalshiSecret, stage, place } = facts;
  const check = 'kalshi keys';
  const name = stage.secrets.kalshi;
  if (kalshiSecret === null || name === null)
    return followsKalshi(facts)
      ? [
          well(
            check,
            "no secret is named under 'secrets' in stages.yaml: Kalshi's books come by REST, every few seconds",
          ),
        ]
      : [];
  return [
    judged(check, kalshiSecret, (secret) => {
      if (secret === null)
        return amiss(
          check,
          `there is no secret ${name} in ${place.region}: the feeds task cannot start`,
          `${putCommand('create-secret --name', name, place.region)}; or ${leaveOut(facts)}`,
        );
      if (secret.missing.length > 0)
        return amiss(
          check,
          `the secret ${name} has no ${secret.missing.join(' and no ')}: the feeds task cannot start`,
          putCommand('put-secret-value --secret-id', name, place.region),
        );
      if (secret.keyFault !== null)
        return amiss(
          check,
          `the secret ${name} cannot open Kalshi's stream: ${secret.keyFault}`,
          putCommand('put-secret-value --secret-id', name, place.region),
        );
      return well(check, `the secret ${name} has keyId and privateKey; the task reads them when it starts`);
    }),
  ];
}

function followsKalshi({ configFile: { result } }: DeployFacts): boolean {
  return (
    result.kind === 'valid' &&
    result.config.feed.source === 'live' &&
    liveVenues(result.config).includes('kalshi')
  );
}

/** The file is written by hand: what is on a command line stays in the shell's history. */
const putCommand = (action: string, name: string, region: string): string =>
  `aws secretsmanager ${action} ${name} --region ${region} --secret-string file://kalshi.json (docs/deploy.md says what is in that file)`;

const leaveOut = ({ stage, place }: DeployFacts): string =>
  `set secrets.kalshi of stage ${stage.name} in stages.yaml to null, and npx cdk deploy --context stage=${place.stage}`;
