import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CellCounts, flipFlopBits, genericGateEquivalents } from '../../../gen/area/gates.js';
import type { AreaUnit } from '../../../gen/area/plan.js';
import { type Recipe, SYNTHESIS_FILES, synthesisScript } from '../../../gen/area/recipe.js';
import type { Synthesis } from '../../../gen/area/report.js';
import { EXIT, UserError } from '../../../gen/errors.js';
import { runYosys, type Yosys } from '../yosys.js';
import type { Library } from './library.js';

/** Where a unit is synthesised. */
export interface SynthesisContext {
  readonly yosys: Yosys;
  /** The design's folder. */
  readonly folder: string;
  readonly library: Library | undefined;
}

/**
 * Synthesises one unit by one recipe.
 *
 * @throws UserError when Yosys fails, or leaves a gate that the library has no cell for.
 */
export async function synthesise(
  { yosys, folder, library }: SynthesisContext,
  unit: AreaUnit,
  recipe: Recipe,
): Promise<Synthesis & { readonly warnings: readonly string[] }> {
  const { library: libraryFile, registers, cells: cellsFile, area: areaFile } = SYNTHESIS_FILES;
  const sources = unit.files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  const { outputs, warnings } = await runYosys(yosys, {
    title: `${unit.module}, ${recipe}`,
    script: synthesisScript(unit, recipe, library !== undefined),
    inputs: { ...Object.fromEntries(sources), ...(library ? { [libraryFile]: library.text } : {}) },
    outputs: [registers, cellsFile, ...(library ? [areaFile] : [])],
  });
  const cells = cellCounts(outputs[cellsFile] ?? '');
  const bits = flipFlopBits(cellCounts(outputs[registers] ?? ''));
  if (!library) {
    return { size: { gateEquivalents: genericGateEquivalents(cells), flipFlopBits: bits }, cells, warnings };
  }
  const unmapped = Object.keys(cells).filter((type) => type.startsWith('$'));
  if (unmapped.length > 0) {
    throw new UserError(
      `the library ${library.identity.file} has no cell for ${unmapped.join(', ')} of module ${unit.module}`,
    );
  }
  const area = chipArea(outputs[areaFile] ?? '', cells, unit.module);
  const gateEquivalents = area / library.identity.nand2.area;
  return { size: { gateEquivalents, area, flipFlopBits: bits }, cells, warnings };
}

const STATISTICS = z.object({ design: z.object({ num_cells_by_type: z.record(z.string(), z.int()) }) });

/** The cells of `stat -json`, all modules together. */
function cellCounts(text: string): CellCounts {
  return STATISTICS.parse(JSON.parse(text)).design.num_cells_by_type;
}

/** The area in the text of `stat -liberty`; Yosys prints none for a module without cells. */
function chipArea(text: string, cells: CellCounts, module: string): number {
  const area = /Chip area for (?:top )?module '[^']*': ([\d.]+)/.exec(text)?.[1];
  const complaint = /Area for cell type .* is unknown.*/.exec(text)?.[0];
  if (area === undefined && Object.keys(cells).length === 0) return 0;
  if (area === undefined || complaint !== undefined) {
    throw new UserError(`Yosys gave no area for ${module}: ${complaint ?? text.trim()}`, EXIT.toolBroken);
  }
  return Number(area);
}
