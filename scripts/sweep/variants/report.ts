import type { ProofCount } from '../../synth/equivalence/proved.js';
import type { ProofReport } from '../../synth/equivalence/verdict.js';
import type { ArrayPath } from '../../synth/path.js';
import type { Size } from '../../synth/report.js';
import type { ReportHead } from '../metrics.js';
import type { StreamFigures } from '../streams.js';

/** A row of the table. */
export interface VariantRow {
  readonly name: string;
  readonly description: string;
  /** The command that generates the design; absent where the generator does not make it. */
  readonly command?: string;
  readonly configurationSha256: string;
  readonly accumulatorBits: number;
  readonly macsPerCycle: number;
  /** The whole array divided by its MACs per cycle. */
  readonly perMac: Size;
  readonly criticalPath: ArrayPath;
  readonly streams: readonly StreamFigures[];
  /** Netlists shown to equal their RTL; absent where that was not asked for. */
  readonly proof?: ProofCount;
  /** How each netlist was; absent likewise. */
  readonly proofs?: ProofReport;
}

/** What `npm run variants` finds. */
export interface VariantsReport extends ReportHead {
  readonly simulator: { readonly name: 'Verilator'; readonly version: string };
  readonly rows: number;
  readonly cols: number;
  readonly lengths: readonly number[];
  readonly variants: readonly VariantRow[];
}
