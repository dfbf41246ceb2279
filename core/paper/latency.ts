import type { Sha256 } from '../ports.ts';
import type { Lane, OrderId } from './order.ts';

/** Time from a decision to the venue's book: piecewise linear between the stated quantiles. Milliseconds. */
export interface LatencyModel {
  readonly minMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * The latency of a message about an order in each lane, the same on every run: the draw is seeded by the order's id.
 * The pessimistic lane takes the adverse side of the draw.
 */
export function drawLatency(
  model: LatencyModel,
  sha256: Sha256,
  order: OrderId,
  message: 'new' | 'cancel',
): Record<Lane, number> {
  const draw = Number.parseInt(sha256(`${order}|${message}|latency`).slice(0, 8), 16) / 0x1_0000_0000;
  const base = latencyAt(model, draw);
  return { optimistic: base, base, pessimistic: latencyAt(model, Math.max(draw, 1 - draw)) };
}

/** The latency below which a share `u` (0 to 1) of messages arrives; the last percent is as slow as the 99th. */
function latencyAt(model: LatencyModel, u: number): number {
  const { minMs, medianMs, p99Ms } = model;
  if (u <= 0.5) return Math.floor(minMs + (medianMs - minMs) * (u / 0.5));
  return Math.floor(medianMs + (p99Ms - medianMs) * Math.min(1, (u - 0.5) / 0.49));
}
