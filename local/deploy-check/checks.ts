import {
  failuresCheck,
  feedCheck,
  inForceCheck,
  modeCheck,
  putAsideCheck,
  smsCheck,
  streamCheck,
  subscriptionChecks,
  tableCheck,
} from './behind-checks.ts';
import type { BehindFacts, DeployFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { kalshiCheck } from './kalshi-check.ts';
import { regionCheck } from './region-check.ts';
import { bootstrapCheck, configurationCheck, outputsCheck, stackCheck } from './stack-checks.ts';

/** Everything that can be said from the facts, in the order in which a person would put it right. */
export function deployChecks(facts: DeployFacts): readonly Finding[] {
  return [
    configurationCheck(facts),
    regionCheck(facts),
    ...kalshiCheck(facts),
    ...bootstrapCheck(facts),
    stackCheck(facts),
    ...outputsCheck(facts),
    // Without the stack nothing behind it can be found, and saying so eight times helps nobody.
    ...(facts.behind === null ? [] : behindChecks(facts, facts.behind)),
  ];
}

const behindChecks = (facts: DeployFacts, behind: BehindFacts): readonly Finding[] => [
  tableCheck(facts, behind),
  ...(behind.table.kind === 'known'
    ? [
        streamCheck(facts, behind),
        ...inForceCheck(facts, behind),
        ...modeCheck(facts, behind),
        feedCheck(facts, behind),
        putAsideCheck(facts, behind),
      ]
    : []),
  ...subscriptionChecks(facts, behind),
  ...smsCheck(facts, behind),
  failuresCheck(facts, behind),
];
