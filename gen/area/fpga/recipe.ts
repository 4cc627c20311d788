import type { AreaUnit } from '../plan.js';
import { type Family, familyCommand } from './families.js';

/** The file of a synthesis run that holds the counts of its cells. */
export const FPGA_CELLS_FILE = 'cells.json';

/** The Yosys script that maps a unit, flattened, to the cells of a family. */
export function fpgaScript(
  { module, files, parameters }: Pick<AreaUnit, 'module' | 'files' | 'parameters'>,
  family: Family,
  dsp: boolean,
): string {
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `${familyCommand(family, dsp)} -top ${module}`,
    `tee -q -o ${FPGA_CELLS_FILE} stat -json`,
    '',
  ].join('\n');
}
