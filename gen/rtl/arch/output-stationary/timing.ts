import type { Configuration } from '../../../config/parameters.js';
import { clusterGrid } from '../../cluster-grid.js';
import type { Timing } from '../../timing.js';
import { busOf } from './bus.js';
import { lateCycles } from './late.js';

/**
 * Where the latency comes from: 1 cycle in the input register, 1 into the operand registers, PIPELINE to the accumulator, 1
 * into the register at the end of the bus, COLS - 1 for the wave to reach the last column, 1 into the output buffer; 1
 * where a row waits for the one with which it may be added; and 1 where the upper part of accumulators is late. With clusters of PEs, columns of clusters count here.
 *
 * The period: rows swap a cycle apart, and behind each register of the bus they come a cycle later than above it. Rows of two
 * tiles pass the same registers, so they meet nowhere if the later tile's first row swaps when all of the other's have left:
 * after as many cycles as there are rows and registers between them.
 */
export function outputStationaryTiming(config: Configuration): Timing {
  const { rows, cols, lanes, pipeline } = config;
  const { colClusters, clusterRows, clusterCols } = clusterGrid(config);
  const bus = busOf(config);
  const held = (bus.holdsRows ? 1 : 0) + lateCycles(config);
  const busRows = clusterRows > 1 ? 'ROWS/CLUSTER_ROWS' : 'ROWS';
  const period = bus.registers > 0 ? `${busRows} + ${bus.registers}` : busRows;
  const minimum = bus.rows + bus.registers;
  const toLast = bus.registers - 1;
  return {
    latency: {
      formula: `${clusterCols > 1 ? 'COLS/CLUSTER_COLS' : 'COLS'} + PIPELINE + ${3 + held}`,
      cycles: colClusters + pipeline + 3 + held,
      to: 'first row',
      minimumK: minimum,
    },
    tilePeriod: { formula: `max(${lanes > 1 ? 'B' : 'K'}, ${period})`, bubble: 0, minimum },
    drain: {
      formula: toLast === 0 ? busRows : `${busRows} ${toLast < 0 ? '-' : '+'} ${Math.abs(toLast)}`,
      cycles: minimum - 1,
      segment: bus.registers > 0 ? bus.segment : null,
    },
    fill: null,
    macsPerCycle: rows * cols * lanes,
  };
}
