import type { Library } from '../../tools/liberty/library.js';
import type { TextFiles } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import type { TestBudget } from '../../verify/budget.js';
import { cutBlackBoxes } from '../equivalence/black-boxes.js';
import { orSimulated, proveEqual, readGate, readGold, timedProof } from '../equivalence/equal.js';
import { simulateWhole } from '../equivalence/gate-level.js';
import { cellModels, netlistFiles, type ProofRequest } from '../equivalence/prove.js';
import { gateScript, goldScriptsAround } from '../equivalence/scripts.js';
import type { ModuleProof, ProofResult } from '../equivalence/verdict.js';
import { type MappedNetlist, netlistFile, netlistModule } from '../netlist.js';
import { boxedDesignLines, linkedItems, linkingLines } from './top.js';

export interface TopProofRequest extends Omit<ProofRequest, 'library' | 'netlists' | 'onProgress'> {
  readonly library: Library;
  /** The mapped netlists of the design's modules. */
  readonly netlists: readonly MappedNetlist[];
  /** The netlist of what is outside the modules, with instances of them. */
  readonly top: string;
  /** Of the simulation that replaces a missing proof. */
  readonly budget?: TestBudget;
}

/** The netlists that a design is linked of, with the models of their cells. */
interface Linked {
  readonly top: TextFiles;
  readonly modules: readonly (MappedNetlist & { readonly files: TextFiles })[];
}

/**
 * Proves the netlist of what is outside a design's modules equal to the RTL, with any modules in the places of the
 * instances; if that cannot be proved, the whole is simulated, all of it netlists, with the vectors of `npm run verify`.
 *
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export function proveTop(request: TopProofRequest): Promise<ModuleProof> {
  const { yosys, manifest } = request;
  const { top } = manifest;
  return timedProof({ label: `${top} around its modules`, netlist: top }, yosys, (watched) =>
    settle({ ...request, yosys: watched }),
  );
}

async function settle(request: TopProofRequest): Promise<ProofResult> {
  const { manifest, yosys, library, netlists } = request;
  const models = await cellModels(yosys, library);
  const names = new Set(linkedItems(manifest).map(netlistModule));
  const modules = netlists
    .filter(({ name }) => names.has(name))
    .map((netlist) => ({ ...netlist, files: netlistFiles(netlist, models) }));
  const linked = { top: netlistFiles({ text: request.top }, models), modules };
  const proof = await proveAround(request, linked);
  return orSimulated(proof, (why) => simulate(request, linked, why));
}

async function proveAround(
  { folder, manifest, yosys, limitSeconds }: TopProofRequest,
  { top, modules }: Linked,
): Promise<ProofResult> {
  const name = manifest.top;
  const title = `${name} around its modules, for the proof`;
  const gold = await readGold(yosys, {
    title,
    scripts: goldScriptsAround(boxedDesignLines(manifest), linkingLines(manifest)),
    inputs: sourcesOf(folder, manifest.compileOrder),
  });
  const blackBoxes = modules.map(netlistFile);
  const gate = await readGate(yosys, {
    title,
    script: gateScript({ module: name, parameters: {} }, 'library', { blackBoxes }),
    inputs: { ...top, ...Object.fromEntries(modules.map(({ text }, i) => [blackBoxes[i], text])) },
  });
  const open = cutBlackBoxes(gold.module, gate.module, new Set(modules.map((netlist) => netlist.name)));
  if ('problem' in open) return { result: 'open', why: open.problem };
  return proveEqual({
    yosys,
    name,
    gold: { ...gold, module: open.gold },
    gate: { ...gate, module: open.gate },
    limitSeconds,
  });
}

function simulate(
  { folder, manifest, yosys, budget }: TopProofRequest,
  { top, modules }: Linked,
  why: string,
): Promise<ProofResult> {
  const whole = { top: { name: manifest.top, files: top }, modules };
  return simulateWhole({ folder, manifest, yosys, why, ...whole, ...(budget ? { budget } : {}) });
}
