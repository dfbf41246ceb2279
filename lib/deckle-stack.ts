import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LedgerTable } from './ledger-table.ts';
import type { StageName } from './stage.ts';

export interface DeckleStackProps extends StackProps {
  readonly stage: StageName;
}

/** A desk in one account and region. */
export class DeckleStack extends Stack {
  constructor(scope: Construct, id: string, { stage, ...props }: DeckleStackProps) {
    super(scope, id, { description: `Deckle, a paper-trading desk (${stage})`, ...props });
    const ledger = new LedgerTable(this, 'Ledger', { stage });
    new CfnOutput(this, 'LedgerTableName', { value: ledger.table.tableName });
  }
}
