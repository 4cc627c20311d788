import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { scratchFolder } from '../../tools/verilator.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { verifyArray } from '../../verify/array.js';
import { FULL_BUDGET, type TestBudget } from '../../verify/budget.js';
import { verifyComputing } from '../../verify/computing.js';
import { netlistFile, netlistModule, type ProvableNetlist } from '../netlist.js';
import type { AreaItem } from '../plan.js';
import { type CellKind, PROOF_FILES, simulationScript } from './scripts.js';
import type { ProofResult } from './verdict.js';
import { wrapper } from './wrapper.js';

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
  'LATCH',
  'TIMESCALEMOD',
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
  readonly budget?: TestBudget;
}

/**
 * Simulates a design in which one module is its netlist, with the vectors of `npm run verify`: those of the module bench
 * where that holds the module, then those of the array. Of a module with parameters, the instances that have the netlist's
 * are the netlist, and all others the RTL.
 *
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export async function simulateNetlist(request: SimulationRequest): Promise<ProofResult> {
  const { folder, manifest, yosys, netlist, files, cells, why, budget = FULL_BUDGET } = request;
  const { item, name } = netlist;
  const source = manifest.modules.find((module) => module.name === item.module);
  if (source === undefined) throw new Error(`${item.module} is not a module of the design`);
  // A line of a single stage need not be in the array at all.
  if (item.role === 'delay') {
    return { result: 'open', why: `${why}; not simulated: a delay line of one stage` };
  }
  const simulated = await simulationText(yosys, { module: item.module, parameters: item.parameters }, cells, files);
  const text =
    Object.keys(item.parameters).length === 0
      ? simulated
      : wrapper(readFileSync(join(folder, source.file), 'utf8'), simulated, item);
  if (text === undefined) throw new Error(`the ports of ${item.module} are not found in ${source.file}`);
  return withTexts(folder, `${name}-gates`, { [source.file]: text }, async (scratch) => {
    const random = randomSource(SEED);
    const inBench = isInModuleBench(item, manifest);
    const modules = inBench ? await verifyComputing(scratch, manifest, random, { budget }) : { vectors: 0 };
    const failed = 'failure' in modules ? modules.failure : undefined;
    if (failed !== undefined) return { result: 'failed simulation', why, failure: failed };
    const array = await verifyArray(scratch, manifest, random, { budget });
    if (array.failure !== undefined) return { result: 'failed simulation', why, failure: array.failure };
    return { result: 'simulated', why, vectors: modules.vectors + array.vectors };
  });
}

/** A netlist as Verilog without cells, under its own name. */
export async function simulationText(
  yosys: Yosys,
  item: Pick<AreaItem, 'module' | 'parameters'>,
  cells: CellKind,
  files: TextFiles,
  blackBoxes: readonly string[] = [],
): Promise<string> {
  const { outputs } = await runYosys(yosys, {
    title: `${netlistModule(item)}, for simulation`,
    script: simulationScript(item, cells, { blackBoxes }),
    inputs: files,
    outputs: [PROOF_FILES.simulation],
  });
  return outputs[PROOF_FILES.simulation] ?? '';
}

/** Checks a copy of a design in which files have the text of netlists. */
async function withTexts<T>(
  folder: string,
  name: string,
  texts: TextFiles,
  check: (folder: string) => Promise<T>,
): Promise<T> {
  const scratch = scratchFolder(name);
  try {
    cpSync(folder, scratch, { recursive: true });
    const lint = LINT_OFF.map((warning) => `// verilator lint_off ${warning}\n`).join('');
    const restore = LINT_OFF.map((warning) => `// verilator lint_on ${warning}\n`).join('');
    for (const [file, text] of Object.entries(texts)) writeFileSync(join(scratch, file), `${lint}${text}${restore}`);
    return await check(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export interface WholeSimulationRequest
  extends Pick<SimulationRequest, 'folder' | 'manifest' | 'yosys' | 'why' | 'budget'> {
  /** The netlist of what is outside the modules, with instances of them. */
  readonly top: Linked;
  /** The netlists of the modules. */
  readonly modules: readonly (Linked & Pick<ProvableNetlist, 'item'>)[];
}

/** A netlist of a library's cells, with the models of those. */
interface Linked {
  readonly name: string;
  readonly files: TextFiles;
}

/**
 * Simulates a design that is netlists throughout, with the array's vectors of `npm run verify`.
 *
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export async function simulateWhole(request: WholeSimulationRequest): Promise<ProofResult> {
  const { folder, manifest, yosys, why, top, modules, budget = FULL_BUDGET } = request;
  const fileOf = new Map(manifest.modules.map(({ name, file }) => [name, file]));
  const texts: Record<string, string> = {};
  const put = (module: string, text: string): void => {
    const file = fileOf.get(module);
    if (file === undefined) throw new Error(`${module} is not a module of the design`);
    texts[file] = `${texts[file] ?? ''}${text}`;
  };
  for (const { item, files } of modules) put(item.module, await simulationText(yosys, item, 'library', files));
  const blackBoxes = modules.map(netlistFile);
  const around = {
    ...top.files,
    ...Object.fromEntries(modules.map(({ files }, i) => [blackBoxes[i], files[PROOF_FILES.netlist] ?? ''])),
  };
  put(top.name, await simulationText(yosys, { module: top.name, parameters: {} }, 'library', around, blackBoxes));
  return withTexts(folder, `${top.name}-netlists`, texts, async (scratch) => {
    const array = await verifyArray(scratch, manifest, randomSource(SEED), { budget });
    if (array.failure !== undefined) return { result: 'failed simulation', why, failure: array.failure };
    return { result: 'simulated', why, vectors: array.vectors };
  });
}

/**
 * Whether the module bench holds a module: a cluster of PEs is in the array alone, and so are PEs with narrower partial
 * sums than the last.
 */
function isInModuleBench({ role, parameters }: AreaItem, manifest: Manifest): boolean {
  const { clusterRows, clusterCols } = manifest.configuration;
  const { SUM_BITS: sumBits = manifest.accumulator.bits } = parameters;
  if (sumBits !== manifest.accumulator.bits) return false;
  switch (role) {
    case 'decoder':
    case 'type decoder':
    case 'unit part':
    case 'pe of a cluster':
      return true;
    case 'pe':
      return clusterRows * clusterCols === 1;
    case 'delay':
    case 'periphery':
    case 'memory':
      return false;
  }
}
