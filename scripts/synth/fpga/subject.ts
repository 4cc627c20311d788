import type { Yosys } from '../../tools/yosys/interface.js';
import type { ProofReport } from '../equivalence/verdict.js';
import type { ProvableNetlist } from '../netlist.js';
import type { AreaItem } from '../plan.js';
import type { StructureCheck } from '../report.js';
import type { OnProgress } from '../steps.js';
import type { Target } from './place.js';
import type { Placeable } from './placement.js';
import type { FpgaMeasurement } from './report.js';

/** The pieces that a design consists of, compared with the elaborated one. */
export interface FpgaPieces {
  readonly items: readonly AreaItem[];
  readonly structure: StructureCheck;
}

/** A design of some kind, as it is measured on FPGAs. */
export interface FpgaSubject {
  readonly measurement: Omit<FpgaMeasurement, 'generator' | 'tool' | 'dsp' | 'structure'>;
  /** @throws UserError where the design cannot be placed (exit code 2). */
  readonly requirePlaceable: (what: readonly Placeable[]) => void;
  /** @throws UserError when the design differs from its manifest (exit code 1) or Yosys fails (3). */
  readonly pieces: (yosys: Yosys) => Promise<FpgaPieces>;
  readonly target: (what: Placeable, items: readonly AreaItem[]) => Target;
  /** Proves netlists equal to their RTL; absent where the kind has no such proof. */
  readonly prove?: (request: {
    readonly yosys: Yosys;
    readonly netlists: readonly ProvableNetlist[];
    readonly limitSeconds: number;
    readonly onProgress: OnProgress;
  }) => Promise<ProofReport | undefined>;
}

/** The PE with the widest partial sums where they differ. */
export function peTarget(items: readonly AreaItem[]): Target {
  const [pe] = items
    .filter(({ role }) => role === 'pe')
    .sort((x, y) => (y.parameters.SUM_BITS ?? 0) - (x.parameters.SUM_BITS ?? 0));
  if (pe === undefined) throw new Error('the design has no PE');
  return { what: 'pe', ...pe };
}
