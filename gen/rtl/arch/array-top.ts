import type { DesignCore } from '../design-core.js';
import type { ModulePort } from '../module.js';
import { type PeripheryView, peripheryModule } from '../periphery.js';
import { clock, resetOf } from '../ports.js';
import { type GridView, gridView } from '../tile-grid.js';

export interface ArrayView extends PeripheryView {
  readonly gate: boolean;
  readonly clk: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly rowBits: number;
  readonly grid: GridView;
  /** Names of the results of column c in the lowest PEs, in those above, and where the de-skew takes it from. */
  readonly result: string;
  readonly resultWire: string;
  /** Whether pairs of rows, and of columns, are added on the way out. */
  readonly pairsRows: boolean;
  readonly pairsCols: boolean;
}

/**
 * What the tops of both dataflows have in common.
 *
 * @param result Output of the lowest PEs that holds a result.
 */
export function arrayView(
  core: DesignCore,
  template: string,
  title: string,
  streams: ModulePort[],
  result: string,
): ArrayView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const module = (suffix: string): string => `${config.name}_${suffix}`;
  const pairsRows = config.dataflow === 'os' && core.a.wideTypes.length > 0;
  return {
    ...peripheryModule(core, { suffix: 'array', title, ports: [clock, resetOf(config), ...streams], template }),
    gate: config.stall === 'gate',
    clk: config.stall === 'gate' ? 'clk_array' : 'clk_i',
    modules: {
      clockGate: module('clock_gate'),
      input: module('input'),
      inputA: module('input_a'),
      inputW: module('input_w'),
      control: module('control'),
      delay: module('delay'),
      decodeA: module('decode_a'),
      decodeW: module('decode_w'),
      decodeALow: module('decode_a_low'),
      decodeAHigh: module('decode_a_high'),
      decodeWLow: module('decode_w_low'),
      decodeWHigh: module('decode_w_high'),
      pairRows: module('pair_rows'),
      pairCols: module('pair_cols'),
      pe: module('pe'),
      tile: module('tile'),
      output: module('output'),
    },
    rowBits: config.cols * accumulator.bits,
    grid,
    result,
    resultWire: pairsRows
      ? 'result'
      : grid.tiled
        ? 'bottom[c*ACC_BITS +: ACC_BITS]'
        : `g_row[ROWS-1].g_col[c].${result}`,
    pairsRows,
    pairsCols: core.w.wideTypes.length > 0,
  };
}
