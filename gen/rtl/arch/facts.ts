import type { ScaleFormat } from '../../numerics/blocks/scale-format.js';

/** How a tile of the matrix product passes the streams of a design. */
export interface TileFacts {
  /** Reduction steps of a beat. */
  readonly stepsPerBeat: number;
  /**
   * Whether a tile's weights come on a stream of their own and stay while its activations pass. A tile is then as long as
   * it has rows of activations, and sums over the rows of the array; else it is as long as its reduction.
   */
  readonly weightsStay: boolean;
  /** Rows of results of a beat: row t of it has the lanes from t times the columns on. Beats pass in the order of rows. */
  readonly rowsPerBeat: number;
  /** Whether all results of a tile leave in one beat, whatever its size. */
  readonly resultsTogether: boolean;
  /** Beats of the longest tile that the accumulators must hold. */
  readonly longest: number;
  /** What formulas call the number of beats, and what diagrams write before the number of a beat. */
  readonly beats: 'K' | 'M' | 'B';
  readonly beatLabel: string;
}

/** What the accumulators of a design must hold. */
export interface SumFacts {
  /** Products in the longest sum, and what formulas call their number. */
  readonly terms: number;
  readonly termsName: string;
  /**
   * Whether partial sums pass from row to row, and widen on their way. An 8-bit activation then takes two rows of
   * the sum's.
   */
  readonly passRows: boolean;
  /** What a result is: an integer, or a binary32 number. */
  readonly encoding: 'twosComplement' | 'binary32';
  /** The blocks that are added up, each with scales of its own, where there are any. Results are then real numbers. */
  readonly blocks?: BlockFacts | undefined;
}

/** Blocks along the reduction: their length, and how their scales are stored. */
export interface BlockFacts {
  readonly elements: number;
  readonly scales: ScaleFormat;
}

/** What multiplies and adds: a design has rows x cols of it. */
export interface ComputingFacts {
  /** Suffix of the module that the area report counts as one of them, or as several with registers that they share. */
  readonly module: 'pe' | 'cluster' | 'unit';
  /** The test bench that verifies one alone. */
  readonly bench: 'pe' | 'unit' | 'blocks';
  /** How it adds: to an accumulator; to one that is read out over a bus; to the sum that comes from the PE above. */
  readonly adds: 'accumulates' | 'reads' | 'passes';
  /** The bit from which on its accumulator is a cycle later than below, where it is. */
  readonly lateFrom?: number | undefined;
  /** Multipliers of one. */
  readonly lanes: number;
}

/** What reports call a design and its parts. */
export interface NameFacts {
  /** What the design is, for the title of its datasheet; its kind; both for the summary. */
  readonly title: string;
  readonly kind: string;
  readonly summary: string;
  /** All of it, and its size. */
  readonly whole: 'array' | 'design';
  readonly size: string;
  /** What computes: one of them, all, and the multipliers of all. */
  readonly one: string;
  readonly short: string;
  readonly all: string;
  readonly multipliers: string;
  /** The registers on the way from the input to the accumulators, in order; empty where they are the PE's. */
  readonly registers: readonly string[];
  /** What to look at first when a result is wrong, and when it is right but in another place. */
  readonly suspects: string;
  readonly misplaced?: string;
}

/** Costs that no formula of the modules gives. */
export interface CostFacts {
  /** Cells of the top module's own, outside the modules in it, by Yosys' names. */
  readonly ownCells: Readonly<Record<string, number>>;
  /**
   * Clock period that the measured designs of the kind meet with a quarter to spare for setup and wires, in ns: the default of
   * the constraints (docs/variants.md, critical paths in a library of 180 nm).
   */
  readonly clockPeriod: number;
  /** Work to compile a multiplier for simulation, in PEs. */
  readonly simulation: number;
}

/** What the rest of the project may ask of a design's architecture, before it is elaborated. */
export interface Facts {
  readonly tile: TileFacts;
  readonly sums: SumFacts;
  readonly computing: ComputingFacts;
  readonly names: NameFacts;
  readonly cost: CostFacts;
}
