import { orSimulated, timedProof } from '../../../synth/equivalence/equal.js';
import { LONE_PROOF_SECONDS, loneUnit, proveLone } from '../../../synth/equivalence/lone.js';
import { cellModels } from '../../../synth/equivalence/prove.js';
import type { ModuleProof, ProofReport } from '../../../synth/equivalence/verdict.js';
import { FLOWS, type Flow } from '../../../synth/flow-names.js';
import type { Size } from '../../../synth/report.js';
import { synthesise } from '../../../synth/synthesise.js';
import type { LibraryIdentity } from '../../../tools/liberty/identity.js';
import type { Library } from '../../../tools/liberty/library.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../../tools/pool.js';
import type { ToolIdentity } from '../../../tools/yosys/identity.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import { simulateTree } from './simulate.js';
import { ROOT, type WrittenTree, writeTrees } from './write.js';

export interface DotTreesRequest {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  /** Names of some of the trees, with commas between; all without. */
  readonly only: string | undefined;
  readonly onProgress: (what: string) => void;
}

/** A way to add up 16 products and an accumulator. */
export interface DotTree {
  readonly name: string;
  readonly title: string;
  /** Where the generator makes it: the options, nothing for the default; null where it does not. */
  readonly options: string | null;
  /** Beats of its Verilog that were compared with integer arithmetic. */
  readonly beats: number;
  readonly gateEquivalents: Readonly<Record<Flow, number>>;
}

/** What `npm run dot-trees -- --json` prints. */
export interface DotTreesReport {
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly trees: readonly DotTree[];
  /** Of the netlists of all flows. */
  readonly proof: ProofReport;
}

/**
 * Has ways to add up written and compared with integer arithmetic, synthesises each by all flows of the area report, and proves
 * each netlist equal to its Verilog. A netlist that is not decided is simulated with the test bench of its Verilog.
 *
 * @throws UserError as `writeTrees`, and (exit code 3) when a tool is missing or breaks down.
 */
export async function measureDotTrees(request: DotTreesRequest): Promise<DotTreesReport> {
  const { yosys, library, only, onProgress } = request;
  const written = await writeTrees(only, (name) => onProgress(`${name} compared with integer arithmetic`));
  const models = library === undefined ? undefined : await cellModels(yosys, library);
  const jobs = written.flatMap((tree) => FLOWS.map((flow) => ({ tree, flow })));
  let done = 0;
  const measured = await mapLimit(jobs, TOOLS_AT_A_TIME, async ({ tree, flow }) => {
    const result = await measure(request, models, tree, flow);
    done += 1;
    onProgress(`${done} of ${jobs.length}: ${result.proof.netlist} ${result.proof.outcome.result}`);
    return result;
  });
  const trees = written.map(({ name, title, options, beats }, i): DotTree => {
    const [alumacc, noalumacc] = measured.slice(FLOWS.length * i).map(({ size }) => size.gateEquivalents);
    return { name, title, options, beats, gateEquivalents: { alumacc, noalumacc } as DotTree['gateEquivalents'] };
  });
  const proof = { limitSeconds: LONE_PROOF_SECONDS, modules: measured.map((each) => each.proof) };
  return { tool: yosys.identity, library: library?.identity ?? null, trees, proof };
}

async function measure(
  { yosys, library }: DotTreesRequest,
  models: string | undefined,
  tree: WrittenTree,
  flow: Flow,
): Promise<{ readonly size: Size; readonly proof: ModuleProof }> {
  const unit = loneUnit(tree.module, tree.file);
  const { size, netlist } = await synthesise({ yosys, folder: ROOT, library }, unit, flow);
  const request = { yosys, folder: ROOT, models, unit, text: netlist };
  const proof = await timedProof({ label: tree.name, netlist: `${tree.name}, ${flow}` }, async () =>
    orSimulated(await proveLone(request), (why) => simulateTree(request, tree, why)),
  );
  return { size, proof };
}
