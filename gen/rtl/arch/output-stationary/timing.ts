import type { Configuration } from '../../../config/parameters.js';
import { crossing } from '../../crossing.js';
import type { Formula, Timing } from '../../timing.js';

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave to reach the last row, 1 into the
 * operand registers, PIPELINE to the accumulator, (double: 1 to the shadow set,) COLS - 1 for the drain wave to reach
 * the last column, 1 into the output buffer. With clusters of PEs, rows and columns of clusters count here.
 *
 * Bus: the wave that hands a row over need not reach the last row first: 1 cycle in the input register, 1 into the operand
 * registers, PIPELINE to the accumulator, 1 into the register at the end of the column, COLS - 1, 1 into the output buffer.
 *
 * The period stays: rows drain one by one. Single: row p is clear p + 1 cycles after the drain began, and the next tile's
 * first beat comes to it floor(p / CLUSTER_ROWS) cycles after it came to the top; of all rows the last one needs the largest
 * distance, ROWS idle cycles. Double: likewise for the next sum that goes to the shadow set.
 * Bus: rows hand over a cycle apart, so those of the next tile come ROWS cycles later or more.
 */
export function outputStationaryTiming(config: Configuration): Timing {
  const { rows, cols, drain } = config;
  const overlaps = drain !== 'single';
  return {
    latency: { ...firstRow(config), to: 'first row', minimumK: overlaps ? rows : 2 },
    tilePeriod: overlaps
      ? { formula: 'max(K, ROWS)', bubble: 0, minimum: rows }
      : { formula: 'K + ROWS', bubble: rows, minimum: 0 },
    drain: { formula: 'ROWS - 1', cycles: rows - 1 },
    fill: null,
    macsPerCycle: rows * cols,
  };
}

function firstRow(config: Configuration): Formula {
  const { cols, pipeline, drain } = config;
  if (drain === 'bus') return { formula: 'COLS + PIPELINE + 3', cycles: cols + pipeline + 3 };
  const shadow = drain === 'double' ? 1 : 0;
  const wave = crossing(config);
  return { formula: `${wave.formula} + PIPELINE + ${1 + shadow}`, cycles: wave.cycles + pipeline + 1 + shadow };
}
