import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { LATER, type TileView, tilesOfPes } from '../../tile.js';
import type { TileGrid } from '../../tile-grid.js';
import { tileSumBits } from './sums.js';

/** The tile of PEs of an array, or none where each PE stands alone. */
export const tileModules = (core: DesignCore): TileView[] =>
  tilesOfPes(core, (grid) => ({
    template: 'rtl/arch/weight-stationary/tile.v',
    ports: ports(core, grid),
    leastSumBits: Math.min(...tileSumBits(core)),
  }));

function ports({ format }: DesignCore, { tileRows, tileCols }: TileGrid): ModulePort[] {
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
