import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvableNetlist } from '../../../gen/area/netlist.js';
import type { AreaUnit } from '../../../gen/area/plan.js';
import { type CellKind, PROOF_FILES, simulationScript } from '../../../gen/area/proof/scripts.js';
import { standIn } from '../../../gen/area/proof/stand-in.js';
import type { ProofResult } from '../../../gen/area/proof/verdict.js';
import type { Manifest } from '../../../gen/manifest.js';
import { randomSource } from '../../../gen/vectors.js';
import { verifyArray } from '../verify/array.js';
import { verifyDotUnit } from '../verify/dot.js';
import { type Effort, FULL_EFFORT } from '../verify/effort.js';
import { verifyUnits } from '../verify/unit.js';
import { scratchFolder } from '../verilator.js';
import { runYosys, type TextFiles, type Yosys } from '../yosys.js';

/** Warnings of Verilator's lint that hold for text a person writes, not for a netlist. */
const LINT_OFF = [
  'CASEOVERLAP',
  'CASEINCOMPLETE',
  'DECLFILENAME',
  'UNUSED',
  'UNDRIVEN',
  'WIDTH',
  'UNOPTFLAT',
  'SYNCASYNCNET',
];

/** The seed of `npm run verify`. */
const SEED = 1;

export interface SimulationRequest {
  /** The design's folder. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly yosys: Yosys;
  readonly netlist: ProvableNetlist;
  /** The netlist with the models of its cells. */
  readonly files: TextFiles;
  readonly cells: CellKind;
  /** Why there is no proof. */
  readonly why: string;
  readonly effort?: Effort;
}

/**
 * Simulates a design in which one module is its netlist, with the vectors of `npm run verify`: those of the units where
 * the module is in the units' bench, then those of the array. Of a module with parameters, the instances that have the netlist's
 * are the netlist, and all others the RTL.
 *
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export async function simulateNetlist(request: SimulationRequest): Promise<ProofResult> {
  const { folder, manifest, yosys, netlist, files, cells, why, effort = FULL_EFFORT } = request;
  const { unit, name } = netlist;
  const source = manifest.modules.find((module) => module.name === unit.module);
  if (source === undefined) throw new Error(`${unit.module} is no module of the design`);
  // A line of a single stage need not be in the array at all.
  if (unit.role === 'delay') {
    return { result: 'open', why: `${why}; not simulated: a delay line of one stage` };
  }
  const simulation = await runYosys(yosys, {
    title: `${name}, for simulation`,
    script: simulationScript(unit, cells),
    inputs: files,
    outputs: [PROOF_FILES.simulation],
  });
  const scratch = scratchFolder(`${name}-gates`);
  try {
    cpSync(folder, scratch, { recursive: true });
    const simulated = simulation.outputs[PROOF_FILES.simulation] ?? '';
    const text =
      Object.keys(unit.parameters).length === 0
        ? simulated
        : standIn(readFileSync(join(folder, source.file), 'utf8'), simulated, unit);
    if (text === undefined) throw new Error(`the ports of ${unit.module} are not found in ${source.file}`);
    const lint = LINT_OFF.map((warning) => `// verilator lint_off ${warning}\n`).join('');
    const restore = LINT_OFF.map((warning) => `// verilator lint_on ${warning}\n`).join('');
    writeFileSync(join(scratch, source.file), `${lint}${text}${restore}`);
    const random = randomSource(SEED);
    const inBench = isInUnitBench(unit, manifest);
    const checkUnits = manifest.configuration.arch === 'dot' ? verifyDotUnit : verifyUnits;
    const units = inBench ? await checkUnits(scratch, manifest, random, { effort }) : { vectors: 0 };
    const failed = 'failure' in units ? units.failure : undefined;
    if (failed !== undefined) return { result: 'failed simulation', why, failure: failed };
    const array = await verifyArray(scratch, manifest, random, { effort });
    if (array.failure !== undefined) return { result: 'failed simulation', why, failure: array.failure };
    return { result: 'simulated', why, vectors: units.vectors + array.vectors };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Whether the bench of the units holds a module: a tile of PEs is in the array alone, and so are PEs with narrower partial
 * sums than the last.
 */
function isInUnitBench({ role, parameters }: AreaUnit, manifest: Manifest): boolean {
  const { tileRows, tileCols } = manifest.configuration;
  const { SUM_BITS: sumBits = manifest.accumulator.bits } = parameters;
  if (sumBits !== manifest.accumulator.bits) return false;
  switch (role) {
    case 'decoder':
    case 'type decoder':
    case 'unit part':
    case 'pe of a tile':
      return true;
    case 'pe':
      return tileRows * tileCols === 1;
    case 'delay':
    case 'edge':
      return false;
  }
}
