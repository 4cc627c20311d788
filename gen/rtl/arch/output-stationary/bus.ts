import type { Configuration } from '../../../config/parameters.js';
import { clusterGrid } from '../../cluster-grid.js';

/**
 * The buses of an array. Each column of PEs has one, with clusters of PEs one for each row of a cluster: rows of a cluster
 * leave in the same cycle.
 */
export interface Bus {
  /** Rows of PEs, or of clusters, on a bus. */
  readonly rows: number;
  /** Rows between two registers of the bus: the first segment is the one at the top. */
  readonly segment: number;
  readonly segments: number;
  /** Registers between rows. Each costs an idle cycle between the rows above it and those below. */
  readonly registers: number;
  /** Rows of results that leave in a cycle. */
  readonly rowsTogether: number;
  /** Whether a row waits for the next one, because 8-bit activations add the two and they leave one after the other. */
  readonly holdsRows: boolean;
}

/** The path over a bus in the library of 180 nm, in ns: before and behind it, and a row (docs/drains.md). */
const PATH = { start: 1, row: 0.11 } as const;

/** Rows that a bus passes without a register: a path shorter than that through a PE, with each library (docs/drains.md). */
const LONGEST_SEGMENTS = { int: 16, float: 64 } as const;

export function busOf(config: Configuration): Bus {
  const { busSegment, wideActivations } = config;
  const { rowClusters: rows, clusterRows } = clusterGrid(config);
  const longest = LONGEST_SEGMENTS[config.pe === 'float' ? 'float' : 'int'];
  const holdsRows = wideActivations.length > 0 && clusterRows === 1;
  const segment = busSegment === 'auto' ? evenSegment(rows, longest, holdsRows) : busSegment;
  const segments = Math.ceil(rows / segment);
  return {
    ...{ rows, segment: Math.min(segment, rows), segments, registers: segments - 1 },
    ...{ rowsTogether: clusterRows, holdsRows },
  };
}

/** Rows of segments of about equal length; pairs of rows stay together. */
function evenSegment(rows: number, longest: number, pairs: boolean): number {
  const segment = Math.ceil(rows / Math.ceil(rows / longest));
  return pairs ? 2 * Math.ceil(segment / 2) : segment;
}

/** The path over a segment of a bus, in ns. */
export const busPath = ({ segment }: Bus): number => PATH.start + PATH.row * segment;
