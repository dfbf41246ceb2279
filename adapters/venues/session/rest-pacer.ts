import { hostOf } from './http-words.ts';
import type { RestLimits } from './protocol.ts';
import { type HostStats, type LanePorts, type Priority, RestLane, type RestResult } from './rest-lane.ts';
import type { RestRequest } from './transport.ts';

/** Below every venue's published limit for those without a key, where one is published. */
export const CAUTIOUS: RestLimits = { spacingMs: 350, burst: 3, weightPerMinute: 3_000 };

export interface PacedRequest {
  readonly request: RestRequest;
  readonly priority: Priority;
  /** In the host's own weight; 1 where requests are counted. */
  readonly weight: number;
  /** Of its host; those of the first request to it hold, so all who ask it say the same. {@link CAUTIOUS} when undefined. */
  readonly limits: RestLimits | undefined;
}

/**
 * The one way to the REST hosts of this process: venues limit by address, so whoever asks shares a host's limits with all
 * others. What fails for now is tried again; a host that asks for quiet gets it.
 */
export class RestPacer {
  private readonly ports: LanePorts;
  private readonly lanes = new Map<string, RestLane>();

  constructor(ports: LanePorts) {
    this.ports = ports;
  }

  /**
   * Calls back once, never before this returns: an answer of any status that another try would not change, or why there is
   * none. The returned function takes the request back.
   */
  ask(paced: PacedRequest, done: (result: RestResult) => void): () => void {
    const host = hostOf(paced.request.url);
    let lane = this.lanes.get(host);
    if (lane === undefined) {
      lane = new RestLane(host, paced.limits ?? CAUTIOUS, this.ports);
      this.lanes.set(host, lane);
    }
    return lane.ask(paced.request, paced.priority, paced.weight, done);
  }

  stats(): readonly HostStats[] {
    return [...this.lanes.values()].map((lane) => lane.stats());
  }
}
