import type { ConfigResult } from '../../core/config/desk-config.ts';
import type { Stage } from '../../core/config/stages.ts';
import type { FeedSign, StoredConfig } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import type { StackOutputs } from '../stack-view/connect-stack.ts';
import type { StackPlace } from '../stack-view/stack-place.ts';
import type { PutAside } from '../stack-view/trouble.ts';

/** What was asked for, or in words why it could not be had. */
export type Gathered<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: string };

export interface StackFacts {
  /** CloudFormation's own word, e.g. `UPDATE_COMPLETE`. */
  readonly status: string;
  /** Where it is, by its own name; null when that does not tell. */
  readonly region: string | null;
  readonly outputs: StackOutputs;
}

export interface TableFacts {
  readonly mode: ModeState;
  readonly inForce: StoredConfig | undefined;
}

export interface Subscription {
  readonly topic: 'critical' | 'notice';
  readonly protocol: string;
  readonly endpoint: string;
  /** False until its owner has followed the link in the mail. */
  readonly confirmed: boolean;
}

/**
 * What an account may send SMS to: in the sandbox, where every account begins, to numbers it has verified only; null when
 * those could not be listed.
 */
export type SmsSandbox =
  | { readonly isIn: false }
  | { readonly isIn: true; readonly verified: readonly string[] | null };

export interface FailureQueue {
  readonly queue: string;
  /** Null when there is no such queue. */
  readonly messages: number | null;
}

/** What is amiss with the secret that holds Kalshi's keys; nothing of what it holds. */
export interface KalshiSecret {
  /** Fields that are not in it, or empty. */
  readonly missing: readonly string[];
  /** Why its private key cannot be used, in words; null when it can, or a field is missing. */
  readonly keyFault: string | null;
}

/** A deployment as it was found at one moment. */
export interface DeployFacts {
  readonly now: EpochMs;
  readonly stage: Stage;
  readonly place: StackPlace;
  readonly configFile: { readonly path: string; readonly result: ConfigResult };
  /** Null when there is no such stack. */
  readonly stack: Gathered<StackFacts | null>;
  /** Whether the CDK is bootstrapped there; looked at only when the stack is missing. */
  readonly bootstrap: Gathered<boolean> | null;
  /** Null when the stage names none; a known null when there is no such secret. */
  readonly kalshiSecret: Gathered<KalshiSecret | null> | null;
  /** What is behind the stack's outputs; null when the stack could not be looked at. */
  readonly behind: BehindFacts | null;
}

export interface BehindFacts {
  readonly table: Gathered<TableFacts>;
  /** `NEW_AND_OLD_IMAGES` and the like; null when the table has no stream. */
  readonly stream: Gathered<string | null>;
  readonly feed: Gathered<FeedSign | undefined>;
  readonly putAside: Gathered<PutAside>;
  readonly subscriptions: Gathered<readonly Subscription[]>;
  /** Null when no phone number is to be told. */
  readonly smsSandbox: Gathered<SmsSandbox> | null;
  readonly failureQueue: Gathered<FailureQueue>;
}
