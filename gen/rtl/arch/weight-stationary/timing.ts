import type { Configuration } from '../../../config/parameters.js';
import { crossing } from '../../crossing.js';
import type { Timing } from '../../timing.js';

/**
 * Where the latency comes from: 1 cycle in the input register, ROWS - 1 for the wave of activations to reach the last
 * row, COLS - 1 to reach the last column, 1 into the operand registers, PIPELINE to the last partial sum, 1 into the
 * output buffer. With clusters of PEs, rows and columns of clusters count here. Before it, the first tile's weights take 1 cycle
 * in their input register and ROWS into the array, clusters or not.
 */
export function weightStationaryTiming(config: Configuration): Timing {
  const { rows, cols, lanes, pipeline } = config;
  const wave = crossing(config);
  const latency = wave.cycles + pipeline + 1;
  return {
    latency: { formula: `${wave.formula} + PIPELINE + 1`, cycles: latency, to: 'last row', minimumK: 2 },
    tilePeriod: { formula: 'max(M, ROWS)', bubble: 0, minimum: rows },
    drain: { formula: 'M - 1', cycles: null, segment: null },
    fill: {
      formula: config.clusterRows > 1 ? `ROWS + ${wave.formula} + PIPELINE + 1` : `2 * ${wave.formula} + PIPELINE + 1`,
      cycles: rows + latency,
    },
    macsPerCycle: rows * cols * lanes,
  };
}
