import { GENERATOR } from '../../gen/base/version.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import { checkedStructure, isElaborated } from './checked-structure.js';
import { FLOWS, type Flow } from './flow-names.js';
import { type MappedNetlist, netlistHeader, netlistModule } from './netlist.js';
import { type AreaItem, areaItems, distinctItems, itemKey, requireCellGate } from './plan.js';
import { type AreaReport, buildReport, keptFlow, reportNames } from './report.js';
import { type OnProgress, stepCounter } from './steps.js';
import { type ItemSynthesis, type SynthesisContext, shownFlows, synthesise } from './synthesise.js';

export interface AreaRequest extends SynthesisContext {
  readonly onProgress: OnProgress;
}

/** What synthesis makes of a design. */
export interface MeasuredDesign {
  readonly manifest: Manifest;
  readonly report: AreaReport;
  /** The netlists whose areas the report gives, each once. */
  readonly netlists: readonly MappedNetlist[];
}

/**
 * Synthesises all modules of a design and adds up the array.
 *
 * @throws UserError when the folder is not a design, Yosys fails, or the array differs from its manifest (exit code 1).
 */
export async function measureDesign({ folder, yosys, library, onProgress }: AreaRequest): Promise<MeasuredDesign> {
  const manifest = loadDesign(folder);
  requireCellGate(manifest);
  const { rows, cols, name } = manifest.configuration;
  const items = areaItems(manifest);
  const distinct = distinctItems(items);
  const all = distinct.length * FLOWS.length + Number(isElaborated(manifest));
  const progress = stepCounter(all, onProgress);
  const structure = await checkedStructure(yosys, folder, manifest, progress);
  const { results, warnings } = await synthesiseAll({ yosys, folder, library }, distinct, progress);
  const report = buildReport({
    generator: GENERATOR,
    design: name,
    names: reportNames(manifest.configuration),
    top: manifest.top,
    configurationSha256: manifest.configurationSha256,
    rows,
    cols,
    lanes: factsOf(manifest.configuration).computing.lanes,
    tool: yosys.identity,
    library: library?.identity ?? null,
    flows: shownFlows(library),
    items: items.map((item) => ({ item, result: results.get(itemKey(item)) as ItemSyntheses })),
    structure,
    warnings,
  });
  const netlists = distinct.map((item) => keptNetlist(item, results.get(itemKey(item)) as ItemSyntheses, report));
  return { manifest, report, netlists };
}

/** What all flows gave for an item. */
export type ItemSyntheses = Readonly<Record<Flow, ItemSynthesis>>;

export function keptNetlist(
  item: AreaItem,
  syntheses: ItemSyntheses,
  report: Pick<AreaReport, 'configurationSha256' | 'library'>,
): MappedNetlist {
  const flow = keptFlow(syntheses);
  const text = `${netlistHeader(item, `the flow ${flow} of the area report`, report)}\n${syntheses[flow].netlist}`;
  return { item, flow, name: netlistModule(item), text };
}

/** The syntheses of all items, by their keys. */
export async function synthesiseAll(
  context: SynthesisContext,
  items: readonly AreaItem[],
  progress: (what: string) => void,
): Promise<{ results: Map<string, ItemSyntheses>; warnings: string[] }> {
  const jobs = items.flatMap((item) => FLOWS.map((flow): [AreaItem, Flow] => [item, flow]));
  const outcomes = await mapLimit(jobs, TOOLS_AT_A_TIME, async ([item, flow]) => {
    const outcome = await synthesise(context, item, flow);
    progress(`${item.label} ${flow}`);
    return outcome;
  });
  const results = new Map<string, ItemSyntheses>();
  items.forEach((item, i) => {
    const [alumacc, noalumacc] = outcomes.slice(2 * i, 2 * i + 2);
    if (alumacc && noalumacc) results.set(itemKey(item), { alumacc, noalumacc });
  });
  return { results, warnings: [...new Set(outcomes.flatMap(({ warnings }) => warnings))].sort() };
}
