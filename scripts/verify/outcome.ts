/** What a check did: how much it compared and, where it failed, the first thing wrong. */
export interface CheckOutcome {
  readonly vectors: number;
  readonly cycles: number;
  readonly failure?: string;
  /** What was compared, where vectors alone do not tell. */
  readonly compared?: string;
}
