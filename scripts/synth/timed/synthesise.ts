import { UserError } from '../../../gen/base/errors.js';
import { toolFailure } from '../../tools/find.js';
import type { Library } from '../../tools/liberty/library.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { FLOWS, type Flow } from '../flow-names.js';
import { flipFlopBits } from '../gates.js';
import { LATCH_FILE, latchMap } from '../latch.js';
import { readDelay } from '../path-log.js';
import type { AreaItem } from '../plan.js';
import { cellCounts, chipArea, requireMapped } from '../statistics.js';
import type { Candidate } from './choose.js';
import { driverConstraint, type Mapping, mappingFiles, mappingsFor, TIMED_FILES, timedScript } from './strategies.js';

/** Where items are synthesised; the library has delays. */
export interface TimedContext {
  readonly yosys: Yosys;
  /** The design's folder. */
  readonly folder: string;
  readonly library: Library;
}

/** A candidate with its netlist as Verilog. */
export interface TimedNetlist extends Candidate {
  readonly netlist: string;
}

/** @throws UserError when a library has no delays to map for. */
export function requireDelays({ delays, identity }: Library): void {
  if (!delays) throw new UserError(`the library ${identity.file} has no delays: nothing can be mapped for a period`);
}

/**
 * All netlists of an item by one flow, for the delays aimed at.
 *
 * @throws UserError when Yosys fails, gives no critical path, or leaves a gate that the library has no cell for.
 */
export async function timedNetlists(
  { yosys, folder, library }: TimedContext,
  item: AreaItem,
  flow: Flow,
  aims: readonly number[],
): Promise<{ netlists: TimedNetlist[]; warnings: readonly string[] }> {
  const mappings = mappingsFor(aims);
  const title = `${item.label}, ${flow}`;
  const { outputs, warnings } = await runYosys(yosys, {
    title,
    script: timedScript(item, { flow, mappings, driven: library.buffer !== undefined }),
    inputs: {
      ...sourcesOf(folder, item.files),
      [TIMED_FILES.library]: library.text,
      [LATCH_FILE]: latchMap(library),
      ...(library.buffer === undefined ? {} : { [TIMED_FILES.driver]: driverConstraint(library.buffer) }),
    },
    outputs: [TIMED_FILES.registers, ...mappings.flatMap((mapping) => Object.values(mappingFiles(mapping)))],
  });
  const bits = flipFlopBits(cellCounts(outputs[TIMED_FILES.registers] ?? ''));
  const netlistOf = (mapping: Mapping): TimedNetlist => {
    const { log, cells: cellsFile, area: areaFile, netlist } = filesOf(outputs, mapping);
    const cells = cellCounts(cellsFile);
    requireMapped(cells, library, item.module);
    const area = chipArea(areaFile, cells, item.module);
    const read = readDelay(log);
    if ('problem' in read) {
      throw toolFailure(
        yosys.identity.name,
        `gave no critical path of ${title}: ${read.problem}`,
        log,
        mapping.strategy,
      );
    }
    return {
      ...{ flow, strategy: mapping.strategy, aim: mapping.ps, path: read.path, netlist },
      size: { gateEquivalents: area / library.identity.nand2.area, area, flipFlopBits: bits },
    };
  };
  return { netlists: mappings.map(netlistOf), warnings };
}

function filesOf(outputs: TextFiles, mapping: Mapping): Record<keyof ReturnType<typeof mappingFiles>, string> {
  const { log, cells, area, netlist } = mappingFiles(mapping);
  const text = (file: string): string => outputs[file] ?? '';
  return { log: text(log), cells: text(cells), area: text(area), netlist: text(netlist) };
}

/** All netlists of an item by all flows. @throws UserError as `timedNetlists`. */
export async function allNetlists(
  context: TimedContext,
  item: AreaItem,
  aims: readonly number[],
): Promise<{ netlists: TimedNetlist[]; warnings: readonly string[] }> {
  const netlists: TimedNetlist[] = [];
  const warnings: string[] = [];
  for (const flow of FLOWS) {
    const made = await timedNetlists(context, item, flow, aims);
    netlists.push(...made.netlists);
    warnings.push(...made.warnings);
  }
  return { netlists, warnings };
}

/** The flow as a report shows it. */
export function shownTimedFlow(
  item: Pick<AreaItem, 'module' | 'files' | 'parameters'>,
  library: Library,
  aim: number,
): string {
  const script = timedScript(item, {
    flow: 'alumacc',
    mappings: mappingsFor([aim]),
    driven: library.buffer !== undefined,
  });
  return library.buffer === undefined
    ? script
    : `# ${TIMED_FILES.driver}: ${driverConstraint(library.buffer)}${script}`;
}
