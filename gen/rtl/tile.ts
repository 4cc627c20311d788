import { tileSumBits } from './arch/weight-stationary/sums.js';
import { operandLayout } from './decoder.js';
import type { DesignCore } from './design-core.js';
import { input, type ModulePort, type ModuleView, output } from './module.js';
import { clock, enablePorts } from './ports.js';
import { type TileGrid, tileGrid } from './tile-grid.js';

/** A tile of PEs: their operand registers at its edges, and the PEs between which operands go without registers. */
export interface TileView extends ModuleView, TileGrid {
  readonly pe: string;
  readonly double: boolean;
  readonly enable: boolean;
  readonly aBits: number;
  readonly wBits: number;
  readonly accBits: number;
  /** Of a weight-stationary array: the narrowest partial sums that leave a tile. */
  readonly leastSumBits: number;
  /** Verilog: a weight of column c as it enters and leaves. */
  readonly weightIn: string;
  readonly weightOut: string;
}

/** The tile of PEs of an array, or none where each PE stands alone. */
export function tileModules(core: DesignCore): TileView[] {
  const { config, format, accumulator } = core;
  const grid = tileGrid(config);
  if (!grid.tiled) return [];
  const stays = config.dataflow === 'ws';
  const name = `${config.name}_tile`;
  const size = `${grid.tileRows} x ${grid.tileCols}`;
  return [
    {
      name,
      file: `rtl/${name}.v`,
      template: stays ? 'rtl/arch/weight-stationary/tile.v' : 'rtl/arch/output-stationary/tile.v',
      title: `Tile of ${size} PEs with operand registers at its edges only.`,
      ports: [
        clock,
        ...enablePorts(config),
        ...(stays ? weightStationaryPorts(core, grid) : outputStationaryPorts(core, grid)),
      ],
      instances: grid.rowTiles * grid.colTiles,
      parts: [`${config.name}_pe`],
      ...grid,
      pe: `${config.name}_pe`,
      double: config.drain === 'double',
      enable: config.stall === 'enable',
      aBits: format.a.bits,
      wBits: format.w.bits,
      accBits: accumulator.bits,
      weightIn: grid.tileCols * format.w.bits > 1 ? 'w_i[c*W_OP_BITS +: W_OP_BITS]' : 'w_i',
      weightOut: grid.tileCols * format.w.bits > 1 ? 'w_o[c*W_OP_BITS +: W_OP_BITS]' : 'w_o',
      leastSumBits: stays ? Math.min(...tileSumBits(core)) : accumulator.bits,
    },
  ];
}

const LATER = 'the same, one cycle later, to';

function outputStationaryPorts({ config, format, accumulator }: DesignCore, grid: TileGrid): ModulePort[] {
  const { tileRows, tileCols } = grid;
  const set = config.drain === 'double' ? 'shadow' : 'accumulator';
  return [
    input('a_i', tileRows * format.a.bits, `activations ${operandLayout(format.a)}, top row lowest, from the left`),
    output('a_o', tileRows * format.a.bits, `${LATER} the right`),
    input('w_i', tileCols * format.w.bits, `weights ${operandLayout(format.w)}, left column lowest, from above`),
    output('w_o', tileCols * format.w.bits, `${LATER} below`),
    ...(config.drain === 'double'
      ? [
          input('swap_i', 1, '1: copy the accumulators to the shadows and start anew, from the left'),
          output('swap_o', 1, `${LATER} the right`),
        ]
      : []),
    input('drain_i', tileRows, `per row from the top: take the ${set}s of the row above, from the left`),
    output('drain_o', tileRows, `${LATER} the right`),
    input('acc_i', tileCols * accumulator.bits, `${set}s of the lowest row of the tile above`),
    output('acc_o', tileCols * accumulator.bits, `${set}s of this tile's lowest row`),
  ];
}

function weightStationaryPorts({ format }: DesignCore, { tileRows, tileCols }: TileGrid): ModulePort[] {
  const sums = tileCols > 1 ? `${tileCols}*SUM_BITS` : 'SUM_BITS';
  return [
    input('a_i', tileRows * format.a.bits, `activations ${operandLayout(format.a)}, top row lowest, from the left`),
    output('a_o', tileRows * format.a.bits, `${LATER} the right`),
    input('swap_i', 1, '1: the activations begin a tile: use its weights from now on, from the left'),
    output('swap_o', 1, `${LATER} the right`),
    input('load_i', 1, '1: take the weights from above for the next tile, from the left'),
    output('load_o', 1, `${LATER} the right`),
    input('w_i', tileCols * format.w.bits, `weights ${operandLayout(format.w)}, left column lowest, from above`),
    output('w_o', tileCols * format.w.bits, 'the weights for the next tile, to below'),
    input('sum_i', sums, 'partial sums of the rows above'),
    output('sum_o', sums, "partial sums with this tile's rows"),
  ];
}
