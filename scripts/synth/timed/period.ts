import { GENERATOR } from '../../../gen/base/version.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import type { Tool } from '../../tools/find.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import { checkedStructure, isElaborated } from '../checked-structure.js';
import { type MappedNetlist, netlistHeader, netlistModule } from '../netlist.js';
import { type AreaItem, areaItems, distinctItems, itemKey, requireCellGate } from '../plan.js';
import { reportNames, structureCheck } from '../report.js';
import { checkWhole } from '../sta/check.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { chooseCandidate } from './choose.js';
import { buildPeriodReport, type PeriodReport } from './report.js';
import { allNetlists, requireDelays, shownTimedFlow, type TimedContext, type TimedNetlist } from './synthesise.js';

export interface PeriodRequest extends TimedContext {
  readonly periodPs: number;
  /** What is kept of the period for registers. */
  readonly marginPs: number;
  /** OpenSTA, where the whole is to be checked. */
  readonly sta: Tool | undefined;
  readonly onProgress: OnProgress;
}

export interface MappedDesign {
  readonly manifest: Manifest;
  readonly report: PeriodReport;
  /** The netlists whose areas the report gives, each once. */
  readonly netlists: readonly MappedNetlist[];
  /** The netlist of what is outside the modules, where the whole is checked. */
  readonly top?: string;
}

/**
 * Maps all modules of a design for a period.
 *
 * @throws UserError when the folder is not a design, the library has no delays, Yosys fails, or the design differs from its
 * manifest (exit code 1).
 */
export async function mapForPeriod(request: PeriodRequest): Promise<MappedDesign> {
  const { folder, yosys, library, periodPs, marginPs, onProgress } = request;
  requireDelays(library);
  const manifest = loadDesign(folder);
  requireCellGate(manifest);
  const { rows, cols, name } = manifest.configuration;
  const items = areaItems(manifest).filter(({ partOfOther }) => !partOfOther);
  const distinct = distinctItems(items);
  const all = distinct.length + Number(isElaborated(manifest)) + (request.sta ? 1 : 0);
  const progress = stepCounter(all, onProgress);
  const structure = await checkedStructure(yosys, folder, manifest, progress);
  const aim = periodPs - marginPs;
  const outcomes = await mapLimit(distinct, TOOLS_AT_A_TIME, async (item) => {
    const outcome = await allNetlists(request, item, [aim]);
    progress(item.label);
    return { item, ...outcome };
  });
  const made = new Map(outcomes.map(({ item, netlists }) => [itemKey(item), netlists]));
  const report = buildPeriodReport(
    {
      generator: GENERATOR,
      design: name,
      top: manifest.top,
      configurationSha256: manifest.configurationSha256,
      names: reportNames(manifest.configuration),
      ...{ rows, cols },
      lanes: factsOf(manifest.configuration).computing.lanes,
      tool: yosys.identity,
      library: library.identity,
      structure: structureCheck(structure),
    },
    { periodPs, marginPs },
    {
      flow: shownTimedFlow({ module: '<module>', files: ['<files>'], parameters: {} }, library, aim),
      items: items.map((item) => ({ item, candidates: made.get(itemKey(item)) as TimedNetlist[] })),
      warnings: [...new Set(outcomes.flatMap(({ warnings }) => warnings))].sort(),
    },
  );
  const netlists = outcomes.map((outcome) => keptNetlist(outcome, aim, report));
  if (request.sta === undefined) return { manifest, report, netlists };
  const whole = await checkWhole({ folder, manifest, yosys, library, sta: request.sta, netlists, periodPs });
  progress('setup checks of the whole');
  return { manifest, report: { ...report, sta: whole.report }, netlists, top: whole.top };
}

function keptNetlist(
  { item, netlists }: { readonly item: AreaItem; readonly netlists: readonly TimedNetlist[] },
  aim: number,
  report: PeriodReport,
): MappedNetlist {
  const { flow, strategy, netlist } = chooseCandidate(netlists, aim);
  const how = `the flow ${flow}, mapping ${strategy}, for a critical path of ${aim} ps`;
  const text = `${netlistHeader(item, how, report)}\n${netlist}`;
  return { item, flow, name: netlistModule(item), text };
}
