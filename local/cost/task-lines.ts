import type { UsageLine } from './bill.ts';
import { HOURS_PER_MONTH } from './prices.ts';

/** Sizes of the container: vCPUs and GB of memory. */
export const TASK_SIZES = { small: { cpu: 0.25, memoryGb: 0.5 }, large: { cpu: 0.5, memoryGb: 1 } } as const;
export type TaskSize = keyof typeof TASK_SIZES;

/** The feeds container, always running, and its public address: there is no NAT gateway. */
export function taskLines(size: TaskSize, spot: boolean): readonly UsageLine[] {
  const { cpu, memoryGb } = TASK_SIZES[size];
  const what = `feeds container, ${cpu} vCPU and ${memoryGb} GB`;
  return [
    { price: spot ? 'taskCpuSpot' : 'taskCpu', what, quantity: cpu * HOURS_PER_MONTH },
    { price: spot ? 'taskMemorySpot' : 'taskMemory', what, quantity: memoryGb * HOURS_PER_MONTH },
    { price: 'address', what: 'its address', quantity: HOURS_PER_MONTH },
  ];
}
