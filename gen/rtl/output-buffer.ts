import type { DesignCore } from './design-core.js';
import { input, type ModulePort, output } from './module.js';
import { type PeripheryView, peripheryModule } from './periphery.js';
import { clock, reset } from './ports.js';
import { streamShape } from './streams.js';

interface OutputView extends PeripheryView {
  readonly rowBits: number;
  /** Whether a tile leaves in several rows. */
  readonly hasLast: boolean;
}

export function outputModule(core: DesignCore): OutputView {
  const { config, accumulator } = core;
  const rowBits = streamShape(config).resultCols * accumulator.bits;
  const hasLast = config.arch === 'array';
  const ports = [
    clock,
    reset,
    input(
      'row_valid_i',
      1,
      `${hasLast ? 'a row of results leaves the array' : 'results of a tile are there'}; ignored while run_o is 0`,
    ),
    ...(hasLast ? [input('row_last_i', 1, 'it is the last of its tile')] : []),
    input('row_data_i', rowBits, hasLast ? 'the row' : 'the results, a row of the buffer'),
    output('run_o', 1, `the ${hasLast ? 'array' : 'units'} may run: there is room for one more row`),
    ...streamOut(core),
  ];
  const title = 'Output buffer: two rows, so that nothing depends on out_ready_i within a cycle.';
  return {
    ...peripheryModule(core, { suffix: 'output', title, ports, instances: 1, template: 'rtl/output' }),
    rowBits,
    hasLast,
  };
}

export function streamOut({ config, accumulator, w }: DesignCore): ModulePort[] {
  const { bits } = accumulator;
  if (config.arch === 'dot') {
    const index = `(r*${config.cols}+c)*${bits}`;
    return [
      output('out_valid_o', 1, 'the results of a tile are offered'),
      input('out_ready_i', 1, 'they are taken if offered'),
      output('out_last_o', 1, '1: a tile has a single beat of results'),
      output('out_data_o', config.rows * config.cols * bits, `signed results, unit r, c at [${index} +: ${bits}]`),
    ];
  }
  const order = config.dataflow === 'ws' ? "in the order of the tile's activations" : 'row 0 of the tile first';
  const evenOnes =
    w.wideTypes.length > 0 ? `; of 8-bit weights: column c at [c*${2 * bits} +: ${bits}], between them 0` : '';
  return [
    output('out_valid_o', 1, `a row of results is offered, ${order}`),
    input('out_ready_i', 1, 'the row is taken if offered'),
    output('out_last_o', 1, 'the row is the last of its tile'),
    output(
      'out_data_o',
      config.cols * bits,
      `${config.pe === 'float' ? 'binary32' : 'signed'} results, column c at [c*${bits} +: ${bits}]${evenOnes}`,
    ),
  ];
}
