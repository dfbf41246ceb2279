import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { KALSHI_SECRET_FIELDS, type Stage } from '../core/config/stages.ts';

/**
 * What the feeds container is given of the secrets that a stage names, by environment variable: references, which the
 * platform resolves when the task starts. Making the container with them lets its execution role read these secrets, and
 * nobody else. What a secret holds is neither in the template nor in the task's definition.
 */
export function venueSecrets(scope: Construct, { secrets: { kalshi } }: Stage): Record<string, EcsSecret> {
  if (kalshi === null) return {};
  const secret = secretNamed(scope, 'KalshiKeys', kalshi);
  return Object.fromEntries(
    Object.entries(KALSHI_SECRET_FIELDS).map(([field, variable]) => [
      variable,
      EcsSecret.fromSecretsManager(secret, field),
    ]),
  );
}

const secretNamed = (scope: Construct, id: string, name: string): ISecret =>
  name.startsWith('arn:')
    ? Secret.fromSecretCompleteArn(scope, id, name)
    : Secret.fromSecretNameV2(scope, id, name);
