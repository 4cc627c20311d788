import type { Configuration } from '../config/parameters.js';

/**
 * How the PEs of an array are grouped into clusters. A cluster holds its operands once, in registers at its left and top edge;
 * between its PEs operands go without registers. So waves take a cycle per cluster instead of one per PE.
 */
export interface ClusterGrid {
  /** Whether clusters are modules of their own: they have more than one PE. */
  readonly clustered: boolean;
  readonly clusterRows: number;
  readonly clusterCols: number;
  /** Clusters in a column of the array. */
  readonly rowClusters: number;
  /** Clusters in a row of the array. */
  readonly colClusters: number;
}

export function clusterGrid({ rows, cols, clusterRows, clusterCols }: Configuration): ClusterGrid {
  return {
    clustered: clusterRows * clusterCols > 1,
    clusterRows,
    clusterCols,
    rowClusters: rows / clusterRows,
    colClusters: cols / clusterCols,
  };
}

/** The grid as the top's template writes it: conditions and depths in terms of the row p and the column c. */
export interface GridView extends ClusterGrid {
  /** Whether there are several rows, several columns of operand registers: then operands and results wait for each other. */
  readonly skewsRows: boolean;
  readonly skewsCols: boolean;
  /** Clusters with several rows, with several columns. */
  readonly tall: boolean;
  readonly wide: boolean;
  /** Whether row p or column c meets the wave of operands without a delay, and how long it waits otherwise. */
  readonly rowDirect: string;
  readonly rowDepth: string;
  readonly colDirect: string;
  readonly colDepth: string;
  /** Likewise for the results of column c, behind the wave. */
  readonly outDirect: string;
  readonly outDepth: string;
  /** Rows and columns of operand registers. */
  readonly rowCount: string;
  readonly colCount: string;
}

export function gridView(config: Configuration): GridView {
  const grid = clusterGrid(config);
  const [tall, wide] = [grid.clusterRows > 1, grid.clusterCols > 1];
  return {
    ...grid,
    skewsRows: grid.rowClusters > 1,
    skewsCols: grid.colClusters > 1,
    tall,
    wide,
    rowDirect: tall ? 'p < CLUSTER_ROWS' : 'p == 0',
    rowDepth: tall ? 'p / CLUSTER_ROWS' : 'p',
    colDirect: wide ? 'c < CLUSTER_COLS' : 'c == 0',
    colDepth: wide ? 'c / CLUSTER_COLS' : 'c',
    outDirect: wide ? 'c >= COLS - CLUSTER_COLS' : 'c == COLS - 1',
    outDepth: wide ? '(COLS - 1 - c) / CLUSTER_COLS' : 'COLS - 1 - c',
    rowCount: tall ? 'ROWS/CLUSTER_ROWS' : 'ROWS',
    colCount: wide ? 'COLS/CLUSTER_COLS' : 'COLS',
  };
}
