/** What a check did: how much it compared and, where it failed, the first thing wrong. */
export interface CheckOutcome {
  readonly vectors: number;
  readonly cycles: number;
  readonly failure?: string;
  /** What was compared, where vectors alone do not tell. */
  readonly compared?: string;
}

/** How a simulation is run. */
export interface RunTerms {
  /** An argument for the Verilog itself, such as `+name=7`. */
  readonly plusArgument?: string;
  /** Milliseconds after which it is ended. */
  readonly timeout?: number;
}

/** The same for a bench of `tb/`, as options of `runTool`. */
export const benchTerms = ({ plusArgument, timeout }: RunTerms) => ({
  ...(plusArgument === undefined ? {} : { env: { ANT_RTL_PLUS_ARGUMENT: plusArgument } }),
  ...(timeout === undefined ? {} : { timeout }),
});

/** A check whose bench is built and whose vectors are written. It may be run more than once, and at the same time. */
export interface PreparedCheck<Outcome extends CheckOutcome = CheckOutcome> {
  /** @throws UserError where the simulation breaks, does not end in time, or compares nothing. */
  readonly run: (terms?: RunTerms) => Promise<Outcome>;
  /** Removes its vectors. */
  readonly end: () => void;
}
