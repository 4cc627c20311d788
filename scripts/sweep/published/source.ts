/** A file of a public repository. */
export interface SourceFile {
  /** Within the repository. */
  readonly path: string;
  /** One at which the file is what was measured. */
  readonly commit: string;
}

/** A change without which Yosys does not read a source. */
export interface Edit {
  readonly path: string;
  readonly from: RegExp | string;
  readonly to: string;
}

/** Published Verilog or SystemVerilog. Nothing of it is part of this project: a user fetches it. */
export interface PublishedSource {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly licence: string;
  /** In compile order. */
  readonly files: readonly SourceFile[];
  readonly edits?: readonly Edit[];
  /** What the edits do, in a few words. */
  readonly edited: string;
  /** Text of this project in place of what its authors generate or leave out, by path. */
  readonly added?: Readonly<Record<string, string>>;
}

export interface PublishedModule {
  readonly top: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** A circuit of a source with the sizes it is measured in. */
export interface PublishedCircuit extends PublishedModule {
  /** Tells it apart from all others. */
  readonly name: string;
  readonly source: PublishedSource;
  readonly what: string;
  /** Products it does in a cycle. */
  readonly products: number;
  readonly operands: string;
  /** Bits of its accumulators; null where it has none. */
  readonly accumulatorBits: number | null;
  /** One of its PEs, and the products that does in a cycle; absent where it is none or all of one. */
  readonly pe?: PublishedModule & { readonly products: number };
  readonly lacks: string;
  /** A test bench in `benches`, with its parameters: compares with integer arithmetic, prints `checked N wrong M`. */
  readonly bench: {
    readonly file: string;
    readonly parameters: Readonly<Record<string, number>>;
    /** What it simulates where that is not the circuit. */
    readonly module?: PublishedModule;
  };
}
