import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import type { PublishedModule } from './source.js';

const VERILOG = 'elaborated.v';

/**
 * Verilog of a module with its parameters, which every Yosys and Icarus read: operators and registers are as in the source.
 *
 * @param yosys One that reads the source: 0.23 knows no packed arrays of several dimensions.
 * @param texts Of the source; headers end in `.svh`.
 */
export async function elaborated(
  yosys: Yosys,
  texts: TextFiles,
  { top, parameters }: PublishedModule,
): Promise<string> {
  const files = Object.keys(texts).filter((path) => !path.endsWith('.svh'));
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  const { outputs } = await runYosys(yosys, {
    title: top,
    script: [
      `read_verilog -sv -DSYNTHESIS ${files.join(' ')}`,
      ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${top}`] : []),
      `hierarchy -check -top ${top}`,
      'proc',
      'opt_clean',
      `rename -top ${top}`,
      `write_verilog -noattr ${VERILOG}`,
      '',
    ].join('\n'),
    inputs: texts,
    outputs: [VERILOG],
  });
  return outputs[VERILOG] ?? '';
}
