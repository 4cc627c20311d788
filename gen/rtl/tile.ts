import type { DesignCore } from './design-core.js';
import type { ModulePort, ModuleView } from './module.js';
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
  /** The narrowest sums that leave a tile. */
  readonly leastSumBits: number;
  /** Verilog: a weight of column c as it enters and leaves. */
  readonly weightIn: string;
  readonly weightOut: string;
}

/** What tiles of PEs differ in. */
interface TileParts {
  readonly template: string;
  readonly ports: readonly ModulePort[];
  readonly leastSumBits: number;
}

/** What a port of a tile passes on. */
export const LATER = 'the same, one cycle later, to';

/** The tile of PEs of an array, or none where each PE stands alone. */
export function tilesOfPes(core: DesignCore, partsOf: (grid: TileGrid) => TileParts): TileView[] {
  const { config, format, accumulator } = core;
  const grid = tileGrid(config);
  if (!grid.tiled) return [];
  const { template, ports, leastSumBits } = partsOf(grid);
  const name = `${config.name}_tile`;
  const many = grid.tileCols * format.w.bits > 1;
  return [
    {
      name,
      file: `rtl/${name}.v`,
      template,
      title: `Tile of ${grid.tileRows} x ${grid.tileCols} PEs with operand registers at its edges only.`,
      ports: [clock, ...enablePorts(config), ...ports],
      instances: grid.rowTiles * grid.colTiles,
      parts: [`${config.name}_pe`],
      ...grid,
      pe: `${config.name}_pe`,
      double: config.drain === 'double',
      enable: config.stall === 'enable',
      aBits: format.a.bits,
      wBits: format.w.bits,
      accBits: accumulator.bits,
      weightIn: many ? 'w_i[c*W_OP_BITS +: W_OP_BITS]' : 'w_i',
      weightOut: many ? 'w_o[c*W_OP_BITS +: W_OP_BITS]' : 'w_o',
      leastSumBits,
    },
  ];
}
