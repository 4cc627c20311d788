/** What a layer or network takes on an accelerator. Traffic is in bits. */
export interface Stats {
  readonly cycles: number;
  /** Cycles in which the array waits for DRAM. */
  readonly stall: number;
  /** Unit-cycles that the multiply-accumulates need: a unit that works as 2 x 2 does four in one. */
  readonly work: number;
  readonly macs: number;
  readonly dramReads: number;
  readonly dramWrites: number;
  readonly weightReads: number;
  readonly weightWrites: number;
  readonly activationReads: number;
  readonly activationWrites: number;
  readonly resultReads: number;
  readonly resultWrites: number;
}

export const STAT_NAMES = [
  'cycles',
  'stall',
  'work',
  'macs',
  'dramReads',
  'dramWrites',
  'weightReads',
  'weightWrites',
  'activationReads',
  'activationWrites',
  'resultReads',
  'resultWrites',
] as const satisfies readonly (keyof Stats)[];

const combined = (value: (name: keyof Stats) => number): Stats =>
  Object.fromEntries(STAT_NAMES.map((name) => [name, value(name)])) as unknown as Stats;

/** Figures that are filled in later. */
export type MutableStats = { -readonly [Name in keyof Stats]: Stats[Name] };

export const emptyStats = (): MutableStats => ({ ...combined(() => 0) });

export const scaledStats = (stats: Stats, by: number): Stats => combined((name) => stats[name] * by);

/** Layers follow each other: everything adds up. */
export const summedStats = (all: readonly Stats[]): Stats =>
  combined((name) => all.reduce((sum, stats) => sum + stats[name], 0));
