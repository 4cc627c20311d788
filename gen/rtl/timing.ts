import type { Configuration } from '../config/parameters.js';
import { tileGrid } from './tile-grid.js';

/** A figure of the array in clock cycles, as a formula and with its value for this design. */
export interface Formula {
  readonly formula: string;
  readonly cycles: number;
}

/**
 * Cycle counts of a design without stalls. A cycle count is the difference between the numbers of the two clock edges
 * at which the named transfers happen.
 */
export interface Timing {
  /**
   * From the transfer of a tile's last beat in to the transfer of a row out. Holds for tiles of at least `minimumK`
   * beats: the last beat of a shorter one may wait in the input register.
   */
  readonly latency: Formula & { readonly to: 'first row' | 'last row'; readonly minimumK: number };
  /**
   * From one tile's first row out to the next one's, for tiles of n beats: max(n + bubble, minimum). The formula calls the
   * beats K where each is a step of the reduction, M where each is a row of results, B in dot-product units.
   */
  readonly tilePeriod: { readonly formula: string; readonly bubble: number; readonly minimum: number };
  /** From a tile's first row out to its last, operands of 8 bits aside; null: one less than the tile has beats. */
  readonly drain: { readonly formula: string; readonly cycles: number | null };
  /**
   * After reset, from the transfer of the first weight beat to the first row out, with both streams offered at once;
   * null where weights and activations come together.
   */
  readonly fill: Formula | null;
  /** Most multiply-accumulates per cycle. */
  readonly macsPerCycle: number;
}

/** The cycle counts of a design. */
export function designTiming(config: Configuration): Timing {
  return config.arch === 'dot' ? dotTiming(config) : arrayTiming(config);
}

/**
 * Where the latency comes from: 1 cycle in the input register, PIPELINE to the accumulator, 1 into the output buffer. A
 * unit takes a beat in every cycle, whatever tile it belongs to.
 */
function dotTiming({ rows, cols, lanes, pipeline }: Configuration): Timing {
  return {
    latency: { formula: 'PIPELINE + 2', cycles: pipeline + 2, to: 'first row', minimumK: 1 },
    tilePeriod: { formula: 'B', bubble: 0, minimum: 0 },
    drain: { formula: '0', cycles: 0 },
    fill: null,
    macsPerCycle: rows * cols * lanes,
  };
}

/** The cycle counts of an array. */
export function arrayTiming(config: Configuration): Timing {
  return config.dataflow === 'os' ? outputStationaryTiming(config) : weightStationaryTiming(config);
}

/** What a wave of operands passes on its way through the array: as text and as a number of cycles. */
interface Crossing {
  readonly formula: string;
  readonly cycles: number;
}

/** A cycle for each row and column of operand registers: of PEs, or of tiles of PEs. */
function crossing(config: Configuration): Crossing {
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(config);
  const rows = tileRows > 1 ? 'ROWS/TILE_ROWS' : 'ROWS';
  const cols = tileCols > 1 ? 'COLS/TILE_COLS' : 'COLS';
  return { formula: `${rows} + ${cols}`, cycles: rowTiles + colTiles };
}

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave to reach the last row, 1 into the
 * operand registers, PIPELINE to the accumulator, (double: 1 to the shadow set,) COLS - 1 for the drain wave to reach
 * the last column, 1 into the output buffer. With tiles of PEs, rows and columns of tiles count here.
 *
 * The period stays: rows drain one by one. Single: row p is clear p + 1 cycles after the drain began, and the next tile's
 * first beat comes to it floor(p / TILE_ROWS) cycles after it came to the top; of all rows the last one needs the largest
 * distance, ROWS idle cycles. Double: likewise for the next sum that goes to the shadow set.
 */
function outputStationaryTiming(config: Configuration): Timing {
  const { rows, cols, pipeline, drain } = config;
  const shadow = drain === 'double' ? 1 : 0;
  const wave = crossing(config);
  return {
    latency: {
      formula: `${wave.formula} + PIPELINE + ${1 + shadow}`,
      cycles: wave.cycles + pipeline + 1 + shadow,
      to: 'first row',
      minimumK: drain === 'double' ? rows : 2,
    },
    tilePeriod:
      drain === 'double'
        ? { formula: 'max(K, ROWS)', bubble: 0, minimum: rows }
        : { formula: 'K + ROWS', bubble: rows, minimum: 0 },
    drain: { formula: 'ROWS - 1', cycles: rows - 1 },
    fill: null,
    macsPerCycle: rows * cols,
  };
}

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave of activations to reach the last
 * row, COLS - 1 to reach the last column, 1 into the operand registers, PIPELINE to the last partial sum, 1 into the
 * output buffer. With tiles of PEs, rows and columns of tiles count here. Before it, the first tile's weights take 1 cycle
 * in their input register and ROWS into the array, tiles or not.
 */
function weightStationaryTiming(config: Configuration): Timing {
  const { rows, cols, pipeline } = config;
  const wave = crossing(config);
  const latency = wave.cycles + pipeline + 1;
  return {
    latency: { formula: `${wave.formula} + PIPELINE + 1`, cycles: latency, to: 'last row', minimumK: 2 },
    tilePeriod: { formula: 'max(M, ROWS)', bubble: 0, minimum: rows },
    drain: { formula: 'M - 1', cycles: null },
    fill: {
      formula: config.tileRows > 1 ? `ROWS + ${wave.formula} + PIPELINE + 1` : `2 * ${wave.formula} + PIPELINE + 1`,
      cycles: rows + latency,
    },
    macsPerCycle: rows * cols,
  };
}

/** Cycles from a tile's first row out to the next one's, for tiles of `k` beats, without stalls. */
export function tilePeriod({ tilePeriod: period }: Pick<Timing, 'tilePeriod'>, k: number): number {
  return Math.max(k + period.bubble, period.minimum);
}

/** Cycles from the first row of a tile of `k` beats out to its last, without stalls. */
export function drainCycles({ drain }: Pick<Timing, 'drain'>, k: number): number {
  return drain.cycles ?? k - 1;
}
