import type { Yosys } from '../../tools/yosys/interface.js';
import type { AreaItem } from '../plan.js';
import { netlistFiles, prove } from './prove.js';
import type { ProofResult } from './verdict.js';

/** Seconds for the proof of a netlist: those of PEs take a few, of a dot-product unit up to some minutes. */
export const LONE_PROOF_SECONDS = 300;

/** A module of a file of its own, which is part of no design. */
export const loneItem = (module: string, file = `${module}.v`): AreaItem => ({
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
  /** Where the item's file is. */
  readonly folder: string;
  /** Verilog of the library's cells; none for generic gates. */
  readonly models: string | undefined;
  readonly item: AreaItem;
  /** The netlist. */
  readonly text: string;
}

/** Proves the netlist of a lone module equal to its Verilog, or says why it cannot. */
export function proveLone({ yosys, folder, models, item, text }: LoneProofRequest): Promise<ProofResult> {
  const netlist = { item, name: item.module, text };
  return prove(netlist, netlistFiles(netlist, models), { folder, yosys, limitSeconds: LONE_PROOF_SECONDS });
}
