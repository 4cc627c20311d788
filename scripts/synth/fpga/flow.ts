import { netlistModule } from '../netlist.js';
import type { AreaItem } from '../plan.js';
import { type Family, familyCommand } from './families.js';

/** Files of a synthesis run: the counts of its cells, and the netlist as Verilog. */
export const FPGA_FILES = { cells: 'cells.json', netlist: 'netlist.v' } as const;

/** The Yosys script that maps an item, flattened, to the cells of a family. */
export function fpgaScript(
  { module, files, parameters, boxes = [] }: Pick<AreaItem, 'module' | 'files' | 'parameters' | 'boxes'>,
  family: Family,
  dsp: boolean,
): string {
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    ...(boxes.length > 0 ? [`read_verilog -lib ${boxes.map(({ file }) => file).join(' ')}`] : []),
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `${familyCommand(family, dsp)} -top ${module}`,
    // Black boxes keep what drives them, and are gone when the rest is counted.
    ...boxes.map((box) => `delete t:*${box.module}*`),
    `tee -q -o ${FPGA_FILES.cells} stat -json`,
    `rename -top ${netlistModule({ module, parameters })}`,
    `write_verilog -noattr -noexpr ${FPGA_FILES.netlist}`,
    '',
  ].join('\n');
}
