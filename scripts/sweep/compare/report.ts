import type { ProofCount } from '../../synth/equivalence/proved.js';
import type { ReportHead } from '../metrics.js';
import type { Goal, Measured } from './figures.js';
import type { Published } from './published.js';

/** A kind of PE. Areas in gate equivalents. */
export interface KindRow {
  readonly kind: string;
  readonly description: string;
  readonly measured: Measured;
  /** Core per product and cycle, of operands of up to 4 bits: every PE does one. */
  readonly perProduct: number;
  /** The same of 8-bit products; null where it does none. */
  readonly perEightBitProduct: number | null;
  readonly published: Published | null;
  /** PE over the reference's. */
  readonly peRatio: number;
  /** Core per PE over the reference's. */
  readonly coreRatio: number;
}

/** PEs of a kind that fit into the reference's core. */
export interface IsoArea {
  readonly kind: string;
  readonly pes: number;
  readonly peAreaGe: number;
  /** Of the kind's own core of size x size PEs. */
  readonly coreAreaGe: number;
  /** Name of the cell library; null for generic gates. */
  readonly library: string | null;
}

/** What an option adds, in gate equivalents. */
export interface OptionRow {
  readonly option: string;
  readonly description: string;
  readonly without: Measured;
  readonly having: Measured;
  readonly pe: number;
  /** The whole core divided by its PEs. */
  readonly corePerPe: number;
  /** `corePerPe` over that of the default design. */
  readonly share: number;
}

/** What `npm run area -- --compare` finds. */
export interface ComparisonReport extends ReportHead {
  /** Rows, and columns, of the cores. */
  readonly size: number;
  /** The same of the designs whose difference is the price of an option. */
  readonly optionsSize: number;
  /** Products the accumulators hold. */
  readonly longest: number;
  readonly reference: string;
  readonly kinds: readonly KindRow[];
  readonly isoArea: readonly IsoArea[];
  readonly goals: readonly Goal[];
  readonly options: readonly OptionRow[];
  /** Netlists shown to equal their RTL; absent where that was not asked for. */
  readonly proof?: ProofCount;
}
