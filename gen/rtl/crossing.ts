import type { Configuration } from '../config/parameters.js';
import { clusterGrid } from './cluster-grid.js';

/** What a wave of operands passes on its way through the array: as text and as a number of cycles. */
export interface Crossing {
  readonly formula: string;
  readonly cycles: number;
}

/** A cycle for each row and column of operand registers: of PEs, or of clusters of PEs. */
export function crossing(config: Configuration): Crossing {
  const { clusterRows, clusterCols, rowClusters, colClusters } = clusterGrid(config);
  const rows = clusterRows > 1 ? 'ROWS/CLUSTER_ROWS' : 'ROWS';
  const cols = clusterCols > 1 ? 'COLS/CLUSTER_COLS' : 'COLS';
  return { formula: `${rows} + ${cols}`, cycles: rowClusters + colClusters };
}
