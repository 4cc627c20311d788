import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type GridView, gridView } from '../../tile-grid.js';
import { literal, replicate } from '../../verilog.js';

export interface ControlView extends PeripheryView {
  readonly grid: GridView;
  readonly gapBits: number;
  readonly gapValue: string;
  readonly gapReset: string;
  readonly gapZero: string;
  readonly gapOne: string;
  readonly hasGap: boolean;
  readonly tokens: number;
  readonly hasTokens: boolean;
  readonly manyTokens: boolean;
  readonly lastToken: number;
  readonly lastTokenButOne: number;
  readonly tokenReset: string;
  readonly firstSwapToken: number;
  readonly drainReset: string;
  readonly colsZero: string;
  readonly tokensZero: string;
  readonly aWide: boolean;
  readonly wWide: boolean;
  readonly wide: boolean;
  readonly fourRows: boolean;
  readonly lastRowButTwo: number;
}

/**
 * The control of tiles. The waves of operands and of the drain take a cycle per row and column of tiles of PEs, which
 * count here as rows and columns where such tiles are larger than a PE. Counted from the cycle in which a tile's last beat leaves the input register, row p (from the
 * top) of column 0 has its final sum after p + PIPELINE + 1 cycles. Single: the drain wave must be in the PEs of column
 * 0 when the last row has its sum, ROWS + PIPELINE; double: one cycle later, when the last row's shadow has it. Two
 * registers lie between the start of the drain wave and there: that gives the number of tokens.
 */
export function controlModule(core: DesignCore): ControlView {
  const { config } = core;
  const double = config.drain === 'double';
  const [aWide, wWide] = [core.a.wideTypes.length > 0, core.w.wideTypes.length > 0];
  const grid = gridView(config);
  const { rowTiles, colTiles } = grid;
  const tokens = double ? rowTiles + config.pipeline - 1 : rowTiles + config.pipeline - 2;
  const gap = double ? config.rows - 1 : config.rows;
  const gapBits = Math.max(gap.toString(2).length, 1);
  const ports = [
    clock,
    reset,
    ...enablePorts(config),
    input('last_i', 1, 'the last beat of a tile enters the array'),
    ...[core.a, core.w]
      .filter(({ wideTypes }) => wideTypes.length > 0)
      .map(({ letter, role }) => input(`${letter}_wide_i`, 1, `1: its ${role}s have 8 bits`)),
    output('permit_o', 1, double ? 'the last beat of the next tile may enter the array' : 'a beat may enter the array'),
    ...(double
      ? [
          output(
            'swap_o',
            rowTiles,
            `per row ${grid.tall ? 'of PE tiles ' : ''}from the top: hand the sum to the shadow and start anew`,
          ),
        ]
      : []),
    output('drain_o', config.rows, 'per row from the top: shift down by one row'),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(aWide ? [output('pair_o', config.cols, 'per column: add the row above to the lowest one')] : []),
    ...(wWide ? [output('row_wide_o', 1, 'the row has results of 8-bit weights, in pairs of columns')] : []),
  ];
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title: 'Control: spaces the tiles and starts their drain.',
      ports,
      instances: 1,
      template: 'rtl/arch/output-stationary/control',
    }),
    grid,
    manyCols: colTiles > 1,
    lastCol: colTiles - 1,
    lastColButOne: colTiles - 2,
    gapBits,
    gapValue: literal(gapBits, gap),
    // The rows of a tile of PEs are cleared one by one, and operands reach them together.
    gapReset: literal(gapBits, double || grid.tall ? gap : 0),
    gapZero: literal(gapBits, 0),
    gapOne: literal(gapBits, 1),
    hasGap: gap > 0,
    tokens,
    hasTokens: tokens > 0,
    manyTokens: tokens > 1,
    lastToken: tokens - 1,
    lastTokenButOne: tokens - 2,
    tokenReset: literal(Math.max(tokens, 1), double ? 1 : 0),
    firstSwapToken: config.pipeline - 1,
    drainReset: double ? literal(config.rows, 0) : replicate(config.rows, "1'b1"),
    cols: colTiles,
    colsZero: literal(colTiles, 0),
    tokensZero: literal(Math.max(tokens, 1), 0),
    aWide,
    wWide,
    wide: aWide || wWide,
    fourRows: config.rows > 2,
    lastRowButTwo: config.rows - 3,
  };
}
