import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/topology.ts';
import { TOPOLOGY } from '../lambdas/topology.ts';
import { DeskFunction } from './desk-function.ts';
import type { DeskParts } from './desk-parts.ts';

export interface DeskFunctionsProps {
  readonly parts: DeskParts;
  /** The folder of each function's bundled code. */
  readonly code: Readonly<Record<FunctionName, string>>;
}

/** Every function of the topology, wired as it says. */
export class DeskFunctions extends Construct {
  readonly all: ReadonlyMap<FunctionName, DeskFunction>;

  constructor(scope: Construct, id: string, { parts, code }: DeskFunctionsProps) {
    super(scope, id);
    this.all = new Map(
      TOPOLOGY.map((wiring) => [
        wiring.name,
        new DeskFunction(this, wiring.name, { wiring, code: code[wiring.name], parts }),
      ]),
    );
  }

  /** @throws Error when the topology has no function of that name. */
  named(name: FunctionName): DeskFunction {
    const found = this.all.get(name);
    if (!found) throw new Error(`the topology has no function ${name}`);
    return found;
  }
}
