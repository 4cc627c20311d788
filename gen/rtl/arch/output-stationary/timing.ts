import type { Configuration } from '../../../config/parameters.js';
import { crossing } from '../../crossing.js';
import type { Timing } from '../../timing.js';

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave to reach the last row, 1 into the
 * operand registers, PIPELINE to the accumulator, (double: 1 to the shadow set,) COLS - 1 for the drain wave to reach
 * the last column, 1 into the output buffer. With clusters of PEs, rows and columns of clusters count here.
 *
 * The period stays: rows drain one by one. Single: row p is clear p + 1 cycles after the drain began, and the next tile's
 * first beat comes to it floor(p / CLUSTER_ROWS) cycles after it came to the top; of all rows the last one needs the largest
 * distance, ROWS idle cycles. Double: likewise for the next sum that goes to the shadow set.
 */
export function outputStationaryTiming(config: Configuration): Timing {
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
