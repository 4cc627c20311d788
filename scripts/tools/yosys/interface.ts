import type { ToolIdentity } from './identity.js';

/** Files by their path below the folder a script runs in. */
export type TextFiles = Readonly<Record<string, string>>;

/** What Yosys left. */
export interface YosysOutcome {
  readonly exitCode: number;
  readonly log: string;
  /** Those of the wanted files that were written. */
  readonly files: TextFiles;
  /** Where it is remembered, the seconds that it took when it was run. */
  readonly tookSeconds?: number;
}

/** How a script is run. */
export interface RunTerms {
  /**
   * Limit of each of its processes, ABC above all, which does not always keep to limits of its own. The WebAssembly build is one
   * process, and has none.
   */
  readonly cpuSeconds?: number | undefined;
  /**
   * Of a script that may end before it has an answer: whether the log holds one, which more time would not change. Other outcomes
   * are not remembered.
   */
  readonly answered?: ((log: string) => boolean) | undefined;
}

/** A Yosys that can be run; scripts are the same for both builds. */
export interface Yosys {
  readonly identity: ToolIdentity;
  /** Different for any two programs that may give different results. */
  readonly fingerprint: string;
  /** Why this is not the native program, where that is worth knowing. */
  readonly note?: string;
  /** Runs a script in a folder that holds the inputs and nothing else. */
  execute(script: string, inputs: TextFiles, wanted: readonly string[], terms?: RunTerms): Promise<YosysOutcome>;
}
