import { EXIT, UserError } from '../../../gen/base/errors.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { MODULES } from '../../tools/yosys/module.js';
import { proveEqual, readGate, readGold, timedProof } from '../equivalence/equal.js';
import { gateScript, goldScripts, PROOF_FILES } from '../equivalence/scripts.js';
import type { ModuleProof, ProofReport, ProofResult } from '../equivalence/verdict.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { HARNESS } from './harness.js';
import type { HarnessedNetlist } from './place.js';

export interface PlacedProofRequest {
  readonly yosys: Yosys;
  readonly netlists: readonly HarnessedNetlist[];
  /** For ABC, per netlist. */
  readonly limitSeconds: number;
  readonly onProgress: OnProgress;
}

/**
 * Proves what nextpnr was given, each module in its harness, equal to the RTL of both.
 *
 * @throws UserError (exit code 3) when Yosys is missing or breaks down.
 */
export async function provePlaced({
  yosys,
  netlists,
  limitSeconds,
  onProgress,
}: PlacedProofRequest): Promise<ProofReport> {
  const progress = stepCounter(netlists.length, onProgress);
  const modules = await mapLimit(netlists, TOOLS_AT_A_TIME, async (harnessed): Promise<ModuleProof> => {
    const name = `${harnessed.label} in its harness`;
    const proof = await timedProof({ label: name, netlist: name }, yosys, (watched) =>
      proveHarnessed(watched, harnessed, limitSeconds),
    );
    progress(`${name} ${proof.outcome.result}`);
    return proof;
  });
  return { limitSeconds, modules };
}

async function proveHarnessed(
  yosys: Yosys,
  { label, files, sources, netlist }: HarnessedNetlist,
  limitSeconds: number,
): Promise<ProofResult> {
  const item = { module: HARNESS, files, parameters: {} };
  const title = `${label} in its harness, for the proof`;
  const gold = await readGold(yosys, { title, scripts: goldScripts(item), inputs: sources });
  const gate = await readGate(yosys, {
    title,
    script: gateScript(item, 'ice40', { json: true }),
    inputs: placedFiles(netlist),
  });
  return proveEqual({ yosys, name: label, gold, gate, limitSeconds });
}

/** The harness alone, without the black boxes of cells that Yosys writes beside it: their models take their place. */
function placedFiles(netlist: string): TextFiles {
  const harness = MODULES.parse(JSON.parse(netlist)).modules[HARNESS];
  if (harness === undefined) throw new UserError(`Yosys wrote no module ${HARNESS}`, EXIT.toolBroken);
  return { [PROOF_FILES.netlistJson]: JSON.stringify({ modules: { [HARNESS]: harness } }) };
}
