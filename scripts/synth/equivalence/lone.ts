import type { Yosys } from '../../tools/yosys/interface.js';
import type { AreaUnit } from '../plan.js';
import { netlistFiles, prove } from './prove.js';
import type { ProofResult } from './verdict.js';

/** Seconds for the proof of a netlist: those of PEs take a few, of a dot-product unit up to some minutes. */
export const LONE_PROOF_SECONDS = 300;

/** A module of a file of its own, which is part of no design. */
export const loneUnit = (module: string, file = `${module}.v`): AreaUnit => ({
  label: module,
  module,
  files: [file],
  parameters: {},
  role: 'pe',
  instances: 1,
  partOfOther: false,
});

export interface LoneProofRequest {
  readonly yosys: Yosys;
  /** Where the unit's file is. */
  readonly folder: string;
  /** Verilog of the library's cells; none for generic gates. */
  readonly models: string | undefined;
  readonly unit: AreaUnit;
  /** The netlist. */
  readonly text: string;
}

/** Proves the netlist of a lone module equal to its Verilog, or says why it cannot. */
export function proveLone({ yosys, folder, models, unit, text }: LoneProofRequest): Promise<ProofResult> {
  const netlist = { unit, name: unit.module, text };
  return prove(netlist, netlistFiles(netlist, models), { folder, yosys, limitSeconds: LONE_PROOF_SECONDS });
}
