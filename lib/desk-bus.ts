import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import { physicalName } from './physical-name.ts';

/** The one bus: the feed's windows, the strategies' signals and the ledger's news. */
export class DeskBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: physicalName(stage) });
  }
}
