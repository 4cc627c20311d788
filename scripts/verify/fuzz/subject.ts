import type { RawConfiguration } from '../../../gen/config/raw.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import type { TestBudget } from '../budget.js';
import type { Linted } from './lint.js';

/** How much of what was run, by its name. */
export type Counts = Readonly<Record<string, number>>;

/** What the verification of a design did. */
export interface Verified {
  readonly vectors: number;
  readonly counts?: Counts;
  readonly failure?: string;
}

/** A kind of designs, as trials take them. */
export interface Subject<Config> {
  /** A random configuration: most are valid. */
  readonly draw: (random: RandomSource) => RawConfiguration;
  /** A complete configuration, of which a design elaborates. @throws ConfigurationError where it is refused. */
  readonly validate: (raw: RawConfiguration) => Config;
  /** The command for a configuration that may be anything: what it leaves out has its default. */
  readonly command: (raw: RawConfiguration) => string;
  /** Writes a design below a folder; returns its own folder. */
  readonly write: (config: Config, out: string) => string;
  /** What front ends need to know of a design, and how it is verified. */
  readonly open: (folder: string) => {
    readonly linted: Linted;
    readonly verify: (seed: number, budget: TestBudget) => Promise<Verified>;
  };
}
