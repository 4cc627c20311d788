import type { DesignCore } from './design-core.js';
import { input, type ModuleView, output } from './module.js';
import { kindBits, peripheryModule } from './periphery.js';
import type { OperandPort } from './port.js';
import { clock, enablePorts } from './ports.js';
import { tileGrid } from './tile-grid.js';

/** A delay line: `DEPTH` registers of `WIDTH` bits, for skew and de-skew. */
export interface DelayLine {
  readonly use: string;
  readonly width: number;
  /** Registers of `width` bits in the whole array. */
  readonly stages: number;
}

/**
 * The delay lines of an array. Row p (from the top) waits p cycles, column c waits c, results of column c COLS-1-c; with
 * tiles of PEs, all rows or columns of a tile as long as its place among the tiles says.
 */
export function delayLines({ config, a, w, accumulator }: DesignCore): DelayLine[] {
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(config);
  const triangle = (n: number): number => (n * (n - 1)) / 2;
  return [
    { use: 'skew of the activations', width: a.codeBits, stages: tileRows * triangle(rowTiles) },
    { use: 'skew of the activation types', width: kindBits(a), stages: rowTiles - 1 },
    { use: 'skew of the weights', width: w.codeBits, stages: tileCols * triangle(colTiles) },
    { use: 'skew of the weight types', width: kindBits(w), stages: colTiles - 1 },
    { use: 'de-skew of the results', width: accumulator.bits, stages: tileCols * triangle(colTiles) },
  ].filter(({ width, stages }) => width > 0 && stages > 0);
}

export function delayModule(core: DesignCore): ModuleView {
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(core.config);
  const ports = [
    clock,
    ...enablePorts(core.config),
    input('d_i', 'WIDTH', 'data'),
    output('q_o', 'WIDTH', 'data, DEPTH cycles later'),
  ];
  const skews = (port: OperandPort, lanes: number, tiles: number): number =>
    (tiles - 1) * (lanes + (kindBits(port) > 0 ? 1 : 0));
  const results = tileCols * (colTiles - 1);
  const instances = skews(core.a, tileRows, rowTiles) + skews(core.w, tileCols, colTiles) + results;
  const title = 'Delay line: DEPTH registers of WIDTH bits, for skew and de-skew.';
  return peripheryModule(core, { suffix: 'delay', title, ports, instances, template: 'rtl/delay' });
}
