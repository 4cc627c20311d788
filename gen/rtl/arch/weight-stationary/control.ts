import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { tileGrid } from '../../tile-grid.js';
import { literal } from '../../verilog.js';

export interface WeightStationaryControlView extends PeripheryView {
  readonly tall: boolean;
  readonly rowsButOne: number;
  readonly rowsButOneZero: string;
  readonly threeRows: boolean;
  readonly lastRowButTwo: number;
  readonly tokens: number;
  readonly tokensZero: string;
  readonly wWide: boolean;
  readonly lastToken: number;
  readonly lastTokenButOne: number;
}

/**
 * The control of weights and rows. A row of activations that leaves the input register in cycle t has its sums at the
 * output buffer in cycle t + ROWS + COLS - 1 + PIPELINE: that gives the number of tokens. With tiles of PEs, rows and
 * columns of tiles count here. Weights move down a row a beat all the same, but the PEs of a tile take part from the same
 * beat on: a wave of activations takes their weights over in the same cycle.
 */
export function weightStationaryControl(core: DesignCore): WeightStationaryControlView {
  const { pipeline } = core.config;
  const { tileRows, rowTiles, colTiles } = tileGrid(core.config);
  const tall = tileRows > 1;
  const perRow = `per row ${tall ? 'of PE tiles ' : ''}from the top`;
  const tokens = rowTiles + colTiles - 1 + pipeline;
  const wWide = core.w.wideTypes.length > 0;
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    input('w_issue_i', 1, 'a beat of weights enters the array'),
    input('w_last_i', 1, 'it is the last of its tile'),
    output('w_permit_o', 1, 'a beat of weights may enter the array'),
    ...(wWide ? [input('w_wide_i', 1, 'its weights have 8 bits')] : []),
    input('a_issue_i', 1, 'a row of activations enters the array'),
    input('a_begin_i', 1, 'it begins a tile'),
    input('a_last_i', 1, 'it ends a tile'),
    output('a_permit_o', 1, 'a tile may begin: its weights wait in the array'),
    output('load_o', rowTiles, `${perRow}: take the weight from above for the next tile`),
    output('swap_o', rowTiles, `${perRow}: use the weight of the next tile from now on`),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(wWide ? [output('row_wide_o', 1, 'it has results of 8-bit weights, in pairs of columns')] : []),
  ];
  const title = 'Control: lets weights and activations in and follows the rows through the array.';
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title,
      ports,
      instances: 1,
      template: 'rtl/arch/weight-stationary/control',
    }),
    tall,
    manyRows: rowTiles > 1,
    rowsButOne: rowTiles - 1,
    rowsButOneZero: literal(Math.max(rowTiles - 1, 1), 0),
    threeRows: rowTiles > 2,
    lastRowButTwo: rowTiles - 3,
    tokens,
    tokensZero: literal(tokens, 0),
    wWide,
    lastToken: tokens - 1,
    lastTokenButOne: tokens - 2,
  };
}
