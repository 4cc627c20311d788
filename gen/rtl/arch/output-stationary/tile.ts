import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { LATER, type TileView, tilesOfPes } from '../../tile.js';
import type { TileGrid } from '../../tile-grid.js';

/** The tile of PEs of an array, or none where each PE stands alone. */
export const tileModules = (core: DesignCore): TileView[] =>
  tilesOfPes(core, (grid) => ({
    template: 'rtl/arch/output-stationary/tile.v',
    ports: ports(core, grid),
    leastSumBits: core.accumulator.bits,
  }));

function ports({ config, format, accumulator }: DesignCore, grid: TileGrid): ModulePort[] {
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
