import type { Manifest } from '../../../gen/design/manifest.js';
import type { Library } from '../../tools/liberty/library.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { SYNTHESIS_FILES } from '../flow.js';
import type { ProvableNetlist } from '../netlist.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { orSimulated, proveEqual, readGate, readGold, timedProof } from './equal.js';
import { simulateNetlist } from './gate-level.js';
import { type CellKind, gateScript, goldScripts, modelsScript, PROOF_FILES, usedModels } from './scripts.js';
import type { ModuleProof, ProofReport, ProofResult } from './verdict.js';

export interface ProofRequest {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  readonly netlists: readonly ProvableNetlist[];
  /** For ABC, per module. */
  readonly limitSeconds: number;
  readonly onProgress: OnProgress;
}

/** A request of netlists of which none is simulated, where there is no manifest to do that by. */
export type NetlistsRequest = Omit<ProofRequest, 'manifest'> & Partial<Pick<ProofRequest, 'manifest'>>;

/**
 * Proves each netlist equal to its RTL; one that cannot be proved is simulated with the vectors of `npm run verify`.
 *
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export async function proveNetlists(request: NetlistsRequest): Promise<ProofReport> {
  const { yosys, library, netlists, limitSeconds, onProgress } = request;
  const models = library === undefined ? undefined : await cellModels(yosys, library);
  const progress = stepCounter(netlists.length, onProgress);
  const modules = await mapLimit(netlists, TOOLS_AT_A_TIME, async (netlist): Promise<ModuleProof> => {
    const { label } = netlist.item;
    const proof = await timedProof({ label, netlist: netlist.name }, yosys, (watched) =>
      settle(netlist, models, { ...request, yosys: watched }),
    );
    progress(`${label} ${proof.outcome.result}`);
    return proof;
  });
  return { limitSeconds, modules };
}

/** Proves netlists where a limit is given for it. @throws UserError as `proveNetlists`. */
export const provedWithin = async (
  limitSeconds: number | undefined,
  request: Omit<NetlistsRequest, 'limitSeconds'>,
): Promise<ProofReport | undefined> =>
  limitSeconds === undefined ? undefined : proveNetlists({ ...request, limitSeconds });

/** The Verilog models of a library's cells, by its own functions. */
export async function cellModels(yosys: Yosys, library: Library): Promise<string> {
  const { outputs } = await runYosys(yosys, {
    title: `the cell models of ${library.identity.file}`,
    script: modelsScript(),
    inputs: { [SYNTHESIS_FILES.library]: library.text },
    outputs: [PROOF_FILES.models],
  });
  return outputs[PROOF_FILES.models] ?? '';
}

async function settle(
  netlist: ProvableNetlist,
  models: string | undefined,
  request: NetlistsRequest,
): Promise<ProofResult> {
  const files = netlistFiles(netlist, models);
  const proof = await prove(netlist, files, request);
  const { manifest } = request;
  if (manifest === undefined) return proof;
  return orSimulated(proof, (why) =>
    simulateNetlist({ ...request, manifest, netlist, files, cells: cellKind(netlist, files), why }),
  );
}

/** The netlist and the models of its cells, as files for Yosys. */
export function netlistFiles({ text }: Pick<ProvableNetlist, 'text'>, models: string | undefined): TextFiles {
  const cells = [...text.matchAll(/^ {2}(\\?\S+) +\S.*\($/gm)].map(([, cell]) => (cell ?? '').replace(/^\\/, ''));
  return {
    [PROOF_FILES.netlist]: text,
    ...(models === undefined ? {} : { [PROOF_FILES.models]: usedModels(models, cells) }),
  };
}

/** What the cells of a netlist are, with the files that hold it. */
export const cellKind = ({ family }: Pick<ProvableNetlist, 'family'>, files: TextFiles): CellKind =>
  family ?? (PROOF_FILES.models in files ? 'library' : 'gates');

/** Proves one netlist, shows where it differs, or says why it can do neither. */
export async function prove(
  netlist: ProvableNetlist,
  files: TextFiles,
  { folder, yosys, limitSeconds }: Pick<ProofRequest, 'folder' | 'yosys' | 'limitSeconds'>,
): Promise<ProofResult> {
  const { item, name } = netlist;
  const title = `${name}, for the proof`;
  const gold = await readGold(yosys, { title, scripts: goldScripts(item), inputs: sourcesOf(folder, item.files) });
  const gate = await readGate(yosys, { title, script: gateScript(item, cellKind(netlist, files)), inputs: files });
  return proveEqual({ yosys, name, gold, gate, limitSeconds });
}
