import { expect, test } from 'vitest';
import type { Stage } from '../../../core/config/stages.ts';
import { stackPlace } from '../../../local/stack-view/stack-place.ts';

const pinned: Stage = {
  name: 'dev',
  region: 'eu-west-1',
  alerts: { emails: [], sms: [] },
  schedules: {},
  logRetentionDays: 7,
  trace: false,
  secrets: { kalshi: null },
};
const anywhere: Stage = { ...pinned, region: null };
const both = { AWS_REGION: 'ap-northeast-1', AWS_DEFAULT_REGION: 'us-east-1' };

test.each([
  { stage: pinned, env: {}, region: 'eu-west-1', from: 'stage dev in stages.yaml' },
  { stage: pinned, env: both, region: 'eu-west-1', from: 'stage dev in stages.yaml' },
  { stage: anywhere, env: both, region: 'ap-northeast-1', from: 'AWS_REGION' },
  {
    stage: anywhere,
    env: { ...both, AWS_REGION: '' },
    region: 'us-east-1',
    from: 'AWS_DEFAULT_REGION',
  },
  { stage: anywhere, env: {}, region: undefined, from: 'the AWS profile' },
])('region $stage.region with $env looks in $region, of $from', ({ stage, env, region, from }) => {
  const { place, settings } = stackPlace(stage, env);
  expect(settings.region).toBe(region);
  expect(place).toMatchObject({
    region: region ?? 'unknown',
    regionFrom: from,
    isPinned: stage.region !== null,
  });
});
