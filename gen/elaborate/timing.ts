import type { Configuration } from '../config/parameters.js';

/** A figure of the array in clock cycles, as a formula and with its value for this design. */
export interface Formula {
  readonly formula: string;
  readonly cycles: number;
}

/**
 * Cycle counts of a design without stalls. A cycle count is the difference between the numbers of
 * the two clock edges at which the named transfers happen.
 */
export interface Timing {
  /**
   * From the transfer of a tile's last beat in to the transfer of its first row out. Holds for tiles
   * of at least `minimumK` beats: the last beat of a shorter one may wait in the input register.
   */
  readonly latency: Formula & { readonly minimumK: number };
  /** From one tile's first row out to the next one's, for tiles of K beats: max(K + bubble, minimum). */
  readonly tilePeriod: { readonly formula: string; readonly bubble: number; readonly minimum: number };
  /** Cycles a tile's rows take to leave. */
  readonly drain: Formula;
  /** Most multiply-accumulates per cycle. */
  readonly macsPerCycle: number;
}

export function designTiming(config: Configuration): Timing {
  return config.arch === 'dot' ? dotTiming(config) : arrayTiming(config);
}

/**
 * Where the latency comes from: 1 cycle in the input register, PIPELINE to the accumulator, 1 into the output buffer. A
 * unit takes a beat in every cycle, whatever tile it belongs to.
 */
function dotTiming({ rows, cols, lanes, pipeline }: Configuration): Timing {
  return {
    latency: { formula: 'PIPELINE + 2', cycles: pipeline + 2, minimumK: 1 },
    tilePeriod: { formula: 'K', bubble: 0, minimum: 0 },
    drain: { formula: '1', cycles: 1 },
    macsPerCycle: rows * cols * lanes,
  };
}

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave to reach the last row, 1 into the
 * operand registers, PIPELINE to the accumulator, (double: 1 to the shadow set,) COLS - 1 for the drain wave to reach
 * the last column, 1 into the output buffer.
 */
function arrayTiming({ rows, cols, pipeline, drain }: Configuration): Timing {
  const shadow = drain === 'double' ? 1 : 0;
  return {
    latency: {
      formula: `ROWS + COLS + PIPELINE + ${1 + shadow}`,
      cycles: rows + cols + pipeline + 1 + shadow,
      minimumK: drain === 'double' ? rows : 2,
    },
    tilePeriod:
      drain === 'double'
        ? { formula: 'max(K, ROWS)', bubble: 0, minimum: rows }
        : { formula: 'K + ROWS', bubble: rows, minimum: 0 },
    drain: { formula: 'ROWS', cycles: rows },
    macsPerCycle: rows * cols,
  };
}

/** Cycles from a tile's first row out to the next one's, for tiles of `k` beats, without stalls. */
export function tilePeriod({ tilePeriod: period }: Pick<Timing, 'tilePeriod'>, k: number): number {
  return Math.max(k + period.bubble, period.minimum);
}
