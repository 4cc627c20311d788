import { z } from 'zod';
import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Library } from '../tools/liberty/library.js';
import type { CellCounts } from './gates.js';

const STATISTICS = z.object({ design: z.object({ num_cells_by_type: z.record(z.string(), z.int()) }) });

/** The cells in the text of Yosys' `stat -json`, all modules together. */
export function cellCounts(text: string): CellCounts {
  return STATISTICS.parse(JSON.parse(text)).design.num_cells_by_type;
}

/** @throws UserError when a netlist has gates or registers that the library has no cell for. */
export function requireMapped(cells: CellCounts, library: Library, module: string): void {
  const unmapped = Object.keys(cells).filter((type) => type.startsWith('$'));
  if (unmapped.length > 0) {
    throw new UserError(
      `the library ${library.identity.file} has no cell for ${unmapped.join(', ')} of module ${module}`,
    );
  }
}

/** The area in the text of `stat -liberty`; Yosys prints none for a module without cells. */
export function chipArea(text: string, cells: CellCounts, module: string): number {
  const area = /Chip area for (?:top )?module '[^']*': ([\d.]+)/.exec(text)?.[1];
  const complaint = /Area for cell type .* is unknown.*/.exec(text)?.[0];
  if (area === undefined && Object.keys(cells).length === 0) return 0;
  if (area === undefined || complaint !== undefined) {
    throw new UserError(`Yosys gave no area for ${module}: ${complaint ?? text.trim()}`, EXIT.toolBroken);
  }
  return Number(area);
}
