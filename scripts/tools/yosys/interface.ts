import type { ToolIdentity } from './identity.js';

/** Files by their path below the folder a script runs in. */
export type TextFiles = Readonly<Record<string, string>>;

/** What Yosys left. */
export interface YosysOutcome {
  readonly exitCode: number;
  readonly log: string;
  /** Those of the wanted files that were written. */
  readonly files: TextFiles;
}

/** A Yosys that can be run; scripts are the same for both builds. */
export interface Yosys {
  readonly identity: ToolIdentity;
  /** Why this is not the native program, where that is worth knowing. */
  readonly note?: string;
  /**
   * Runs a script in a folder that holds the inputs and nothing else.
   *
   * @param limits Of each of its processes, ABC above all, which does not always keep to limits of its own. The WebAssembly build is
   * one process, and has none.
   */
  execute(
    script: string,
    inputs: TextFiles,
    wanted: readonly string[],
    limits?: { readonly cpuSeconds?: number | undefined },
  ): Promise<YosysOutcome>;
}
