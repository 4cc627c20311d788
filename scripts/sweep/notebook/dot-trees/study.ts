import { decimal, type TextColumn } from '../../../../gen/base/text-table.js';
import { orSimulated, timedProof } from '../../../synth/equivalence/equal.js';
import { LONE_PROOF_SECONDS, loneItem, proveLone } from '../../../synth/equivalence/lone.js';
import { cellModels } from '../../../synth/equivalence/prove.js';
import { PROOF_COLUMNS, proofSummary } from '../../../synth/equivalence/render.js';
import { type ModuleProof, type ProofReport, proofPasses } from '../../../synth/equivalence/verdict.js';
import { FLOWS, type Flow } from '../../../synth/flow-names.js';
import type { Size } from '../../../synth/report.js';
import { synthesise } from '../../../synth/synthesise.js';
import type { LibraryIdentity } from '../../../tools/liberty/identity.js';
import { TOOLS_AT_A_TIME } from '../../../tools/pool.js';
import type { ToolIdentity } from '../../../tools/yosys/identity.js';
import { synthesisText } from '../../columns.js';
import { type Layout, section } from '../../layout.js';
import { JSON_OPTION, LIBERTY, option } from '../../program.js';
import { crossed, type Metric, measurePlan, type Study, type Subject } from '../../study.js';
import { simulateTree } from './simulate.js';
import { ROOT, type WrittenTree, writeTrees } from './write.js';

/** A way to add up 16 products and an accumulator. */
export interface DotTree extends Pick<WrittenTree, 'name' | 'title' | 'options' | 'beats'> {
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

interface MappedTree extends Subject {
  readonly tree: WrittenTree;
  readonly flow: Flow;
}

/**
 * Synthesises a tree by a flow, and proves the netlist equal to its Verilog. One that is not decided is simulated with the test
 * bench of its Verilog.
 *
 * @param models Verilog of the library's cells.
 */
const netlistOf =
  (models: string | undefined): Metric<MappedTree, { readonly size: Size; readonly proof: ModuleProof }> =>
  async ({ name, tree, flow }, { yosys, library, progress }) => {
    const item = loneItem(tree.module, tree.file);
    const { size, netlist } = await synthesise({ yosys, folder: ROOT, library }, item, flow);
    const proof = await timedProof({ label: tree.name, netlist: name }, yosys, async (watched) => {
      const request = { yosys: watched, folder: ROOT, models, item, text: netlist };
      return orSimulated(await proveLone(request), (why) => simulateTree(request, tree, why));
    });
    progress(proof.outcome.result);
    return { size, proof };
  };

/** `npm run dot-trees`. */
export const DOT_TREES_STUDY: Study<{ readonly only?: string }, string | undefined, DotTreesReport> = {
  command: 'npm run dot-trees --',
  description:
    'Part of the notebook: other trees of adders for the dot-product unit. Compare them with integer arithmetic, synthesise them, and prove their netlists.',
  options: [
    LIBERTY,
    option('--only <list>', 'some of the variants, by name; python3 examples/dot-trees.py --help lists them'),
    JSON_OPTION,
  ],
  notes: [
    'Netlists that are not decided within the limit of a proof are simulated with Verilator. All variants take many minutes.',
  ],
  fails: 'a sum is wrong or a netlist is not shown to be its Verilog',

  request: ({ only }) => only,

  async measure(only, tools) {
    const { yosys, library, progress } = tools;
    const written = await writeTrees(only, (name) => progress(`${name} compared with integer arithmetic`));
    const models = library === undefined ? undefined : await cellModels(yosys, library);
    return measurePlan(
      {
        subjects: crossed({ tree: written, flow: FLOWS }).map((point) => ({
          ...point,
          name: `${point.tree.name}, ${point.flow}`,
        })),
        metrics: { netlist: netlistOf(models) },
        atATime: TOOLS_AT_A_TIME,
        report: (rows): DotTreesReport => ({
          tool: yosys.identity,
          library: library?.identity ?? null,
          trees: written.map((tree) => {
            const { name, title, options, beats } = tree;
            const own = rows.filter(({ subject }) => subject.tree === tree);
            const sizes = own.map(({ subject, netlist }) => [subject.flow, netlist.size.gateEquivalents]);
            return { name, title, options, beats, gateEquivalents: Object.fromEntries(sizes) };
          }),
          proof: { limitSeconds: LONE_PROOF_SECONDS, modules: rows.map(({ netlist }) => netlist.proof) },
        }),
      },
      tools,
    );
  },

  layout: dotTreesLayout,

  outcome: ({ proof }) => ({ passes: proofPasses(proof) }),
};

const COLUMNS: readonly TextColumn<DotTree>[] = [
  { title: 'variant', left: true, text: ({ name }) => name },
  { title: 'GE', text: ({ gateEquivalents }) => decimal(gateEquivalents.alumacc, 1) },
  { title: 'without alumacc', text: ({ gateEquivalents }) => decimal(gateEquivalents.noalumacc, 1) },
  { title: 'right beats', text: ({ beats }) => decimal(beats) },
  { title: 'what it is', left: true, text: ({ title }) => title },
];

/** The tables of the report. */
export function dotTreesLayout({ tool, library, trees, proof }: DotTreesReport): Layout {
  return {
    sections: [
      ...section(COLUMNS, trees),
      { table: (lines) => [proofSummary(proof), '', ...lines(PROOF_COLUMNS, proof.modules)], notes: [] },
    ],
    provenance: synthesisText(tool, library),
  };
}
