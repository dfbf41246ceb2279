/** Someone who acts in the simulated market at moments of their own choosing. */
export interface Agent {
  /** Market time of the next action, in milliseconds with fractions. */
  readonly nextAt: number;
  /** Acts at `nextAt` and chooses the next moment. */
  act(): void;
}
