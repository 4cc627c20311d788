import { clusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type ShiftView, shiftRegister } from '../../register.js';
import { literal } from '../../verilog.js';

export interface WeightStationaryControlView extends PeripheryView {
  /** How rows take part in a load: several rows of clusters, several rows of PEs, or a single row of either. */
  readonly tall: boolean;
  readonly plain: boolean;
  readonly single: boolean;
  readonly ofClusters: string;
  readonly shadow: string;
  readonly rowsButOne: number;
  readonly rowsButOneZero: string;
  readonly open: ShiftView;
  readonly swap: ShiftView;
  /** What follows a row of activations until its results leave. */
  readonly rowsOnTheirWay: readonly ShiftView[];
  readonly mode: ShiftView;
  readonly wWide: boolean;
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The control of weights and rows. A row of activations that leaves the input register in cycle t has its sums at the
 * output buffer in cycle t + ROWS + COLS - 1 + PIPELINE: that gives the stages of the valid pipeline. With clusters of PEs, rows and
 * columns of clusters count here. Weights move down a row a beat all the same, but the PEs of a cluster take part from the same
 * beat on: a wave of activations takes their weights over in the same cycle.
 */
export function weightStationaryControl(core: DesignCore): WeightStationaryControlView {
  const { pipeline } = core.config;
  const { clusterRows, rowClusters, colClusters } = clusterGrid(core.config);
  const tall = clusterRows > 1;
  const perRow = `per row ${tall ? 'of PE clusters ' : ''}from the top`;
  const stages = rowClusters + colClusters - 1 + pipeline;
  const wWide = core.w.wideTypes.length > 0;
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    input('w_fire_i', 1, 'a beat of weights enters the array'),
    input('w_last_i', 1, 'it is the last of its tile'),
    output('w_grant_o', 1, 'a beat of weights may enter the array'),
    ...(wWide ? [input('w_wide_i', 1, 'its weights have 8 bits')] : []),
    input('a_fire_i', 1, 'a row of activations enters the array'),
    input('a_begin_i', 1, 'it begins a tile'),
    input('a_last_i', 1, 'it ends a tile'),
    output('a_grant_o', 1, 'a tile may begin: its weights wait in the array'),
    output('load_o', rowClusters, `${perRow}: take the weight from above for the next tile`),
    output('swap_o', rowClusters, `${perRow}: use the weight of the next tile from now on`),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(wWide ? [output('row_wide_o', 1, 'it has results of 8-bit weights, in pairs of columns')] : []),
  ];
  const title = 'Control: lets weights and activations in and follows the rows through the array.';
  const many = rowClusters > 1;
  const next = Math.max(rowClusters - 1, 1);
  const follow = (name: string, into: string): ShiftView => shiftRegister(name, stages, into);
  const [valid, last] = [follow('row_valid_q', 'a_fire_i'), follow('row_last_q', 'a_last_i')];
  const mode = follow('row_wide_q', 'wide');
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title,
      ports,
      instances: 1,
      template: 'rtl/arch/weight-stationary/control',
    }),
    tall: many && tall,
    plain: many && !tall,
    single: !many,
    ofClusters: tall ? ' of PE clusters' : '',
    shadow: tall ? 'shadows' : 'shadow',
    manyRows: many,
    rowsButOne: rowClusters - 1,
    rowsButOneZero: literal(next, 0),
    open: shiftRegister('open_q', next, "1'b1"),
    swap: shiftRegister('swap_q', next, 'a_begin_i'),
    rowsOnTheirWay: [valid, last],
    mode,
    wWide,
    outputs: [
      { name: 'load_o', value: many ? `{open_q & {${rowClusters - 1}{w_fire_i}}, w_fire_i}` : 'w_fire_i' },
      { name: 'swap_o', value: many ? '{swap_q, a_begin_i}' : 'a_begin_i' },
      { name: 'row_valid_o', value: valid.last },
      { name: 'row_last_o', value: last.last },
      ...(wWide ? [{ name: 'row_wide_o', value: mode.last }] : []),
    ],
  };
}
