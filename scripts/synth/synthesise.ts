import { toolFailure } from '../tools/find.js';
import type { Library } from '../tools/liberty/library.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { sourcesOf } from '../tools/yosys/sources.js';
import { runYosys } from '../tools/yosys/yosys.js';
import { type Mapping, SYNTHESIS_FILES, shownFlow, synthesisScript } from './flow.js';
import type { Flow } from './flow-names.js';
import { flipFlopBits, genericGateEquivalents } from './gates.js';
import { LATCH_FILE, latchMap } from './latch.js';
import type { CriticalPath } from './path.js';
import { type ReadPath, readDelays, readLevels } from './path-log.js';
import type { AreaItem } from './plan.js';
import type { Synthesis } from './report.js';
import { cellCounts, chipArea, requireMapped } from './statistics.js';

/** Where an item is synthesised. */
export interface SynthesisContext {
  readonly yosys: Yosys;
  /** The design's folder. */
  readonly folder: string;
  readonly library: Library | undefined;
}

/** What a synthesis gave, with the mapped netlist as Verilog. */
export interface ItemSynthesis extends Synthesis {
  readonly warnings: readonly string[];
  readonly netlist: string;
}

/** What netlists are mapped to with a library, or without. */
export function mappingTo(library: Library | undefined): Mapping {
  return library ? { to: 'library', delays: library.delays } : { to: 'generic gates' };
}

/** The scripts of all flows, as reports show them. */
export function shownFlows(library: Library | undefined): Readonly<Record<Flow, string>> {
  const mapping = mappingTo(library);
  return { alumacc: shownFlow('alumacc', mapping), noalumacc: shownFlow('noalumacc', mapping) };
}

/**
 * Synthesises one item by one flow.
 *
 * @throws UserError when Yosys fails, gives no critical path, or leaves a gate that the library has no cell for.
 */
export async function synthesise(
  { yosys, folder, library }: SynthesisContext,
  item: AreaItem,
  flow: Flow,
): Promise<ItemSynthesis> {
  const {
    library: libraryFile,
    registers,
    cells: cellsFile,
    area: areaFile,
    levels,
    netlist: netlistFile,
  } = SYNTHESIS_FILES;
  const title = `${item.module}, ${flow}`;
  const { outputs, warnings, log } = await runYosys(yosys, {
    title,
    script: synthesisScript(item, flow, mappingTo(library)),
    inputs: {
      ...sourcesOf(folder, [...(item.boxes ?? []).map(({ file }) => file), ...item.files]),
      ...(library ? { [libraryFile]: library.text, [LATCH_FILE]: latchMap(library) } : {}),
    },
    outputs: [registers, cellsFile, library ? areaFile : levels, netlistFile],
  });
  const cells = cellCounts(outputs[cellsFile] ?? '');
  const netlist = outputs[netlistFile] ?? '';
  const bits = flipFlopBits(cellCounts(outputs[registers] ?? ''));
  const pathOf = (read: ReadPath): CriticalPath => {
    if ('path' in read) return read.path;
    throw toolFailure(yosys.identity.name, `gave no critical path of ${title}: ${read.problem}`, abcPart(log), 'abc');
  };
  if (!library) {
    const size = { gateEquivalents: genericGateEquivalents(cells), flipFlopBits: bits };
    return { size, path: pathOf(readLevels(outputs[levels] ?? '', item.module)), cells, warnings, netlist };
  }
  requireMapped(cells, library, item.module);
  const area = chipArea(outputs[areaFile] ?? '', cells, item.module);
  const gateEquivalents = area / library.identity.nand2.area;
  const path: CriticalPath = library.delays ? pathOf(readDelays(log)) : { kind: 'unknown' };
  return { size: { gateEquivalents, area, flipFlopBits: bits }, path, cells, warnings, netlist };
}

/** A log up to the last line of ABC. */
function abcPart(log: string): string {
  const lines = log.split('\n');
  return lines.slice(0, lines.findLastIndex((line) => line.startsWith('ABC: ')) + 1).join('\n');
}
